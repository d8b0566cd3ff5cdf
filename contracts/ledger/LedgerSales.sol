// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRecorders } from "./LedgerRecorders.sol";
import { LedgerSettlement } from "./LedgerSettlement.sol";
import { ILedgerCore, LedgerTerms } from "../interfaces/ILedgerCore.sol";
import { Journal } from "../libraries/Journal.sol";
import { fragmentOf } from "../types/Fragment.sol";
import { BUYER_CLASSES } from "../types/Plan.sol";
import { PlanTerms } from "../types/PlanTerms.sol";
import { REVERSAL_BYTES, ReversalRecord, reversalAt } from "../types/ReversalRecord.sol";
import { SALE_BYTES, SaleRecord, saleAt } from "../types/SaleRecord.sol";
import { MAX_BATCHES, Totals } from "../types/Totals.sol";

/// @title LedgerSales
/// @notice The first step of a sale: it is recorded at once, and may be taken back inside the return window.
abstract contract LedgerSales is LedgerSettlement, LedgerRecorders {
    /// @dev A batch's records come as calldata with every reversal and settlement, so a batch must stay far below what
    /// a transaction can carry; its settlement may take several calls.
    uint256 internal constant MAX_BATCH = 1000;

    /// @dev Every settlement carries all reversals of its batch. Without a limit, a recorder could make a batch too
    /// dear to settle and so withhold the commissions of all its sales.
    uint256 internal constant MAX_REVERSALS = 2000;

    /// @inheritdoc ILedgerCore
    function recordSales(
        uint256 sequence,
        bytes calldata records,
        bytes32 manifestRoot
    ) external onlyRecorder returns (uint256 reserved) {
        uint256 count = _countRecords(records.length, SALE_BYTES);
        if (count > MAX_BATCH) revert BatchTooLarge(count, MAX_BATCH);
        Totals totals = _adoptDue(_totalsUnpaused());
        if (totals.batches() == MAX_BATCHES) revert TooManyBatches(MAX_BATCHES);
        totals = totals.addBatch();
        if (sequence != totals.batches()) revert UnexpectedSequence(sequence, totals.batches());

        uint256 plan = totals.plan();
        reserved = _checkSales(records, count, plan, totals.fragments());
        _spendCap(reserved);
        if (reserved > totals.float()) revert FloatTooLow(totals.float(), reserved);
        totals = totals.reserve(reserved);

        bytes32 newHead = Journal.batchRecorded(
            _head,
            sequence,
            plan,
            msg.sender,
            block.timestamp,
            reserved,
            manifestRoot,
            keccak256(records)
        );
        emit BatchRecorded(sequence, plan, msg.sender, block.timestamp, reserved, manifestRoot, records, newHead);
        LedgerTerms memory fixedTerms = _terms();
        if (fixedTerms.returnWindow != 0) {
            _batches[sequence] = _digest(plan, block.timestamp, records, records[0:0]) << 16;
            _commit(newHead, totals, 1);
        } else {
            Batch memory batch = Batch(sequence, plan, block.timestamp, 0);
            (newHead, totals) = _settle(newHead, totals, batch, records, records[0:0], count, fixedTerms.compact);
            _commit(newHead, totals, 2);
        }
    }

    /// @inheritdoc ILedgerCore
    function reverse(
        uint256 batch,
        uint256 plan,
        uint256 recordedAt,
        bytes calldata records,
        bytes calldata reversalsSoFar,
        bytes calldata reversals
    ) external onlyRecorder {
        _countRecords(reversals.length, REVERSAL_BYTES);
        _openBatch(batch, plan, recordedAt, records, reversalsSoFar);
        uint256 endsAt = recordedAt + _terms().returnWindow;
        if (block.timestamp >= endsAt) revert ReturnWindowOver(batch, endsAt);
        bytes memory all = abi.encodePacked(reversalsSoFar, reversals);
        _batches[batch] = _digestOf(plan, recordedAt, keccak256(records), keccak256(all)) << 16;
        uint256 before = reversalsSoFar.length / REVERSAL_BYTES;
        _takeBack(batch, _planTerms(plan), before, _leftOf(records, reversalsSoFar), records, reversals);
    }

    /// @dev Checks every record; the units to reserve for all of them.
    function _checkSales(
        bytes calldata records,
        uint256 count,
        uint256 plan,
        uint256 fragments
    ) private view returns (uint256 reserved) {
        PlanTerms planTerms = _planTerms(plan);
        // At most 1,000 sales of 2^32 cents, and 10^4 basis points of that; fragment 0 wraps to the largest number.
        unchecked {
            uint256 counted = 0;
            for (uint256 i = 0; i < count; ++i) {
                SaleRecord sale = saleAt(records, i);
                uint256 price = sale.price();
                uint256 volume = sale.volume();
                uint256 class = sale.buyerClass();
                bool isKnown = fragmentOf(sale.seller()) - 1 < fragments;
                bool isWrong;
                assembly ("memory-safe") {
                    // One jump for four conditions.
                    isWrong := or(or(iszero(isKnown), gt(class, 2)), or(iszero(price), gt(volume, price)))
                }
                if (isWrong) _refuse(i, sale, isKnown);
                counted += planTerms.counted(class, volume);
            }
            return counted * planTerms.maxTotalBps();
        }
    }

    /// @dev Says what is wrong with a record.
    function _refuse(uint256 index, SaleRecord sale, bool isKnown) private pure {
        if (!isKnown) revert UnknownSeller(index, sale.seller());
        if (sale.buyerClass() >= BUYER_CLASSES) revert UnknownClass(index, sale.buyerClass());
        if (sale.price() == 0) revert ZeroPrice(index);
        revert VolumeAbovePrice(index, sale.price(), sale.volume());
    }

    /// @dev Takes the reversals from what is `left` of the sales, as entries. Beyond the limit only one that takes back
    /// all that is left of a sale is accepted, so that small reversals cannot shut out a real return; that happens once
    /// a sale at most, so a settlement stays bounded.
    function _takeBack(
        uint256 batch,
        PlanTerms planTerms,
        uint256 before,
        uint256[] memory left,
        bytes calldata records,
        bytes calldata reversals
    ) private {
        uint256 count = reversals.length / REVERSAL_BYTES;
        bytes32 newHead = _head;
        uint256 released = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 freed;
            (newHead, freed) = _takeOneBack(newHead, batch, planTerms, left, records, reversalAt(reversals, i));
            released += freed;
            if (before + i >= MAX_REVERSALS && left[reversalAt(reversals, i).index()] != 0) {
                revert TooManyReversals(before + i + 1, MAX_REVERSALS);
            }
        }
        _spendReversal(released);
        _commit(newHead, _totalsWithRoom().release(released), count);
    }

    /// @dev Takes one reversal from what is left of its sale; the units it frees.
    function _takeOneBack(
        bytes32 oldHead,
        uint256 batch,
        PlanTerms planTerms,
        uint256[] memory left,
        bytes calldata records,
        ReversalRecord reversal
    ) private returns (bytes32 newHead, uint256 freed) {
        uint256 index = reversal.index();
        if (index >= left.length) revert UnknownSale(batch, index);
        uint256 number = (batch << 16) | index;
        uint256 priceLeft = left[index] >> 32;
        uint256 volumeLeft = uint32(left[index]);
        uint256 price = reversal.price();
        uint256 volume = reversal.volume();
        // What stays must still be a sale whose volume is not above its price.
        if (price == 0 || price > priceLeft || volume > volumeLeft || volumeLeft - volume > priceLeft - price)
            revert ReversalOutOfRange(number, priceLeft, volumeLeft);
        left[index] = ((priceLeft - price) << 32) | (volumeLeft - volume);

        SaleRecord sale = saleAt(records, index);
        uint256 class = sale.buyerClass();
        uint256 fewer = planTerms.counted(class, volumeLeft) - planTerms.counted(class, volumeLeft - volume);
        freed = fewer * planTerms.maxTotalBps();
        newHead = Journal.saleReversed(oldHead, number, sale.seller(), price, volume);
        emit SaleReversed(number, sale.seller(), price, volume, newHead);
    }
}
