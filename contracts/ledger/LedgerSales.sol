// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRecorders } from "./LedgerRecorders.sol";
import { LedgerSettlement } from "./LedgerSettlement.sol";
import { ChunkReversals, ILedgerCore, LedgerTerms } from "../interfaces/ILedgerCore.sol";
import { BatchTree } from "../libraries/BatchTree.sol";
import { Journal } from "../libraries/Journal.sol";
import { fragmentOf } from "../types/Fragment.sol";
import { BUYER_CLASSES } from "../types/Plan.sol";
import { PlanTerms } from "../types/PlanTerms.sol";
import {
    MAX_SEQUENCE,
    RETURNS_ALLOWANCE,
    RecorderWord,
    SEQUENCE_BITS,
    UNITS_ALLOWANCE
} from "../types/RecorderWord.sol";
import { REVERSAL_BYTES, ReversalRecord, reversalAt } from "../types/ReversalRecord.sol";
import { SALE_BYTES, SaleRecord, putSale, saleAt, saleIn } from "../types/SaleRecord.sol";
import { Totals } from "../types/Totals.sol";

/// @title LedgerSales
/// @notice The first step of a sale: it is recorded at once, and may be taken back inside the return window.
abstract contract LedgerSales is LedgerSettlement, LedgerRecorders {
    /// @dev Reversals of one batch as they are taken back one after the other.
    struct Reversing {
        uint256 batch;
        uint256 plan;
        uint256 count;
        uint256 freed;
        bytes32 head;
        bytes32 root;
        bytes32 before;
        uint256 entries;
    }

    /// @dev A batch's records come as calldata with its settlement, so a batch must stay far below what a transaction can
    /// carry; its settlement may take several calls.
    uint256 internal constant MAX_BATCH = 1000;

    /// @inheritdoc ILedgerCore
    function recordSales(
        bytes calldata records,
        uint256 sequence,
        bytes32 manifestRoot,
        uint256 plan
    ) external returns (uint256 batch, uint256 reserved) {
        RecorderWord recorder = _recorder();
        uint256 count = _countRecords(records.length, SALE_BYTES);
        if (count > MAX_BATCH) revert BatchTooLarge(count, MAX_BATCH);
        Totals totals = _adoptDue(_totalsUnpaused()).withSales();
        if (recorder.sequence() == MAX_SEQUENCE) revert TooManyBatches(MAX_SEQUENCE);
        recorder = recorder.withNextSequence();
        if (sequence != recorder.sequence()) revert UnexpectedSequence(sequence, recorder.sequence());
        if (plan != totals.plan()) revert UnexpectedPlan(plan, totals.plan());

        LedgerTerms memory fixedTerms = _terms();
        reserved = _checkSales(records, count, plan, totals.fragments());
        recorder = _spendCount(recorder, fixedTerms.capPeriod, count);
        _recorders[msg.sender] = _spendUnits(recorder, UNITS_ALLOWANCE, fixedTerms.capPeriod, reserved);
        if (reserved > totals.float()) revert FloatTooLow(totals.float(), reserved);
        totals = totals.reserve(reserved);

        batch = recorder.lastBatch();
        bytes32 newHead = Journal.batchRecorded(
            _head,
            batch,
            plan,
            msg.sender,
            block.timestamp,
            reserved,
            manifestRoot,
            keccak256(records)
        );
        emit BatchRecorded(batch, plan, msg.sender, block.timestamp, reserved, manifestRoot, records, newHead);
        if (fixedTerms.returnWindow != 0) {
            _batches[batch] = _digest(plan, block.timestamp, count, BatchTree.rootOf(records)) << 16;
            _enterEra();
            _commit(newHead, totals, 1);
        } else {
            Batch memory facts = Batch(batch, plan, block.timestamp, 0);
            (newHead, totals) = _settle(newHead, totals, facts, records, count, fixedTerms.compact);
            _commit(newHead, totals, 2);
        }
    }

    /// @inheritdoc ILedgerCore
    function reverse(
        uint256 batch,
        uint256 plan,
        uint256 recordedAt,
        uint256 count,
        ChunkReversals[] calldata chunks
    ) external {
        RecorderWord recorder = _recorder();
        if (batch >> SEQUENCE_BITS != recorder.number() - 1) revert NotBatchRecorder(batch, msg.sender);
        uint256 word = _batches[batch];
        if (word == 0) revert BatchNotOpen(batch);
        Reversing memory reversing = Reversing(batch, plan, count, 0, _head, 0, 0, 0);
        for (uint256 i = 0; i < chunks.length; ++i) {
            bytes32 root = _takeBackChunk(reversing, chunks[i]);
            bool isRight = i == 0 ? word >> 16 == _digest(plan, recordedAt, count, root) : root == reversing.before;
            if (!isRight) revert BatchMismatch(batch);
            reversing.before = reversing.root;
        }
        if (reversing.entries == 0) revert MalformedRecords(0, REVERSAL_BYTES);
        LedgerTerms memory fixedTerms = _terms();
        uint256 endsAt = recordedAt + fixedTerms.returnWindow;
        if (block.timestamp >= endsAt) revert ReturnWindowOver(batch, endsAt);
        _batches[batch] = (_digest(plan, recordedAt, count, reversing.root) << 16) | uint16(word);
        _recorders[msg.sender] = _spendUnits(recorder, RETURNS_ALLOWANCE, fixedTerms.capPeriod, reversing.freed);
        _commit(reversing.head, _totalsWithRoom().release(reversing.freed), reversing.entries);
    }

    /// @inheritdoc ILedgerCore
    function refundLate(uint256 sale, uint256 priceCents, bytes32 evidence) external {
        RecorderWord recorder = _recorder();
        uint256 batch = sale >> 16;
        if (batch >> SEQUENCE_BITS != recorder.number() - 1) revert NotBatchRecorder(batch, msg.sender);
        bool isThere = uint24(batch) != 0 && uint24(batch) <= recorder.sequence() && uint16(sale) < MAX_BATCH;
        if (!isThere) revert UnknownSale(batch, uint16(sale));
        // A sale that is not settled can be reversed, or soon settles.
        if (_batches[batch] != 0 && uint16(_batches[batch]) <= uint16(sale)) revert SaleNotSettled(sale);
        if (priceCents == 0 || priceCents > type(uint32).max) {
            revert ReversalOutOfRange(sale, type(uint32).max, 0);
        }
        bytes32 newHead = Journal.refundedLate(_head, sale, priceCents, evidence);
        _commit(newHead, _totalsWithRoom(), 1);
        emit RefundedLate(sale, priceCents, evidence, newHead);
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

    /// @dev Takes reversals back from the sales of one leaf, as entries.
    /// @return root The root with the leaf as it was.
    function _takeBackChunk(Reversing memory reversing, ChunkReversals calldata given) private returns (bytes32 root) {
        bytes memory records = given.records;
        uint256 reversals = _countRecords(given.reversals.length, REVERSAL_BYTES);
        for (uint256 i = 0; i < reversals; ++i) {
            _takeOneBack(reversing, given.chunk, records, reversalAt(given.reversals, i));
        }
        reversing.entries += reversals;
        (root, reversing.root) = BatchTree.replaceLeaf(
            reversing.count,
            given.chunk,
            keccak256(given.records),
            keccak256(records),
            given.proof
        );
    }

    /// @dev Takes one reversal back from its sale, in `records`.
    function _takeOneBack(
        Reversing memory reversing,
        uint256 chunk,
        bytes memory records,
        ReversalRecord reversal
    ) private {
        uint256 index = reversal.index();
        uint256 inChunk = index % BatchTree.CHUNK_SALES;
        if (index / BatchTree.CHUNK_SALES != chunk || inChunk * SALE_BYTES >= records.length) {
            revert UnknownSale(reversing.batch, index);
        }
        SaleRecord sale = saleIn(records, inChunk);
        uint256 number = (reversing.batch << 16) | index;
        uint256 priceLeft = sale.price();
        uint256 volumeLeft = sale.volume();
        uint256 price = reversal.price();
        uint256 volume = reversal.volume();
        // What stays must still be a sale whose volume is not above its price.
        if (price == 0 || price > priceLeft || volume > volumeLeft || volumeLeft - volume > priceLeft - price)
            revert ReversalOutOfRange(number, priceLeft, volumeLeft);
        putSale(records, inChunk, sale.less(price, volume));

        PlanTerms planTerms = _planTerms(reversing.plan);
        uint256 class = sale.buyerClass();
        uint256 fewer = planTerms.counted(class, volumeLeft) - planTerms.counted(class, volumeLeft - volume);
        reversing.freed += fewer * planTerms.maxTotalBps();
        reversing.head = Journal.saleReversed(reversing.head, number, sale.seller(), price, volume);
        emit SaleReversed(number, sale.seller(), price, volume, reversing.head);
    }
}
