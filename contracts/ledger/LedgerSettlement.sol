// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerEras } from "./LedgerEras.sol";
import { ILedgerCore, LedgerTerms } from "../interfaces/ILedgerCore.sol";
import { BatchTree } from "../libraries/BatchTree.sol";
import { Commission } from "../libraries/Commission.sol";
import { Journal } from "../libraries/Journal.sol";
import { BUYER_CLASSES, PLAN_BY_DIFFERENCE } from "../types/Plan.sol";
// The linter does not see what only assembly uses.
// solhint-disable no-unused-import
import { PlanRow, RATE_MASK } from "../types/PlanRow.sol";
import { PlanTerms } from "../types/PlanTerms.sol";
import { SALE_BYTES, SaleRecord, saleAt } from "../types/SaleRecord.sol";
import {
    CREDIT_BYTES,
    CREDIT_ID_SHIFT,
    CREDIT_SHIFT,
    LEVELS_BYTE,
    LINE_HEADER,
    MAX_CREDITS,
    MAX_LINE,
    SELLER_SHIFT,
    SettledLine,
    VOLUME_MASK,
    VOLUME_SHIFT
} from "../types/SettledLine.sol";
// solhint-enable no-unused-import
import { Totals } from "../types/Totals.sol";

/// @title LedgerSettlement
/// @notice The second step of a sale: commissions are credited when the return window has ended.
abstract contract LedgerSettlement is LedgerEras, ILedgerCore {
    /// @dev What identifies a batch's facts, and how far it is.
    struct Batch {
        uint256 number;
        uint256 plan;
        uint256 recordedAt;
        uint256 settled;
    }

    /// @dev The data of a `SaleSettled` event: volume, offset and length of the credits, and the credits.
    uint256 private constant EVENT_WORDS = 3 + MAX_CREDITS;
    /// @dev The data of a `BatchSettled` event up to its sales: six words and the length.
    uint256 private constant BATCH_EVENT = 7 * 32;
    /// @dev In readable events an id takes the last eight decimal digits; the largest is 67,108,863.
    uint256 private constant ID_DECIMALS = 1e8;

    /// @inheritdoc ILedgerCore
    function settle(uint256 batch, bytes calldata records, uint256 plan, uint256 recordedAt, uint256 until) external {
        uint256 count = _countRecords(records.length, SALE_BYTES);
        uint256 word = _batches[batch];
        if (word == 0) revert BatchNotOpen(batch);
        if (word >> 16 != _digest(plan, recordedAt, count, BatchTree.rootOf(records))) revert BatchMismatch(batch);
        uint256 settled = uint16(word);
        LedgerTerms memory fixedTerms = _terms();
        uint256 endsAt = recordedAt + fixedTerms.returnWindow;
        if (block.timestamp < endsAt) revert ReturnWindowOpen(batch, endsAt);
        uint256 era = _checkEra(batch, recordedAt);

        if (until > count) until = count;
        if (until <= settled) revert NothingToSettle(batch, settled);
        if (until == count) {
            delete _batches[batch];
            _leaveEra(era);
        } else {
            _batches[batch] = (word - settled) + until;
        }

        Batch memory open = Batch(batch, plan, recordedAt, settled);
        (bytes32 newHead, Totals totals) = _settle(_head, _totals, open, records, until, fixedTerms.compact);
        _commit(newHead, totals, 1);
    }

    /// @inheritdoc ILedgerCore
    function batchOf(uint256 batch) external view returns (bool open, uint256 settled) {
        return (_batches[batch] != 0, uint16(_batches[batch]));
    }

    /// @inheritdoc ILedgerCore
    function explain(
        uint256 seller,
        uint256 buyerClass,
        uint256 volumeCents
    ) external view returns (uint256[] memory payees, uint256[] memory amounts) {
        if (!_isEnrolled(seller)) revert UnknownDistributor(seller);
        if (buyerClass >= BUYER_CLASSES) revert UnknownClass(0, buyerClass);
        if (volumeCents > type(uint32).max) revert VolumeAbovePrice(0, type(uint32).max, volumeCents);
        Commission.Rules memory rules = _rulesOf(_adoptDue(_totals).plan());
        uint256 volume = rules.terms.counted(buyerClass, volumeCents);
        uint256 line = _reserveMemory(MAX_LINE + 32);
        uint256[] memory sales = new uint256[](1);
        sales[0] = (seller << 32) | volume;
        _asView(_pay)(rules, sales, line, false);
        uint256 levels = SettledLine.levels(line);
        payees = new uint256[](levels);
        amounts = new uint256[](levels);
        for (uint256 level = 0; level < levels; ++level) {
            uint256 rate;
            (payees[level], rate) = SettledLine.creditAt(line, level);
            amounts[level] = volume * rate;
        }
    }

    /// @dev Settles sales from `batch.settled` to `until`. The caller has checked that this is due.
    function _settle(
        bytes32 oldHead,
        Totals totals,
        Batch memory batch,
        bytes calldata records,
        uint256 until,
        bool compact
    ) internal returns (bytes32 newHead, Totals) {
        Commission.Rules memory rules = _rulesOf(batch.plan);
        (uint256[] memory sales, uint256 volumes) = _countedOf(rules.terms, records, batch.settled, until);
        // What else is in the event that logs the lines stands before them once it is known.
        uint256 lines = _reserveMemory(BATCH_EVENT + (until - batch.settled) * MAX_LINE + 32) + BATCH_EVENT;
        (uint256 end, uint256 credited) = _pay(rules, sales, lines, true);
        if (!compact) _logSales((batch.number << 16) | batch.settled, lines, end);
        uint256 released = volumes * rules.terms.maxTotalBps() - credited;
        bytes32 salesHash;
        assembly ("memory-safe") {
            salesHash := keccak256(lines, sub(end, lines))
        }
        newHead = Journal.batchSettled(oldHead, batch.number, batch.settled, until, credited, released, salesHash);
        _logBatch(batch, until, credited, released, newHead, lines, compact ? end - lines : 0);
        return (newHead, totals.pay(credited).release(released));
    }

    /// @dev What counts of sales `from` to `until` by a plan: each the seller (above bit 32) and the counted volume in
    /// cents.
    function _countedOf(
        PlanTerms terms,
        bytes calldata records,
        uint256 from,
        uint256 until
    ) private pure returns (uint256[] memory sales, uint256 volumes) {
        sales = new uint256[](until - from);
        // Indexes, and at most 1,000 sales of 2^32 cents.
        unchecked {
            for (uint256 i = from; i < until; ++i) {
                SaleRecord sale = saleAt(records, i);
                uint256 volume = terms.counted(sale.buyerClass(), sale.volume());
                volumes += volume;
                uint256 counted = (sale.seller() << 32) | volume;
                // Its place is there: without another check.
                assembly ("memory-safe") {
                    mstore(add(sales, shl(5, add(sub(i, from), 1))), counted)
                }
            }
        }
    }

    /// @dev What the ledger remembers of an open batch: 240 bits over its plan, its time, the number of its sales, and the
    /// root over its records as they are now.
    function _digest(uint256 plan, uint256 recordedAt, uint256 count, bytes32 root) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(plan, recordedAt, count, root))) >> 16;
    }

    /// @dev Pays sales by whatever plan.
    function _pay(
        Commission.Rules memory rules,
        uint256[] memory sales,
        uint256 start,
        bool commit
    ) private returns (uint256 end, uint256 credited) {
        if (rules.terms.isPlain()) return Commission.payPlain(_fragments, rules.rows[0], sales, start, commit);
        if (rules.terms.kind() == PLAN_BY_DIFFERENCE) {
            return Commission.payDifferences(_fragments, rules, sales, start, commit);
        }
        return Commission.payLevels(_fragments, rules, sales, start, commit);
    }

    /// @dev The same function for a caller that only looks: with `commit` false it writes no storage, which the
    /// compiler cannot know. Calling it from a view keeps one statement of the rule.
    function _asView(
        function(Commission.Rules memory, uint256[] memory, uint256, bool) internal returns (uint256, uint256) pay
    )
        private
        pure
        returns (
            function(
                Commission.Rules memory,
                uint256[] memory,
                uint256,
                bool
            ) internal view returns (uint256, uint256) look
        )
    {
        assembly ("memory-safe") {
            look := pay
        }
    }

    function _rulesOf(uint256 version) private view returns (Commission.Rules memory rules) {
        rules.terms = _planTerms(version);
        rules.rows = new PlanRow[](rules.terms.rows());
        bool byDifference = rules.terms.kind() == PLAN_BY_DIFFERENCE;
        for (uint256 row = 0; row < rules.rows.length; ++row) {
            PlanRow rates = _planRow(version, row);
            rules.rows[row] = rates;
            uint256 reach = byDifference ? rates.rateBps(1) : rates.length();
            if (reach > rules.top) rules.top = reach;
        }
    }

    /// @dev Logs settled sales, of which `sale` is the number of the first, from their lines. By hand: the compiler's
    /// way of a copy costs about 1,000 gas more a sale.
    function _logSales(uint256 sale, uint256 line, uint256 end) private {
        uint256 data = _reserveMemory(EVENT_WORDS * 32);
        bytes32 topic = SaleSettled.selector;
        assembly ("memory-safe") {
            mstore(add(data, 32), 64)
            for {} lt(line, end) {
                sale := add(sale, 1)
            } {
                let header := mload(line)
                mstore(data, and(shr(VOLUME_SHIFT, header), VOLUME_MASK))
                // Kept in scratch memory, because the compiler would rather work it out again for each level.
                mstore(0, mul(mload(data), ID_DECIMALS))
                let levels := byte(LEVELS_BYTE, header)
                mstore(add(data, 64), levels)
                line := add(line, LINE_HEADER)
                let credit := add(data, 96)
                for {} levels {
                    levels := sub(levels, 1)
                } {
                    // Amount in units, then eight digits of id.
                    let rate := and(shr(CREDIT_SHIFT, mload(line)), RATE_MASK)
                    mstore(credit, add(mul(mload(0), rate), shr(CREDIT_ID_SHIFT, mload(line))))
                    credit := add(credit, 32)
                    line := add(line, CREDIT_BYTES)
                }
                log3(data, sub(credit, data), topic, sale, shr(SELLER_SHIFT, header))
            }
        }
    }

    /// @dev Logs a settlement with the `size` bytes from `lines` as its sales. By hand, around the lines where they
    /// are: a copy of those of a large batch is dear, because the price of memory grows with its square.
    function _logBatch(
        Batch memory batch,
        uint256 until,
        uint256 credited,
        uint256 released,
        bytes32 newHead,
        uint256 lines,
        uint256 size
    ) private {
        bytes32 topic = BatchSettled.selector;
        uint256 batchNumber = batch.number;
        uint256 from = batch.settled;
        assembly ("memory-safe") {
            let data := sub(lines, BATCH_EVENT)
            mstore(data, from)
            mstore(add(data, 32), until)
            mstore(add(data, 64), credited)
            mstore(add(data, 96), released)
            mstore(add(data, 128), 192)
            mstore(add(data, 160), newHead)
            mstore(add(data, 192), size)
            mstore(add(lines, size), 0)
            log2(data, add(BATCH_EVENT, and(add(size, 31), not(31))), topic, batchNumber)
        }
    }

    /// @dev Memory of `size` bytes that is not cleared: write it before reading.
    function _reserveMemory(uint256 size) private pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := mload(0x40)
            // Whole words, so that what the compiler allocates next is aligned.
            mstore(0x40, add(start, and(add(size, 31), not(31))))
        }
    }
}
