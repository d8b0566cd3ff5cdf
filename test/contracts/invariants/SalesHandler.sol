// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BatchModel } from "../BatchModel.sol";
import { CommissionModel, Standing } from "../CommissionModel.sol";
import { eq, vm } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { ChunkReversals, ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice Sales: recorded, taken back, settled, refunded late. Who is paid for a sale is fixed here as it is recorded.
abstract contract SalesHandler is LedgerDriver {
    /// @dev What is taken back of a sale.
    struct Taken {
        uint256 index;
        uint256 price;
        uint256 volume;
    }

    uint256 private constant CHUNK = 16;

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
        _settle(before, ALL);
    }

    /// @notice Parts of sales, or all of them, taken back; a little more than there is, now and then, by somebody else, or with
    /// a wrong proof.
    function takeBack(uint256 seed) external acting(seed) {
        // Often of a fresh batch, so that many are inside their window.
        if (_chance(2)) _record();
        if (batches.length == 0) return;
        BookedBatch storage batch = batches[_drawBatch()];
        // What a storefront has sold it takes back by itself.
        bool isStorefronts = _keyOf(batch) != address(this) && _keyOf(batch).code.length != 0;
        address key = isStorefronts || _chance(8) ? _drawRecorder() : _keyOf(batch);
        if (_chance(16)) key = _stranger();
        bytes memory refusal = _recorderRefusal(batch, key);
        if (refusal.length == 0 && batch.settled == batch.sales.length) {
            refusal = abi.encodeWithSelector(BatchNotOpen.selector, batch.number);
        }
        Sale[] memory left = batch.sales;
        Taken[] memory all = new Taken[](1 + _draw(3));
        ChunkReversals[] memory chunks = new ChunkReversals[](all.length);
        // Each proof is of the root that the reversals before it have left.
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = _drawTaken(left);
            chunks[i] = BatchModel.reversalsIn(_pack(left), all[i].index / CHUNK, _packTaken(all[i]));
            if (refusal.length == 0 && _chance(16)) {
                if (_spoilProof(chunks[i]))
                    refusal = abi.encodeWithSelector(UnknownSale.selector, batch.number, all[i].index);
                else refusal = _take(left, batch.number, all[i]);
                if (refusal.length == 0) refusal = abi.encodeWithSelector(BatchMismatch.selector, batch.number);
            } else if (refusal.length == 0) {
                refusal = _take(left, batch.number, all[i]);
            }
        }
        uint256 freed = _reservedFor(batch.plan, batch.sales) - _reservedFor(batch.plan, left);
        if (refusal.length == 0) refusal = _lateRefusal(batch);
        if (refusal.length == 0) refusal = _freeingRefusal(key, freed);
        bytes memory call = abi.encodeCall(
            ILedgerCore.reverse,
            (batch.number, batch.plan, batch.recordedAt, batch.sales.length, chunks)
        );
        (bool done, ) = _attempt(key, call, refusal);
        if (!done) return;
        for (uint256 i = 0; i < all.length; ++i) _bookTaken(batch, all[i]);
    }

    /// @notice A batch, whole or up to some sale, perhaps after waiting until it is due.
    function settle(uint256 seed) external acting(seed) {
        if (batches.length == 0) return;
        if (_chance(2)) _catchUp();
        uint256 index = _drawBatch();
        BookedBatch storage batch = batches[index];
        uint256 due = batch.recordedAt + returnWindow;
        if (time < due && _chance(2)) vm.warp(time = due);
        _settle(index, _chance(3) ? ALL : _draw(batch.sales.length + 2));
    }

    /// @notice A refund of a settled sale, which changes nobody's commission.
    function refundLate(uint256 seed) external acting(seed) {
        if (batches.length == 0) return;
        BookedBatch storage batch = batches[_drawBatch()];
        address key = _chance(8) ? _drawRecorder() : _keyOf(batch);
        uint256 index = _draw(batch.sales.length);
        uint256 number = (batch.number << 16) | index;
        uint256 price = _chance(8) ? 0 : 1 + _draw(1 << 32);
        bytes32 evidence = _drawWord();
        bytes memory refusal = _recorderRefusal(batch, key);
        if (refusal.length == 0 && _chance(8)) {
            number = ((batch.number | 0xffffff) << 16) | index;
            refusal = abi.encodeWithSelector(UnknownSale.selector, number >> 16, index);
        } else if (refusal.length == 0 && batch.settled <= index) {
            refusal = abi.encodeWithSelector(SaleNotSettled.selector, number);
        } else if (refusal.length == 0 && (price == 0 || price > type(uint32).max)) {
            refusal = abi.encodeWithSelector(ReversalOutOfRange.selector, number, type(uint32).max, 0);
        }
        (bool done, ) = _attempt(key, abi.encodeCall(ILedgerCore.refundLate, (number, price, evidence)), refusal);
        if (done) _enter(Journal.refundedLate(head, number, price, evidence));
    }

    /// @dev Settles and applies all that is due.
    function _catchUp() internal virtual;

    function _record() private {
        // Now and then more than a leaf of the batch's tree.
        Sale[] memory sales = new Sale[](1 + _draw(_chance(8) ? 40 : 6));
        for (uint256 i = 0; i < sales.length; ++i) {
            // Any lane of a fragment in use, but mostly ids that somebody has or had.
            uint256 seller = _chance(16) ? 4 + _draw(4 * lanes.length) : _drawId();
            uint256 price = 1 + _draw(_chance(32) ? 1 << 31 : 1_000_000);
            sales[i] = Sale(_draw(3), seller, price, _draw(price + 1));
        }
        bytes32 root = _drawWord();
        address key = _drawRecorder();
        uint256 sequence = recorders[_recorderOf(key)].sequence + 1;
        uint256 plan = _planAt(time);
        bytes memory refusal = paused ? abi.encodeWithSelector(RecordingPaused.selector) : bytes("");
        if (refusal.length == 0 && _chance(16)) {
            refusal = abi.encodeWithSelector(UnexpectedSequence.selector, sequence + 1, sequence);
            ++sequence;
        } else if (refusal.length == 0 && _chance(16)) {
            refusal = abi.encodeWithSelector(UnexpectedPlan.selector, plan + 1, plan);
            ++plan;
        }
        uint256 set = _reservedFor(_planAt(time), sales);
        if (refusal.length == 0) refusal = _reserveRefusal(key, sales.length, set);
        bytes memory call = abi.encodeCall(ILedgerCore.recordSales, (_pack(sales), sequence, root, plan));
        (bool done, bytes memory answer) = _attempt(key, call, refusal);
        if (!done) return;
        _bookBatch(_recorderOf(key), sales, root);
        (uint256 number, uint256 units) = abi.decode(answer, (uint256, uint256));
        eq(number, batches[batches.length - 1].number, "number of a batch");
        eq(units, set, "reserved");
    }

    /// @dev Who is paid for the sales is worked out now, as of what is effective now, and never again.
    function _bookBatch(uint256 recorder, Sale[] memory sales, bytes32 root) internal {
        BookedBatch storage batch = batches.push();
        (batch.plan, batch.recordedAt, batch.recorder) = (_planAt(time), time, recorder);
        batch.number = (recorder << 24) | ++recorders[recorder].sequence;
        uint256 set = _reservedFor(batch.plan, sales);
        free -= set;
        reserved += set;
        Plan memory plan = _planOf(batch.plan);
        Standing[] memory all = _effectiveAt(time);
        for (uint256 i = 0; i < sales.length; ++i) {
            batch.sales.push(sales[i]);
            uint256 seller = numberOf[sales[i].seller];
            batch.shares.push(
                seller == 0 ? bytes("") : abi.encode(CommissionModel.sharesOf(plan, all, seller, sales[i].seller))
            );
        }
        _enter(
            Journal.batchRecorded(
                head,
                batch.number,
                batch.plan,
                recorders[recorder].key,
                time,
                set,
                root,
                keccak256(_pack(sales))
            )
        );
        if (returnWindow == 0) _bookSettled(batch, sales.length);
    }

    /// @dev Part of a sale, or all that is left of it.
    function _drawTaken(Sale[] memory left) private returns (Taken memory taken) {
        taken.index = _draw(left.length);
        Sale memory sale = left[taken.index];
        if (_chance(3)) {
            (taken.price, taken.volume) = (sale.price, sale.volume);
        } else {
            taken.volume = _draw(sale.volume + 2);
            taken.price = taken.volume + _draw(sale.price + 2 > taken.volume ? sale.price + 2 - taken.volume : 1);
        }
    }

    /// @dev Something about a chunk is wrong: its number, so that there is no such sale in it, or what it says of the batch.
    function _spoilProof(ChunkReversals memory chunk) private returns (bool isElsewhere) {
        if (_chance(3)) {
            chunk.chunk += 1 + _draw(70);
            return true;
        }
        if (chunk.proof.length != 0 && _chance(2)) {
            chunk.proof[_draw(chunk.proof.length)] ^= bytes32(uint256(1));
        } else {
            // The class of a sale, which bounds no reversal.
            chunk.records[12 * _draw(chunk.records.length / 12)] ^= 0x10;
        }
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

    function _bookTaken(BookedBatch storage batch, Taken memory taken) internal {
        Sale storage sale = batch.sales[taken.index];
        uint256 set = _reservedFor(batch.plan, batch.sales);
        (sale.price, sale.volume) = (sale.price - taken.price, sale.volume - taken.volume);
        uint256 freed = set - _reservedFor(batch.plan, batch.sales);
        reserved -= freed;
        free += freed;
        uint256 id = (batch.number << 16) | taken.index;
        _enter(Journal.saleReversed(head, id, sale.seller, taken.price, taken.volume));
    }

    function _returnRefusal(BookedBatch storage batch) internal view returns (bytes memory) {
        if (batch.settled == batch.sales.length) return abi.encodeWithSelector(BatchNotOpen.selector, batch.number);
        return _lateRefusal(batch);
    }

    function _lateRefusal(BookedBatch storage batch) private view returns (bytes memory) {
        uint256 endsAt = batch.recordedAt + returnWindow;
        return time >= endsAt ? abi.encodeWithSelector(ReturnWindowOver.selector, batch.number, endsAt) : bytes("");
    }

    function _settle(uint256 index, uint256 until) internal {
        BookedBatch storage batch = batches[index];
        uint256 count = batch.sales.length;
        bytes memory call = abi.encodeCall(
            ILedgerCore.settle,
            (batch.number, _pack(batch.sales), batch.plan, batch.recordedAt, until)
        );
        // Anyone may settle.
        (bool done, ) = _attempt(_stranger(), call, _settleRefusal(batch, until));
        if (done) _bookSettled(batch, until < count ? until : count);
    }

    /// @dev A batch settles when its window has ended and every change that was effective when it was recorded is applied.
    function _settleRefusal(BookedBatch storage batch, uint256 until) private view returns (bytes memory) {
        uint256 number = batch.number;
        uint256 due = batch.recordedAt + returnWindow;
        if (batch.settled == batch.sales.length) return abi.encodeWithSelector(BatchNotOpen.selector, number);
        if (time < due) return abi.encodeWithSelector(ReturnWindowOpen.selector, number, due);
        if (nextChange <= changes.length && batch.recordedAt >= changes[nextChange - 1].effectiveAt) {
            return abi.encodeWithSelector(ChangesPending.selector, number, nextChange);
        }
        return
            until <= batch.settled
                ? abi.encodeWithSelector(NothingToSettle.selector, number, batch.settled)
                : bytes("");
    }

    /// @dev Index of one of the last few, mostly.
    function _drawBatch() private returns (uint256) {
        uint256 recent = batches.length < 5 || _chance(4) ? batches.length : 5;
        return batches.length - 1 - _draw(recent);
    }

    function _keyOf(BookedBatch storage batch) private view returns (address) {
        return recorders[batch.recorder].key;
    }

    /// @dev Why the key may do nothing to the batch; empty if it is its recorder's.
    function _recorderRefusal(BookedBatch storage batch, address key) private view returns (bytes memory) {
        uint256 index = _recorderOf(key);
        if (index == recorders.length) return abi.encodeWithSelector(NotRecorder.selector, key);
        return
            index == batch.recorder ? bytes("") : abi.encodeWithSelector(NotBatchRecorder.selector, batch.number, key);
    }

    function _reservedFor(uint256 version, Sale[] memory sales) internal view returns (uint256 units) {
        Plan memory plan = _planOf(version);
        for (uint256 i = 0; i < sales.length; ++i) units += _counted(plan, sales[i]) * plans[version - 1].total;
    }

    /// @dev What is left of a cap is the ledger's own word; that no period lets more through is shown in
    /// test/contracts/types/RecorderWord.t.sol.
    function _reserveRefusal(address key, uint256 count, uint256 set) internal view returns (bytes memory) {
        uint256 countLeft = ledger.recorderOf(key).countLeft;
        if (count > countLeft) return abi.encodeWithSelector(CountExceeded.selector, countLeft, count);
        uint256 left = ledger.recorderOf(key).left;
        if (set > left) return abi.encodeWithSelector(CapExceeded.selector, left, set);
        return set > free ? abi.encodeWithSelector(FloatTooLow.selector, free, set) : bytes("");
    }

    function _freeingRefusal(address key, uint256 freed) internal view returns (bytes memory) {
        uint256 left = ledger.recorderOf(key).returnsLeft;
        return freed > left ? abi.encodeWithSelector(CapExceeded.selector, left, freed) : bytes("");
    }

    function _pack(Sale[] memory sales) internal pure returns (bytes memory records) {
        for (uint256 i = 0; i < sales.length; ++i) {
            records = bytes.concat(records, _sale(sales[i].class, sales[i].seller, sales[i].price, sales[i].volume));
        }
    }

    function _packTaken(Taken memory taken) private pure returns (bytes memory) {
        return _reversal(taken.index, taken.price, taken.volume);
    }
}
