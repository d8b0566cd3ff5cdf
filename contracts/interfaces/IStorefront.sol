// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ICommissionLedger } from "./ICommissionLedger.sol";

/// @notice An offer that the company has signed by EIP-712 (or EIP-1271). It is good for one purchase.
struct Quote {
    /// The company's product reference.
    bytes32 product;
    /// Distributor id of the seller.
    uint256 seller;
    /// Retail (0), preferred (1) or self (2).
    uint256 buyerClass;
    /// What the buyer pays, in cents.
    uint256 priceCents;
    /// Commissionable volume in cents, at most the price.
    uint256 volumeCents;
    /// What the seller keeps of the price, in cents.
    uint256 marginCents;
    /// The only account that may buy; zero lets anyone buy.
    address buyer;
    /// Unix time of the last second in which the quote is good.
    uint256 expiry;
    /// Any 32 bytes that make the quote differ from every other.
    bytes32 salt;
}

/// @notice The company's signature of a quote.
struct QuoteSignature {
    /// An account or contract with the ledger's QUOTER_ROLE.
    address quoter;
    bytes signature;
}

/// @notice An EIP-2612 permit of the buyer for the storefront, over exactly the price.
struct Permit {
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @notice An EIP-3009 authorization of `buyer` for the storefront, over exactly the price, whose nonce is the hash of
/// the quote: it is good for this quote at this storefront and for nothing else, whoever submits it.
struct Authorization {
    address buyer;
    uint256 validAfter;
    uint256 validBefore;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @notice Where an order is. Returned and completed are final.
enum OrderState {
    None,
    Paid,
    Returned,
    Completed
}

/// @notice An order as the storefront knows it. Amounts are in units.
struct Order {
    OrderState state;
    address buyer;
    /// Distributor id of the seller, as quoted.
    uint256 seller;
    /// Number of the order's batch in the ledger; its only sale has index 0.
    uint256 batch;
    /// Version of the batch's plan.
    uint256 plan;
    uint256 recordedAt;
    /// The order can be returned before this time, and completed from it on.
    uint256 endsAt;
    uint256 price;
    /// The seller's part of the price.
    uint256 margin;
    /// The most the plan can pay for the sale: what the ledger has set aside from its float.
    uint256 reserved;
    /// Whether the sale of a returned order is taken back in the ledger.
    bool takenBack;
}

/// @title Storefront
/// @notice Sells for one ledger: the buyer pays the whole price, the sale is recorded at once, and the price stays here
/// until the return window has ended. Then the seller's margin, the commissions and the company's rest come out of it;
/// a buyer who returns the order before gets all of it back.
///
/// Units. As in ICommissionLedger: amounts are in the ledger's units, and scaled when tokens come in or go out.
///
/// Powers. The storefront has no owner. Its ledger says who may do what: quotes are signed by a QUOTER_ROLE, the
/// company's money is taken out by the admin, the seller is paid to the wallet that the ledger knows. The storefront
/// itself must be a recorder of the ledger. Give it the largest caps, 2^50 - 1 units and 2^24 - 1 sales: every sale that it
/// records is paid for, so that a cap protects nothing here, while one that many returns can use up costs the company money
/// (see `returnOrder`).
///
/// Commissions. From the purchase on they are covered by the ledger's float, and `complete` puts as much of the price
/// into the float as was set aside. A quote whose margin and commissions could be more than its price is refused.
///
/// Assumptions.
/// - The token does not take fees and does not change balances by itself. A purchase in which less arrives is refused.
/// - Tokens sent to the storefront without a purchase belong to no one.
interface IStorefront {
    // ---- What has happened ----

    /// @notice `buyer` paid `price` units for a quote, and the sale was recorded as `batch`, with `reserved` units set
    /// aside for its commissions.
    event OrderPaid(
        bytes32 indexed quote,
        address indexed buyer,
        uint256 indexed batch,
        bytes32 product,
        uint256 seller,
        uint256 price,
        uint256 margin,
        uint256 reserved
    );

    /// @notice The buyer gave the order back and got `price` units.
    event OrderReturned(bytes32 indexed quote, address indexed buyer, uint256 price);

    /// @notice The sale of a returned order was taken back in the ledger.
    event SaleTakenBack(bytes32 indexed quote, uint256 indexed batch);

    /// @notice The ledger refused to take the sale of a returned order back, with this error. If no one calls
    /// `takeBack` inside the return window, its commissions are paid out of the float, at the company's cost.
    event TakingBackFailed(bytes32 indexed quote, uint256 indexed batch, bytes reason);

    /// @notice The return window ended: `margin` units were set aside for the seller and `rest` units for the company,
    /// and `reserved` units were for the float.
    event OrderCompleted(bytes32 indexed quote, uint256 indexed seller, uint256 margin, uint256 reserved, uint256 rest);

    /// @notice The float could not be funded, with this error; the `units` were set aside for the company instead.
    event FundingFailed(bytes32 indexed quote, uint256 units, bytes reason);

    /// @notice All that was set aside for a seller was paid to their wallet.
    event MarginWithdrawn(uint256 indexed seller, address indexed wallet, uint256 units);

    /// @notice All that was set aside for the company was paid to `to`.
    event ProceedsWithdrawn(address indexed to, uint256 units);

    // ---- Why a call is refused ----

