// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerPeople } from "./LedgerPeople.sol";
import { LedgerPlans } from "./LedgerPlans.sol";
import { ICommissionLedger, LedgerTerms } from "../interfaces/ICommissionLedger.sol";
import { Commission } from "../libraries/Commission.sol";
import { Journal } from "../libraries/Journal.sol";
import { Fragment, fragmentOf } from "../types/Fragment.sol";
import { BUYER_CLASSES, PlanRow, PlanTerms } from "../types/Plan.sol";
import { REVERSAL_BYTES, ReversalRecord, SALE_BYTES, SaleRecord, reversalAt, saleAt } from "../types/Records.sol";
import { MAX_BATCHES, Totals } from "../types/Totals.sol";

/// @title LedgerSales
/// @notice Sales in two steps: recorded at once, settled when the return window has ended.
abstract contract LedgerSales is LedgerPeople, LedgerPlans {
    /// @dev A batch's records come as calldata with every reversal and settlement, so a batch must stay far below what a
    /// transaction can carry; its settlement may take several calls.
    uint256 internal constant MAX_BATCH = 1000;

    /// @dev Every settlement carries all reversals of its batch. Without a limit, a recorder could make a batch too dear
    /// to settle and so withhold the commissions of all its sales.
    uint256 internal constant MAX_REVERSALS = 2000;

    /// @dev What identifies a batch's facts, and how far it is.
    struct Batch {
        uint256 number;
        uint256 plan;
        uint256 recordedAt;
        uint256 settled;
    }

    /// @inheritdoc ICommissionLedger
    function recordSales(uint256 sequence, bytes calldata records, bytes32 manifestRoot) external onlyRecorder {
        uint256 count = _countRecords(records.length, SALE_BYTES);
        if (count > MAX_BATCH) revert BatchTooLarge(count, MAX_BATCH);
        Totals totals = _adoptDue(_totalsWithRoom());
        if (totals.batchCount() == MAX_BATCHES) revert TooManyBatches(MAX_BATCHES);
        totals = totals.addBatch();
        if (sequence != totals.batchCount()) revert UnexpectedSequence(sequence, totals.batchCount());

        uint256 plan = totals.planInForce();
        uint256 reserved = _checkSales(records, count, plan, totals.fragmentCount());
        _spendCap(msg.sender, reserved);
        if (reserved > totals.floatUnits()) revert FloatTooLow(totals.floatUnits(), reserved);
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

    /// @inheritdoc ICommissionLedger
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

    /// @inheritdoc ICommissionLedger
    function settle(
        uint256 batch,
        uint256 plan,
        uint256 recordedAt,
        bytes calldata records,
        bytes calldata reversals,
        uint256 until
    ) external {
        uint256 settled = _openBatch(batch, plan, recordedAt, records, reversals);
        LedgerTerms memory fixedTerms = _terms();
        uint256 endsAt = recordedAt + fixedTerms.returnWindow;
        if (block.timestamp < endsAt) revert ReturnWindowOpen(batch, endsAt);

        uint256 count = records.length / SALE_BYTES;
        if (until > count) until = count;
        if (until <= settled) revert NothingToSettle(batch, settled);
        if (until == count) delete _batches[batch];
        else _batches[batch] = (_batches[batch] - settled) + until;

        Batch memory open = Batch(batch, plan, recordedAt, settled);
        (bytes32 newHead, Totals totals) = _settle(_head, _totals, open, records, reversals, until, fixedTerms.compact);
        _commit(newHead, totals, 1);
    }

    /// @inheritdoc ICommissionLedger
    function batchOf(uint256 batch) external view returns (bool open, uint256 settled) {
        return (_batches[batch] != 0, uint16(_batches[batch]));
    }

    /// @inheritdoc ICommissionLedger
    function explain(
        uint256 seller,
        uint256 buyerClass,
        uint256 volumeCents
    ) external view returns (uint256[] memory payees, uint256[] memory amounts) {
        if (!_isEnrolled(seller)) revert UnknownPerson(seller);
        if (buyerClass >= BUYER_CLASSES) revert UnknownClass(0, buyerClass);
        if (volumeCents > type(uint32).max) revert VolumeAbovePrice(0, type(uint32).max, volumeCents);
        uint256 plan = _adoptDue(_totals).planInForce();
        uint256 volume = _planTerms(plan).counted(buyerClass, volumeCents);
        bytes memory buffer = new bytes(Commission.MAX_LINE + 32);
        uint256 line;
        assembly ("memory-safe") {
            line := add(buffer, 32)
        }
        _asView(Commission.payByLevel)(_fragments, _planRow(plan, 0), seller, volume, line, false);
        (, , uint256 levels) = Commission.header(line);
        payees = new uint256[](levels);
        amounts = new uint256[](levels);
        for (uint256 level = 0; level < levels; ++level) {
            uint256 rate;
            (payees[level], rate) = Commission.creditAt(line, level);
            amounts[level] = volume * rate;
        }
    }

    /// @dev The same function for a caller that only looks: with `commit` false it writes no storage, which the compiler
    /// cannot know. Calling it from a view keeps one statement of the rule.
    function _asView(
        function(
            Fragment[1 << 24] storage,
            PlanRow,
            uint256,
            uint256,
            uint256,
            bool
        ) internal returns (uint256, uint256) pay
    )
        private
        pure
        returns (
            function(
                Fragment[1 << 24] storage,
                PlanRow,
                uint256,
                uint256,
                uint256,
                bool
            ) internal view returns (uint256, uint256) look
        )
    {
        assembly ("memory-safe") {
            look := pay
        }
    }

    /// @dev Checks every record; the units to reserve for all of them.
    function _checkSales(
        bytes calldata records,
        uint256 count,
        uint256 plan,
        uint256 fragments
    ) private view returns (uint256 reserved) {
        PlanTerms planTerms = _planTerms(plan);
        // At most 1,000 sales of 2^32 cents, and 10^4 basis points of that.
        unchecked {
            uint256 volume = 0;
            for (uint256 i = 0; i < count; ++i) {
                SaleRecord sale = saleAt(records, i);
                uint256 number = fragmentOf(sale.seller());
                if (number == 0 || number > fragments) revert UnknownSeller(i, sale.seller());
                uint256 class = sale.saleClass();
                if (class >= BUYER_CLASSES) revert UnknownClass(i, class);
                if (sale.price() == 0) revert ZeroPrice(i);
                if (sale.volume() > sale.price()) revert VolumeAbovePrice(i, sale.price(), sale.volume());
                volume += planTerms.counted(class, sale.volume());
            }
            return volume * planTerms.maxTotalBps();
        }
    }

    /// @dev Takes the reversals from what is `left` of the sales, as entries. Beyond the limit only one that takes back
    /// all that is left of a sale is accepted, so that small reversals cannot shut out a real return; that happens once a
    /// sale at most, so a settlement stays bounded.
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
            if (before + i >= MAX_REVERSALS && left[reversalAt(reversals, i).reversedIndex()] != 0) {
                revert TooManyReversals(before + i + 1, MAX_REVERSALS);
            }
        }
        _spendReversal(msg.sender, released);
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
        uint256 index = reversal.reversedIndex();
        if (index >= left.length) revert UnknownSale(batch, index);
        uint256 number = (batch << 16) | index;
        uint256 priceLeft = left[index] >> 32;
        uint256 volumeLeft = uint32(left[index]);
        uint256 price = reversal.reversedPrice();
        uint256 volume = reversal.reversedVolume();
        // What stays must still be a sale whose volume is not above its price.
        if (price == 0 || price > priceLeft || volume > volumeLeft || volumeLeft - volume > priceLeft - price)
            revert ReversalOutOfRange(number, priceLeft, volumeLeft);
        left[index] = ((priceLeft - price) << 32) | (volumeLeft - volume);

        SaleRecord sale = saleAt(records, index);
        uint256 class = sale.saleClass();
        uint256 fewer = planTerms.counted(class, volumeLeft) - planTerms.counted(class, volumeLeft - volume);
        freed = fewer * planTerms.maxTotalBps();
        newHead = Journal.saleReversed(oldHead, number, sale.seller(), price, volume);
        emit SaleReversed(number, sale.seller(), price, volume, newHead);
    }

    /// @dev Settles sales from `batch.settled` to `until`. The caller has checked that this is due.
    function _settle(
        bytes32 oldHead,
        Totals totals,
        Batch memory batch,
        bytes calldata records,
        bytes calldata reversals,
        uint256 until,
        bool compact
    ) private returns (bytes32 newHead, Totals) {
        PlanTerms planTerms = _planTerms(batch.plan);
        PlanRow rates = _planRow(batch.plan, 0);
        uint256[] memory left = reversals.length == 0 ? new uint256[](0) : _leftOf(records, reversals);
        bytes memory sales = new bytes((until - batch.settled) * Commission.MAX_LINE + 32);
        uint256 line;
        assembly ("memory-safe") {
            line := add(sales, 32)
        }
        uint256 credited = 0;
        uint256 volumes = 0;
        // At most 1,000 sales of 2^32 cents, and 10^4 basis points of that.
        unchecked {
            for (uint256 i = batch.settled; i < until; ++i) {
                SaleRecord sale = saleAt(records, i);
                uint256 volume = planTerms.counted(
                    sale.saleClass(),
                    left.length == 0 ? sale.volume() : uint32(left[i])
                );
                (uint256 end, uint256 paidBps) = Commission.payByLevel(
                    _fragments,
                    rates,
                    sale.seller(),
                    volume,
                    line,
                    true
                );
                credited += volume * paidBps;
                volumes += volume;
                if (!compact) _logSale((batch.number << 16) | i, line);
                line = end;
            }
        }
        // Gives back the room that the lines did not take.
        assembly ("memory-safe") {
            mstore(sales, sub(line, add(sales, 32)))
        }
        uint256 released = volumes * planTerms.maxTotalBps() - credited;
        newHead = Journal.batchSettled(
            oldHead,
            batch.number,
            batch.settled,
            until,
            credited,
            released,
            keccak256(sales)
        );
        emit BatchSettled(
            batch.number,
            batch.settled,
            until,
            credited,
            released,
            compact ? sales : new bytes(0),
            newHead
        );
        return (newHead, totals.pay(credited).release(released));
    }

    /// @dev Logs a settled sale and gives its memory back, so that a long batch does not pay for growing memory.
    function _logSale(uint256 number, uint256 line) private {
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        (uint256 seller, uint256 volume, ) = Commission.header(line);
        emit SaleSettled(number, seller, volume, Commission.readable(line));
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }

    /// @dev Price and volume left of each sale after `reversals`, as price << 32 | volume.
    function _leftOf(bytes calldata records, bytes calldata reversals) private pure returns (uint256[] memory left) {
        left = new uint256[](records.length / SALE_BYTES);
        for (uint256 i = 0; i < left.length; ++i) {
            SaleRecord sale = saleAt(records, i);
            left[i] = (sale.price() << 32) | sale.volume();
        }
        // Each was within what was left when it was accepted, so neither half can borrow.
        for (uint256 i = 0; i < reversals.length / REVERSAL_BYTES; ++i) {
            ReversalRecord reversal = reversalAt(reversals, i);
            left[reversal.reversedIndex()] -= (reversal.reversedPrice() << 32) | reversal.reversedVolume();
        }
    }

    /// @dev Sales settled so far of an open batch whose facts are those given.
    function _openBatch(
        uint256 batch,
        uint256 plan,
        uint256 recordedAt,
        bytes calldata records,
        bytes calldata reversals
    ) private view returns (uint256 settled) {
        uint256 word = _batches[batch];
        if (word == 0) revert BatchNotOpen(batch);
        if (word >> 16 != _digest(plan, recordedAt, records, reversals)) revert BatchMismatch(batch);
        return uint16(word);
    }

    function _digest(
        uint256 plan,
        uint256 recordedAt,
        bytes calldata records,
        bytes calldata reversals
    ) private pure returns (uint256) {
        return _digestOf(plan, recordedAt, keccak256(records), keccak256(reversals));
    }

    function _digestOf(
        uint256 plan,
        uint256 recordedAt,
        bytes32 recordsHash,
        bytes32 reversalsHash
    ) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(plan, recordedAt, recordsHash, reversalsHash))) >> 16;
    }
}
