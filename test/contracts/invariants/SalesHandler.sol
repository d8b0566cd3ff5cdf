// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { eq, vm } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice Sales: recorded, taken back, settled.
abstract contract SalesHandler is LedgerDriver {
    /// @dev What is taken back of a sale.
    struct Taken {
        uint256 index;
        uint256 price;
        uint256 volume;
    }

    /// @notice A batch of sales of all classes, some of them by nobody.
    function record(uint256 seed) external acting(seed) {
        _record();
    }

    /// @notice A batch that is settled as soon as it can be, whole, so that short sequences get to settlements too.
    function recordAndSettle(uint256 seed) external acting(seed) {
        uint256 before = batches.length;
        _record();
        if (batches.length == before || returnWindow == 0) return;
        time += returnWindow;
        vm.warp(time);
        _settle(batches.length, ALL);
    }

    /// @notice Parts of sales, or all of them, taken back; a little more than there is, now and then.
    function takeBack(uint256 seed) external acting(seed) {
        if (batches.length == 0) return;
        uint256 number = _drawBatch();
        BookedBatch storage batch = batches[number - 1];
        Sale[] memory left = batch.sales;
        Taken[] memory all = new Taken[](1 + _draw(2));
        bytes memory refusal = _returnRefusal(number);
        bytes memory packed;
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = _drawTaken(left);
            packed = bytes.concat(packed, _pack(all[i]));
            if (refusal.length == 0) refusal = _take(left, number, all[i]);
        }
        uint256 freed = _reservedFor(batch.plan, batch.sales) - _reservedFor(batch.plan, left);
        if (refusal.length == 0) refusal = _freeingRefusal(freed);
        bytes memory call = abi.encodeCall(
            ILedgerCore.reverse,
            (number, batch.plan, batch.recordedAt, batch.records, batch.reversals, packed)
        );
        (bool done, ) = _attempt(call, refusal);
        if (!done) return;
        capFreed += freed;
        for (uint256 i = 0; i < all.length; ++i) _bookTaken(number, all[i]);
    }

    /// @notice A batch, whole or up to some sale, perhaps after waiting until it is due.
    function settle(uint256 seed) external acting(seed) {
        if (batches.length == 0) return;
        uint256 number = _drawBatch();
        BookedBatch storage batch = batches[number - 1];
        uint256 due = batch.recordedAt + returnWindow;
        if (time < due && _chance(2)) vm.warp(time = due);
        _settle(number, _chance(3) ? ALL : _draw(batch.sales.length + 2));
    }

    function _record() private {
        Sale[] memory sales = new Sale[](1 + _draw(6));
        bytes memory records;
        for (uint256 i = 0; i < sales.length; ++i) {
            // Any lane of a fragment in use, but mostly ids that somebody has or had.
            uint256 seller = _chance(16) ? 4 + _draw(4 * lanes.length) : _drawId();
            uint256 price = 1 + _draw(_chance(32) ? 1 << 31 : 1_000_000);
            sales[i] = Sale(_draw(3), seller, price, _draw(price + 1));
            records = bytes.concat(records, _sale(sales[i].class, seller, price, sales[i].volume));
        }
        uint256 set = _reservedFor(_planAt(time), sales);
        bytes32 root = _drawWord();
        bytes memory refusal = paused ? abi.encodeWithSelector(RecordingPaused.selector) : _reserveRefusal(set);
        bytes memory call = abi.encodeCall(ILedgerCore.recordSales, (batches.length + 1, records, root));
        (bool done, bytes memory answer) = _attempt(call, refusal);
        if (!done) return;
        eq(abi.decode(answer, (uint256)), set, "reserved");
        capSpent += set;
        _bookBatch(address(this), sales, records, root);
    }

    function _bookBatch(address recorder, Sale[] memory sales, bytes memory records, bytes32 root) internal {
        uint256 set = _reservedFor(_planAt(time), sales);
        free -= set;
        reserved += set;
        BookedBatch storage batch = batches.push();
        (batch.plan, batch.recordedAt, batch.records) = (_planAt(time), time, records);
        for (uint256 i = 0; i < sales.length; ++i) batch.sales.push(sales[i]);
        _enter(Journal.batchRecorded(head, batches.length, batch.plan, recorder, time, set, root, keccak256(records)));
        if (returnWindow == 0) _bookSettled(batches.length, sales.length);
    }

    /// @dev Part of a sale, or all that is left of it.
    function _drawTaken(Sale[] memory left) private returns (Taken memory taken) {
        taken.index = _draw(left.length);
        Sale memory sale = left[taken.index];
        if (_chance(3)) {
            (taken.price, taken.volume) = (sale.price, sale.volume);
        } else {
            taken.volume = _draw(sale.volume + 2);
            taken.price = taken.volume + _draw(sale.price + 2 - sale.volume);
        }
    }

    function _pack(Taken memory taken) private pure returns (bytes memory) {
        return abi.encodePacked(uint32(taken.index), uint32(taken.price), uint32(taken.volume));
    }

    /// @dev Takes it from what is left, or says why that cannot be.
    function _take(Sale[] memory left, uint256 number, Taken memory taken) private pure returns (bytes memory) {
        Sale memory sale = left[taken.index];
        bool isWithin = taken.price != 0 && taken.price <= sale.price && taken.volume <= sale.volume;
        if (!isWithin || sale.volume - taken.volume > sale.price - taken.price) {
            uint256 id = (number << 16) | taken.index;
            return abi.encodeWithSelector(ReversalOutOfRange.selector, id, sale.price, sale.volume);
        }
        (sale.price, sale.volume) = (sale.price - taken.price, sale.volume - taken.volume);
        return "";
    }

    function _bookTaken(uint256 number, Taken memory taken) internal {
        BookedBatch storage batch = batches[number - 1];
        Sale storage sale = batch.sales[taken.index];
        uint256 set = _reservedFor(batch.plan, batch.sales);
        (sale.price, sale.volume) = (sale.price - taken.price, sale.volume - taken.volume);
        uint256 freed = set - _reservedFor(batch.plan, batch.sales);
        reserved -= freed;
        free += freed;
        batch.reversals = bytes.concat(batch.reversals, _pack(taken));
        uint256 id = (number << 16) | taken.index;
        _enter(Journal.saleReversed(head, id, sale.seller, taken.price, taken.volume));
    }

    function _returnRefusal(uint256 number) internal view returns (bytes memory) {
        BookedBatch storage batch = batches[number - 1];
        if (batch.settled == batch.sales.length) return abi.encodeWithSelector(BatchNotOpen.selector, number);
        uint256 endsAt = batch.recordedAt + returnWindow;
        return time >= endsAt ? abi.encodeWithSelector(ReturnWindowOver.selector, number, endsAt) : bytes("");
    }

    function _settle(uint256 number, uint256 until) private {
        BookedBatch storage batch = batches[number - 1];
        uint256 count = batch.sales.length;
        uint256 due = batch.recordedAt + returnWindow;
        bytes memory refusal =
            batch.settled == count
                ? abi.encodeWithSelector(BatchNotOpen.selector, number)
                : time < due
                    ? abi.encodeWithSelector(ReturnWindowOpen.selector, number, due)
                    : until <= batch.settled
                        ? abi.encodeWithSelector(NothingToSettle.selector, number, batch.settled)
                        : bytes("");
        bytes memory call = abi.encodeCall(
            ILedgerCore.settle,
            (number, batch.plan, batch.recordedAt, batch.records, batch.reversals, until)
        );
        // Anyone may settle.
        (bool done, ) = _attempt(_stranger(), call, refusal);
        if (done) _bookSettled(number, until < count ? until : count);
    }

    /// @dev One of the last few, mostly.
    function _drawBatch() private returns (uint256) {
        uint256 recent = batches.length < 5 || _chance(4) ? batches.length : 5;
        return batches.length - _draw(recent);
    }

    function _reservedFor(uint256 version, Sale[] memory sales) internal view returns (uint256 units) {
        Plan memory plan = _planOf(version);
        for (uint256 i = 0; i < sales.length; ++i) units += _counted(plan, sales[i]) * plans[version - 1].total;
    }

    function _reserveRefusal(uint256 set) private returns (bytes memory) {
        _startPeriod();
        uint256 left = cap > capSpent ? cap - capSpent : 0;
        if (set > left) return abi.encodeWithSelector(CapExceeded.selector, left, set);
        if (set > free) return abi.encodeWithSelector(FloatTooLow.selector, free, set);
        return "";
    }

    function _freeingRefusal(uint256 freed) private returns (bytes memory) {
        _startPeriod();
        uint256 left = cap > capFreed ? cap - capFreed : 0;
        return freed > left ? abi.encodeWithSelector(CapExceeded.selector, left, freed) : bytes("");
    }

    function _startPeriod() private {
        if (time / CAP_PERIOD == capPeriod) return;
        (capPeriod, capSpent, capFreed) = (time / CAP_PERIOD, 0, 0);
    }
}