    /// @notice A field of the quote is above what the ledger can record.
    error QuoteOutOfRange(string field, uint256 given, uint256 most);
    /// @notice The quote has expired.
    error QuoteExpired(uint256 expiry);
    /// @notice The quote is for another buyer.
    error WrongBuyer(address buyer, address expected);
    /// @notice The quote has been bought.
    error QuoteUsed(bytes32 quote);
    /// @notice The signer of the quote is no quoter of the ledger.
    error NotQuoter(address signer);
    /// @notice The quoter has not signed this quote for this storefront.
    error WrongSignature(address signer);
    /// @notice The seller has left the programme.
    error SellerGone(uint256 seller);
    /// @notice Margin and commissions could be more than the price. In units.
    error PriceTooLow(uint256 price, uint256 margin, uint256 reserved);
    /// @notice Not exactly the price has arrived. In the token's base units.
    error PriceNotReceived(uint256 received, uint256 price);

    /// @notice The order is not in the state that the call needs.
    error UnexpectedState(bytes32 quote, OrderState state, OrderState needed);
    /// @notice The caller has not bought the order.
    error NotBuyer(address caller, address buyer);
    /// @notice The order can no longer be returned.
    error ReturnWindowOver(bytes32 quote, uint256 endedAt);
    /// @notice The order can still be returned.
    error ReturnWindowOpen(bytes32 quote, uint256 endsAt);
    /// @notice The sale was already taken back.
    error AlreadyTakenBack(bytes32 quote);
    /// @notice The caller supplied too little gas: the ledger was not reached, or could not finish.
    error TooLittleGas(uint256 left, uint256 needed);

    /// @notice The wallet is not the seller's.
    error WalletMismatch(uint256 seller, address wallet);
    /// @notice Payouts to this wallet are held.
    error PayoutHeld(address wallet, uint256 until);
    /// @notice Nothing is set aside.
    error NothingSetAside();
    /// @notice The caller is not the ledger's admin.
    error NotAdmin(address caller);
    /// @notice What is paid to this address is lost.
    error UnusableAddress(address to);

    // ---- The buyer ----

    /// @notice Buys for the caller, who has allowed the storefront to take the price.
    /// @dev If any part fails, nothing is taken and nothing recorded.
    /// @return hash The quote's hash: the order's number from now on.
    function buy(Quote calldata quote, QuoteSignature calldata signed) external returns (bytes32 hash);

    /// @notice Buys for the caller with an EIP-2612 permit. A permit that was already submitted does no harm: what
    /// counts is the allowance.
    function buyWithPermit(
        Quote calldata quote,
        QuoteSignature calldata signed,
        Permit calldata permit
    ) external returns (bytes32 hash);

    /// @notice Buys for whoever has signed the EIP-3009 authorization. Anyone may submit it.
    function buyWithAuthorization(
        Quote calldata quote,
        QuoteSignature calldata signed,
        Authorization calldata authorization
    ) external returns (bytes32 hash);

    /// @notice Gives an order back inside the return window: the whole price goes back to the buyer, and the sale is
    /// taken back in the ledger.
    /// @dev Only the buyer. The refund depends on no one else: if the ledger refuses, because the storefront is no
    /// recorder any more or its allowance for returns is used up, the buyer is paid all the same. That costs the company at most the order's `reserved` units, and inside the return window anyone can avoid
    /// it with `takeBack`. A buyer cannot bring it about: the storefront knows the batch itself, and neither a
    /// call that has run out of gas nor one in the middle of a transfer of the ledger is a refusal.
    /// @param quote Hash of the quote.
    function returnOrder(bytes32 quote) external;

    // ---- Anyone ----

    /// @notice Takes the sale of a returned order back in the ledger, if that has failed when it was returned. It must
    /// be inside the return window.
    /// @param quote Hash of the quote.
    function takeBack(bytes32 quote) external;

    /// @notice Divides the price of an order whose return window has ended. If the float cannot be funded, that part is
    /// set aside for the company.
    /// @param quote Hash of the quote.
    function complete(bytes32 quote) external;

    /// @notice Pays out all that is set aside for a seller, to the seller's wallet in the ledger.
    /// @param seller Distributor id as quoted. A distributor who has moved to another id is paid for the old one too.
    /// @return units Units paid.
    function withdrawMargin(uint256 seller, address wallet) external returns (uint256 units);

    // ---- The company ----

    /// @notice Pays out all that is set aside for the company.
    /// @dev Only the ledger's admin.
    /// @return units Units paid.
    function withdrawProceeds(address to) external returns (uint256 units);

    // ---- Views ----

    /// @notice The ledger whose sales these are.
    function ledger() external view returns (ICommissionLedger);

    /// @notice A quote's name and the number of its order: its EIP-712 struct hash, over
    /// `Quote(bytes32 product,uint256 seller,uint256 buyerClass,uint256 priceCents,uint256 volumeCents,uint256
    /// marginCents,address buyer,uint256 expiry,bytes32 salt)`. The batch's manifest has it as the only document.
    function quoteHash(Quote calldata quote) external pure returns (bytes32);

    /// @notice The order for a quote; all zeros if it has not been bought.
    /// @param quote Hash of the quote.
    function orderOf(bytes32 quote) external view returns (Order memory);

    /// @notice Units set aside for a seller and not withdrawn, by the id quoted.
    function marginOf(uint256 seller) external view returns (uint256);

    /// @notice Units set aside for the company and not withdrawn.
    function proceeds() external view returns (uint256);

    /// @notice What the storefront holds and what it has promised, in units.
    /// @return held Tokens of the storefront; never less than the three others together.
    /// @return open Prices of the orders that are paid and neither returned nor completed.
    /// @return margins Set aside for sellers.
    /// @return rest Set aside for the company.
    function solvency() external view returns (uint256 held, uint256 open, uint256 margins, uint256 rest);
}
