// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import { ICommissionLedger } from "../interfaces/ICommissionLedger.sol";
import { IStorefront, Quote, QuoteSignature } from "../interfaces/IStorefront.sol";
import { MAX_ID, STATUS_CLOSED } from "../types/Fragment.sol";
import { BUYER_CLASSES } from "../types/Plan.sol";

/// @title StorefrontQuotes
/// @notice What makes a quote good.
abstract contract StorefrontQuotes is IStorefront, EIP712 {
    bytes32 private constant QUOTE_TYPEHASH = keccak256(
        "Quote(bytes32 product,uint256 seller,uint256 buyerClass,uint256 priceCents,uint256 volumeCents,uint256 marginCents,address buyer,uint256 expiry,bytes32 salt)"
    );

    /// @inheritdoc IStorefront
    ICommissionLedger public immutable ledger;
    bytes32 private immutable _quoterRole;

    constructor(ICommissionLedger commissionLedger) EIP712("Plumbline Storefront", "1") {
        ledger = commissionLedger;
        _quoterRole = commissionLedger.QUOTER_ROLE();
    }

    /// @inheritdoc IStorefront
    function quoteHash(Quote calldata quote) public pure returns (bytes32) {
        // The fields are single words, so the struct's encoding is theirs.
        return keccak256(abi.encode(QUOTE_TYPEHASH, quote));
    }

    /// @dev The quote is within range, in time, for this buyer, signed by the company, and its seller is enrolled.
    function _checkQuote(
        Quote calldata quote,
        QuoteSignature calldata signed,
        bytes32 hash,
        address buyer
    ) internal view {
        _checkRange("seller", quote.seller, MAX_ID);
        _checkRange("buyerClass", quote.buyerClass, BUYER_CLASSES - 1);
        _checkRange("priceCents", quote.priceCents, type(uint32).max);
        _checkRange("volumeCents", quote.volumeCents, type(uint32).max);
        _checkRange("marginCents", quote.marginCents, type(uint32).max);
        if (block.timestamp > quote.expiry) revert QuoteExpired(quote.expiry);
        if (quote.buyer != address(0) && quote.buyer != buyer) revert WrongBuyer(buyer, quote.buyer);
        if (!ledger.hasRole(_quoterRole, signed.quoter)) revert NotQuoter(signed.quoter);
        bool isSigned = SignatureChecker.isValidSignatureNowCalldata(
            signed.quoter,
            _hashTypedDataV4(hash),
            signed.signature
        );
        if (!isSigned) revert WrongSignature(signed.quoter);
        // The ledger only checks the seller's fragment. Here the seller must be enrolled, because the margin is theirs.
        (, , , uint256 status) = ledger.accountOf(quote.seller);
        if (status == STATUS_CLOSED && ledger.movedTo(quote.seller) == 0) revert SellerGone(quote.seller);
    }

    function _checkRange(string memory field, uint256 given, uint256 most) private pure {
        if (given > most) revert QuoteOutOfRange(field, given, most);
    }
}
