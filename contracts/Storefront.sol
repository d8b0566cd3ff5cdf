// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IERC3009 } from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import { ICommissionLedger } from "./interfaces/ICommissionLedger.sol";
import { ChunkReversals, LedgerTerms } from "./interfaces/ILedgerCore.sol";
import {
    Authorization,
    IStorefront,
    Order,
    OrderState,
    Permit,
    Quote,
    QuoteSignature
} from "./interfaces/IStorefront.sol";
import { StorefrontQuotes } from "./storefront/StorefrontQuotes.sol";
import { packReversal } from "./types/ReversalRecord.sol";
import { SaleRecord, packSale } from "./types/SaleRecord.sol";

/// @title Storefront
/// @notice Sells for one ledger and keeps the price until the return window has ended. The manual is
/// interfaces/IStorefront.sol.
contract Storefront is StorefrontQuotes, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev An order in two slots.
    struct StoredOrder {
        address buyer;
        /// As the ledger has it.
        SaleRecord sale;
        OrderState state;
        bool takenBack;
        /// The widths are those of the ledger's journal.
        uint32 batch;
        uint16 plan;
        uint40 recordedAt;
        uint64 reserved;
        uint32 marginCents;
    }

    /// @dev In units. All batches of a ledger at the highest price are below 2^70.
    struct Promised {
        uint80 open;
        uint80 margins;
        uint80 proceeds;
    }

    uint256 private constant UNITS_PER_CENT = 10_000;
    /// @dev A call that runs out of gas leaves a few hundredths of what it was given. A caller with more left than this
    /// gave many times what the ledger needs.
    uint256 private constant PLENTY_OF_GAS = 200_000;

    IERC20 private immutable _token;
    uint256 private immutable _unit;
    uint256 private immutable _returnWindow;

    mapping(bytes32 quote => StoredOrder order) private _orders;
    mapping(uint256 seller => uint256 units) private _margins;
    Promised private _promised;

    constructor(ICommissionLedger commissionLedger) StorefrontQuotes(commissionLedger) {
        LedgerTerms memory terms = commissionLedger.terms();
        _token = IERC20(terms.token);
        _unit = terms.unit;
        _returnWindow = terms.returnWindow;
        // A ledger takes tokens only from the caller of `fund`, so it can take no more than `complete` asks it to.
        _token.forceApprove(address(commissionLedger), type(uint256).max);
    }

    /// @inheritdoc IStorefront
    function buy(Quote calldata quote, QuoteSignature calldata signed) external nonReentrant returns (bytes32 hash) {
        uint256 amount;
        (hash, amount) = _order(quote, signed, msg.sender);
        _takeAllowed(amount);
    }

    /// @inheritdoc IStorefront
    function buyWithPermit(
        Quote calldata quote,
        QuoteSignature calldata signed,
        Permit calldata permit
    ) external nonReentrant returns (bytes32 hash) {
        uint256 amount;
        (hash, amount) = _order(quote, signed, msg.sender);
        // Its outcome does not matter: without an allowance the token refuses to pay.
        try
            IERC20Permit(address(_token)).permit(
                msg.sender,
                address(this),
                amount,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {} catch {}
        _takeAllowed(amount);
    }

    /// @inheritdoc IStorefront
    function buyWithAuthorization(
        Quote calldata quote,
        QuoteSignature calldata signed,
        Authorization calldata authorization
    ) external nonReentrant returns (bytes32 hash) {
        uint256 amount;
        (hash, amount) = _order(quote, signed, authorization.buyer);
        uint256 before = _token.balanceOf(address(this));
        IERC3009(address(_token)).receiveWithAuthorization(
            authorization.buyer,
            address(this),
            amount,
            authorization.validAfter,
            authorization.validBefore,
            hash,
            authorization.v,
            authorization.r,
            authorization.s
        );
        _checkReceived(before, amount);
    }

    /// @inheritdoc IStorefront
    function returnOrder(bytes32 quote) external nonReentrant {
        StoredOrder memory order = _orderIn(quote, OrderState.Paid);
        if (msg.sender != order.buyer) revert NotBuyer(msg.sender, order.buyer);
        uint256 endsAt = order.recordedAt + _returnWindow;
        if (block.timestamp >= endsAt) revert ReturnWindowOver(quote, endsAt);
        uint256 price = _priceOf(order);

        _orders[quote].state = OrderState.Returned;
        _promised.open -= uint80(price);
        emit OrderReturned(quote, order.buyer, price);

        (bool takenBack, bytes memory reason) = _tryTakeBack(order);
        _orders[quote].takenBack = takenBack;
        if (takenBack) emit SaleTakenBack(quote, order.batch);
        else emit TakingBackFailed(quote, order.batch, reason);
        _token.safeTransfer(order.buyer, price * _unit);
    }

    /// @inheritdoc IStorefront
    function takeBack(bytes32 quote) external nonReentrant {
        StoredOrder memory order = _orderIn(quote, OrderState.Returned);
        if (order.takenBack) revert AlreadyTakenBack(quote);
        _orders[quote].takenBack = true;
        emit SaleTakenBack(quote, order.batch);
        ledger.reverse(order.batch, order.plan, order.recordedAt, 1, _wholeSale(order.sale));
    }

    /// @inheritdoc IStorefront
    function complete(bytes32 quote) external nonReentrant {
        StoredOrder memory order = _orderIn(quote, OrderState.Paid);
        uint256 endsAt = order.recordedAt + _returnWindow;
        if (block.timestamp < endsAt) revert ReturnWindowOpen(quote, endsAt);
        uint256 seller = order.sale.seller();
        uint256 price = _priceOf(order);
        uint256 margin = _marginOf(order);
        uint256 reserved = order.reserved;
        // The purchase has checked that there is no less.
        uint256 rest = price - margin - reserved;

        _orders[quote].state = OrderState.Completed;
        _margins[seller] += margin;
        Promised memory promised = _promised;
        promised.open -= uint80(price);
        promised.margins += uint80(margin);
        promised.proceeds += uint80(rest);
        _promised = promised;
        emit OrderCompleted(quote, seller, margin, reserved, rest);
        if (reserved == 0) return;
        try ledger.fund(reserved) {} catch (bytes memory reason) {
            _checkGas(reason);
            _promised.proceeds += uint80(reserved);
            emit FundingFailed(quote, reserved, reason);
        }
    }

    /// @inheritdoc IStorefront
    function withdrawMargin(uint256 seller, address wallet) external nonReentrant returns (uint256 units) {
        (uint256 id, , uint256 heldUntil, ) = ledger.walletOf(wallet);
        // No distributor moves twice: after a move they have the first lane of a fragment, and stay there.
        if (id == 0 || (id != seller && id != ledger.movedTo(seller))) revert WalletMismatch(seller, wallet);
        if (heldUntil > block.timestamp) revert PayoutHeld(wallet, heldUntil);
        units = _margins[seller];
        if (units == 0) revert NothingSetAside();

        _margins[seller] = 0;
        _promised.margins -= uint80(units);
        emit MarginWithdrawn(seller, wallet, units);
        _token.safeTransfer(wallet, units * _unit);
    }

    /// @inheritdoc IStorefront
    function withdrawProceeds(address to) external nonReentrant returns (uint256 units) {
        if (msg.sender != ledger.defaultAdmin()) revert NotAdmin(msg.sender);
        bool isUnusable = to == address(0) || to == address(this) || to == address(ledger) || to == address(_token);
        if (isUnusable) revert UnusableAddress(to);
        units = _promised.proceeds;
        if (units == 0) revert NothingSetAside();

        _promised.proceeds = 0;
        emit ProceedsWithdrawn(to, units);
        _token.safeTransfer(to, units * _unit);
    }

    /// @inheritdoc IStorefront
    function orderOf(bytes32 quote) external view returns (Order memory) {
        StoredOrder memory order = _orders[quote];
        if (order.state == OrderState.None) return Order(OrderState.None, address(0), 0, 0, 0, 0, 0, 0, 0, 0, false);
        return
            Order({
                state: order.state,
                buyer: order.buyer,
                seller: order.sale.seller(),
                batch: order.batch,
                plan: order.plan,
                recordedAt: order.recordedAt,
                endsAt: order.recordedAt + _returnWindow,
                price: _priceOf(order),
                margin: _marginOf(order),
                reserved: order.reserved,
                takenBack: order.takenBack
            });
    }

    /// @inheritdoc IStorefront
    function marginOf(uint256 seller) external view returns (uint256) {
        return _margins[seller];
    }

    /// @inheritdoc IStorefront
    function proceeds() external view returns (uint256) {
        return _promised.proceeds;
    }

    /// @inheritdoc IStorefront
    function solvency() external view returns (uint256 held, uint256 open, uint256 margins, uint256 rest) {
        Promised memory promised = _promised;
        return (_token.balanceOf(address(this)) / _unit, promised.open, promised.margins, promised.proceeds);
    }

    /// @dev Takes the price from the caller's allowance.
    function _takeAllowed(uint256 amount) private {
        uint256 before = _token.balanceOf(address(this));
        _token.safeTransferFrom(msg.sender, address(this), amount);
        _checkReceived(before, amount);
    }

    /// @dev Checks the quote, records the sale and stores the order. The ledger makes no calls, so the money can come
    /// last; if it does not come, all of this is undone.
    /// @return hash The quote's.
    /// @return amount The price in the token's base units.
    function _order(
        Quote calldata quote,
        QuoteSignature calldata signed,
        address buyer
    ) private returns (bytes32 hash, uint256 amount) {
        hash = quoteHash(quote);
        if (_orders[hash].state != OrderState.None) revert QuoteUsed(hash);
        _checkQuote(quote, signed, hash, buyer);
        SaleRecord sale = packSale(quote.buyerClass, quote.seller, quote.priceCents, quote.volumeCents);
        uint256 sequence = ledger.recorderOf(address(this)).sequence + 1;
        uint256 plan = ledger.currentPlan();
        // The leaf of the only document of a batch is the root.
        bytes32 manifestRoot = keccak256(abi.encode(keccak256(abi.encodePacked(uint32(0), hash))));
        (uint256 batch, uint256 reserved) = ledger.recordSales(abi.encodePacked(sale), sequence, manifestRoot, plan);

        uint256 price = quote.priceCents * UNITS_PER_CENT;
        uint256 margin = quote.marginCents * UNITS_PER_CENT;
        if (margin + reserved > price) revert PriceTooLow(price, margin, reserved);
        _orders[hash] = StoredOrder({
            buyer: buyer,
            sale: sale,
            state: OrderState.Paid,
            takenBack: false,
            // The ledger's own limits are below these widths.
            batch: uint32(batch),
            plan: uint16(plan),
            recordedAt: uint40(block.timestamp),
            reserved: uint64(reserved),
            marginCents: uint32(quote.marginCents)
        });
        _promised.open += uint80(price);
        emit OrderPaid(hash, buyer, batch, quote.product, quote.seller, price, margin, reserved);
        return (hash, price * _unit);
    }

    function _checkReceived(uint256 before, uint256 amount) private view {
        uint256 received = _token.balanceOf(address(this)) - before;
        if (received != amount) revert PriceNotReceived(received, amount);
    }

    /// @dev Takes an order's sale back in the ledger, or says why the ledger refuses.
    function _tryTakeBack(StoredOrder memory order) private returns (bool done, bytes memory refusal) {
        try ledger.reverse(order.batch, order.plan, order.recordedAt, 1, _wholeSale(order.sale)) {
            return (true, "");
        } catch (bytes memory reason) {
            _checkGas(reason);
            // In the middle of one of its transfers, in which a token may let a buyer act, the ledger refuses anything.
            if (bytes4(reason) == ReentrancyGuardReentrantCall.selector) revert ReentrancyGuardReentrantCall();
            return (false, reason);
        }
    }

    /// @dev A failure without data is a lack of gas, unless there was plenty: otherwise a caller with just too little
    /// could choose what fails.
    function _checkGas(bytes memory reason) private view {
        if (reason.length == 0 && gasleft() < PLENTY_OF_GAS) revert TooLittleGas(gasleft(), PLENTY_OF_GAS);
    }

    function _orderIn(bytes32 quote, OrderState needed) private view returns (StoredOrder memory order) {
        order = _orders[quote];
        if (order.state != needed) revert UnexpectedState(quote, order.state, needed);
    }

    /// @dev The reversal of the whole sale. Only the storefront takes back in its batches, and each has one sale.
    function _wholeSale(SaleRecord sale) private pure returns (ChunkReversals[] memory chunks) {
        chunks = new ChunkReversals[](1);
        chunks[0] = ChunkReversals({
            chunk: 0,
            records: abi.encodePacked(sale),
            proof: new bytes32[](0),
            reversals: abi.encodePacked(packReversal(0, sale.price(), sale.volume()))
        });
    }

    function _priceOf(StoredOrder memory order) private pure returns (uint256) {
        return order.sale.price() * UNITS_PER_CENT;
    }

    function _marginOf(StoredOrder memory order) private pure returns (uint256) {
        return order.marginCents * UNITS_PER_CENT;
    }
}
