// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { CommissionModel, Share } from "../CommissionModel.sol";
import { eq, vm } from "../Vm.sol";
import { RecorderState } from "../../../contracts/interfaces/ILedgerCore.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { Habit } from "./TokenHabits.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice What must hold at any time: the ledger's own views against the books, and against each other.
abstract contract LedgerChecks is LedgerDriver {
    /// @notice The tokens are exactly what is free, reserved and owed; owed is what distributors are owed.
    function checkSolvency() external view {
        (uint256 held, uint256 float, uint256 set, uint256 due) = ledger.solvency();
        uint256 tokens = dollar.balanceOf(address(ledger));
        require(tokens >= (float + set + due) * unit, "insolvent");
        // What fees have left of the last unit belongs to nobody.
        bool isExact = habit != Habit.TakesFees || unit == 1;
        if (isExact) eq(tokens, (float + set + due) * unit, "tokens held");
        if (isExact) eq(held, float + set + due, "held");
        eq(float, free, "float");
        eq(set, reserved, "reserved");
        eq(due, owed, "owed");
        uint256 sum = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            (, uint256 units, , ) = ledger.accountOf(ids[i]);
            sum += units;
        }
        eq(sum, due, "sum of all balances");
        uint256[] memory words = ledger.fragmentsOf(0, lanes.length + 2);
        eq(words[0] | words[lanes.length + 1], 0, "fragments not in use");
    }

    /// @notice What the ledger has set aside, owes and has paid is never more than the plans' ceilings of what counted.
    function checkCeiling() external view {
        (, , uint256 set, uint256 due) = ledger.solvency();
        uint256 most = 0;
        for (uint256 i = 0; i < batches.length; ++i) {
            Plan memory plan = _planOf(batches[i].plan);
            Sale[] memory sales = batches[i].sales;
            for (uint256 j = 0; j < sales.length; ++j) most += _counted(plan, sales[j]) * plan.ceilingBps;
        }
        require(set + due + paid <= most + opened, "above the ceiling");
    }

    /// @notice Everybody has what the model says, to the unit, and the ledger explains a sale as the model does.
    function checkCredits() external {
        vm.warp(time);
        for (uint256 number = 1; number < distributors.length; ++number) {
            Distributor storage distributor = distributors[number];
            (uint256 sponsor, uint256 units, uint256 rank, uint256 status) = ledger.accountOf(distributor.id);
            eq(units, distributor.owed, "owed by the model");
            eq(units + distributor.paid, distributor.credited, "credited by the model");
            eq(sponsor, distributor.sponsorId, "sponsor");
            eq(rank, distributor.rank, "rank");
            eq(status, distributor.status, "status");
        }
        uint256 random = uint256(head);
        Plan memory plan = _planOf(_planAt(time));
        Sale memory sale = Sale(random % 3, ids[(random >> 8) % ids.length], 0, (random >> 64) % (1 << 32));
        (uint256[] memory payees, uint256[] memory amounts) = ledger.explain(sale.seller, sale.class, sale.volume);
        uint256 volume = _counted(plan, sale);
        Share[] memory shares;
        if (volume != 0) {
            shares = CommissionModel.sharesOf(plan, _standings(), numberOf[sale.seller], sale.seller);
        }
        eq(payees.length, shares.length, "levels explained");
        for (uint256 level = 0; level < shares.length; ++level) {
            eq(payees[level], distributors[shares[level].number].id, "payee explained");
            eq(amounts[level], volume * shares[level].rate, "amount explained");
        }
    }

    /// @notice From everybody, the line of sponsors ends within as many steps as there are distributors.
    function checkTree() external view {
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 steps = 0;
            for (uint256 id = ids[i]; id != 0;) {
                uint256 moved = ledger.movedTo(id);
                if (moved != 0) {
                    eq(moved, distributors[numberOf[id]].id, "moved to");
                    id = moved;
                }
                require(++steps < distributors.length, "a line of sponsors without end");
                (id, , , ) = ledger.accountOf(id);
            }
        }
    }

    /// @notice The journal's head is the fold of everything that was done, and nothing else.
    function checkJournal() external view {
        eq(ledger.entryCount(), entries, "entries");
        require(ledger.head() == head, "the head is not the fold of the entries");
    }

    /// @notice What the other views say is what was done.
    function checkViews() external {
        vm.warp(time);
        (uint256 fragments, uint256 announced, uint256 keys) = ledger.counts();
        eq(fragments, lanes.length, "fragments");
        eq(announced, plans.length, "plans");
        eq(keys, recorders.length, "recorders");
        eq(ledger.currentPlan(), _planAt(time), "plan in force");
        for (uint256 i = 0; i < plans.length; ++i) {
            require(ledger.isPlanCancelled(i + 1) == plans[i].isCancelled, "plan cancelled");
        }
        require(ledger.isPaused() == paused, "paused");
        _checkRecorders();
        _checkChanges();
        for (uint256 i = 0; i < batches.length; ++i) {
            (bool open, uint256 settled) = ledger.batchOf(batches[i].number);
            bool isOpen = batches[i].settled < batches[i].sales.length;
            require(open == isOpen, "open batch");
            eq(settled, isOpen ? batches[i].settled : 0, "settled of a batch");
        }
        for (uint256 i = 0; i < flags.length; ++i) {
            (uint256 outcome, uint256 reviewBy, bool isOpen) = ledger.flagOf(i + 1);
            eq(outcome, flags[i].outcome, "outcome of a flag");
            eq(reviewBy, flags[i].reviewBy, "date of a flag");
            require(isOpen == (outcome == 0 && time < reviewBy), "open flag");
        }
        for (uint256 i = 0; i < WALLETS; ++i) {
            Distributor storage distributor = distributors[ownerOf[wallets[i]]];
            (uint256 id, uint256 enrolledAt, uint256 heldUntil, uint256 nonce) = ledger.walletOf(wallets[i]);
            eq(id, distributor.id, "owner of a wallet");
            eq(enrolledAt, distributor.enrolledAt, "enrolled at");
            eq(heldUntil, distributor.heldUntil, "held until");
            eq(nonce, distributor.nonce, "nonce");
            (address newWallet, uint256 executableFrom) = ledger.recoveryOf(wallets[i]);
            require(newWallet == distributor.newWallet, "recovered to");
            eq(executableFrom, distributor.recoverableFrom, "recoverable from");
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            Distributor storage distributor = distributors[numberOf[ids[i]]];
            bool isUnclaimed = distributor.wallet == address(0) && distributor.id == ids[i];
            eq(ledger.unclaimedSince(ids[i]), isUnclaimed ? distributor.enrolledAt : 0, "unclaimed since");
        }
    }

    function _checkRecorders() private view {
        for (uint256 i = 0; i < recorders.length; ++i) {
            (address key, address standby) = ledger.recorderKey(i + 1);
            require(key == recorders[i].key, "key of a recorder");
            require(standby == recorders[i].standby, "standby key");
            RecorderState memory state = ledger.recorderOf(key);
            eq(state.number, i + 1, "number of a recorder");
            eq(state.sequence, recorders[i].sequence, "sequence");
            eq(state.cap, recorders[i].cap, "cap");
            eq(state.countCap, recorders[i].countCap, "count cap");
            require(state.left <= state.cap / 2 && state.returnsLeft <= state.cap / 2, "more than half the cap");
            require(state.countLeft <= state.countCap / 2, "more than half the count cap");
        }
    }

    function _checkChanges() private view {
        (uint256 next, uint256 announced, uint256 startsAt, uint256 open, ) = ledger.changes();
        eq(next, nextChange, "next change");
        eq(announced, changes.length, "changes");
        bool isPending = nextChange <= changes.length;
        uint256 start = isPending ? changes[nextChange - 1].effectiveAt : 0;
        eq(startsAt, start, "next change starts at");
        if (returnWindow != 0) eq(open, _openBefore(isPending ? start : ALL), "batches before the next change");
        for (uint256 i = 0; i < changes.length; ++i) {
            (uint256 kind, uint256 size, uint256 done, bool isCancelled, bool isApplied) = ledger.changeOf(i + 1);
            eq(kind, changes[i].kind, "kind of a change");
            eq(size, _sizeOf(changes[i]), "size of a change");
            eq(done, changes[i].done, "records applied");
            require(isCancelled == changes[i].isCancelled, "change cancelled");
            require(isApplied == (i + 1 < nextChange), "change applied");
        }
    }

    /// @notice The wallets that are somebody's, for trials.
    function owned() external view returns (address[] memory owners) {
        owners = new address[](WALLETS);
        uint256 count = 0;
        for (uint256 i = 0; i < WALLETS; ++i) if (ownerOf[wallets[i]] != 0) owners[count++] = wallets[i];
        assembly ("memory-safe") {
            mstore(owners, count)
        }
    }
}
