// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { decimal, eq, vm } from "../Vm.sol";
import { LedgerTest } from "../LedgerTest.sol";
import { ActsHandler } from "./ActsHandler.sol";
import { CompanyHandler } from "./CompanyHandler.sol";
import { LedgerChecks } from "./LedgerChecks.sol";
import { Form, LedgerDriver } from "./LedgerDriver.sol";
import { MoneyHandler } from "./MoneyHandler.sol";
import { DistributorsHandler } from "./DistributorsHandler.sol";

import { WalletHandler } from "./WalletHandler.sol";
import { StorefrontHandler } from "./StorefrontHandler.sol";
import { Habit } from "./TokenHabits.sol";
import { ICommissionLedger } from "../../../contracts/interfaces/ICommissionLedger.sol";
import { ICommissionLedgerErrors } from "../../../contracts/interfaces/ICommissionLedgerErrors.sol";
import { IStorefront } from "../../../contracts/interfaces/IStorefront.sol";
import { FreezableDollar } from "../../../contracts/mocks/FreezableDollar.sol";

/// @notice Drives a ledger and its storefront with random calls and keeps its own books.
/// @dev It is in this file because the runner can only call contracts of the files that it is given.
contract LedgerHandler is
    DistributorsHandler,
    StorefrontHandler,
    MoneyHandler,
    WalletHandler,
    CompanyHandler,
    ActsHandler,
    LedgerChecks
{
    constructor(Form memory form) LedgerDriver(form) {
        _openStorefront();
        _enrolLine(form.line);
        if (form.line > 8) _rankLine();
        _fundFrom(address(this), 1 << 40);
        // Three plans in force one after the other, besides those that the calls announce.
        for (uint256 i = 0; i < 3; ++i) _announce();
        time += PLAN_NOTICE;
    }

    function hasWindow() external view returns (bool) {
        return returnWindow != 0;
    }

    function ledgerAndToken() external view returns (ICommissionLedger, FreezableDollar) {
        return (ledger, FreezableDollar(address(dollar)));
    }
}

/// @notice A ledger to call, and how the runner finds it.
abstract contract HandledLedger is LedgerTest {
    LedgerHandler internal handler;
    FreezableDollar internal dollar;

    function _handle(Form memory form) internal {
        handler = LedgerHandler(_deploy("LedgerHandler", abi.encode(form)));
        (ledger, dollar) = handler.ledgerAndToken();
    }

    /// @dev The test runner asks this for whom to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }
}

/// @notice Whatever is called in whatever order, these things hold. Each is a campaign of random calls of its own.
/// @dev `npm test` runs the short profile of hardhat.config.ts; `npm run fuzz` the long one, which makes more than
/// 200,000 calls of the handler.
abstract contract LedgerInvariants is HandledLedger {
    /// @dev How a trial ends that went well: nothing of it stays.
    error TrialPassed();

    uint256 private constant MAX_HOLD = 30 days;
    uint256 private constant HOLD_GAP = 7 days;
    uint256 private constant ACTIONS = 47;
    uint256 private constant REFUSED_ACTIONS = 39;

    function invariant_solvent() external view {
        handler.checkSolvency();
    }

    function invariant_neverAboveThePlansCeiling() external view {
        handler.checkCeiling();
    }

    function invariant_creditsAreTheModels() external {
        handler.checkCredits();
    }

    function invariant_whatIsSettledNeverFalls() external view {
        eq(handler.falls(), 0, "settled money that became less");
    }

    function invariant_oneBlockedPayeeBlocksNoOther() external {
        _try(this.trialOfPayees);
    }

    function invariant_noRoleHoldsMoneyForLong() external {
        _try(this.trialOfHolds);
    }

    function invariant_treeHasNoCycle() external view {
        handler.checkTree();
    }

    function invariant_headIsTheFoldOfTheEntries() external view {
        handler.checkJournal();
    }

    function invariant_viewsSayWhatWasDone() external {
        handler.checkViews();
    }

    function invariant_storefrontHoldsWhatItHasPromised() external view {
        handler.checkStorefront();
    }

    function invariant_nobodyStopsARefund() external {
        _try(this.trialOfOrders);
    }

    /// @notice The invariants say nothing if the calls do nothing: every action is carried out, and refused where it
    /// can be.
    function test_everyActionHappens() external {
        bytes4[ACTIONS] memory actions = _actions();
        // Later there are sales.
        for (uint256 i = 0; i < 8; ++i) handler.openBalances(i);
        for (uint256 i = 0; i < 60 * ACTIONS; ++i) {
            uint256 random = uint256(keccak256(abi.encode(i)));
            bytes memory call = abi.encodeWithSelector(actions[random % ACTIONS], random);
            (bool done, bytes memory reason) = address(handler).call(call);
            if (!done) _throw(reason);
        }
        for (uint256 i = 0; i < REFUSED_ACTIONS + 3; ++i) {
            // Without a return window a batch is settled as it is recorded.
            bool comesLater = i < 6;
            if (handler.hasWindow() || !comesLater) require(handler.performed(actions[i]) != 0, _name("never done", i));
            if (i < REFUSED_ACTIONS) require(handler.refused(actions[i]) != 0, _name("never refused", i));
        }
    }

    /// @notice One payee after the other is frozen, and all others get all that they are owed in one call.
    function trialOfPayees() external {
        vm.warp(handler.time());
        address[] memory payees = handler.owned();
        if (payees.length == 0) revert TrialPassed();
        address blocked = payees[uint256(handler.head()) % payees.length];
        dollar.setFrozen(blocked, true);
        uint256[] memory due = new uint256[](payees.length);
        for (uint256 i = 0; i < payees.length; ++i) {
            (, , uint256 heldUntil, ) = ledger.walletOf(payees[i]);
            bool isPaid = heldUntil <= handler.time() && !dollar.isFrozen(payees[i]);
            due[i] = dollar.balanceOf(payees[i]) + (isPaid ? ledger.owedTo(payees[i]) * handler.unit() : 0);
        }
        uint256 owedToBlocked = ledger.owedTo(blocked);
        ledger.payOut(payees);
        for (uint256 i = 0; i < payees.length; ++i)
            eq(dollar.balanceOf(payees[i]), due[i], "paid beside a blocked payee");
        eq(ledger.owedTo(blocked), owedToBlocked, "owed to the blocked payee");
        revert TrialPassed();
    }

    /// @notice A hold ends within its longest time. Then nobody can hold again at once, a pause changes nothing, and
    /// the money goes to the wallet.
    function trialOfHolds() external {
        address[] memory payees = handler.owned();
        if (payees.length == 0) revert TrialPassed();
        vm.warp(handler.time());
        if (!handler.paused()) _asCompany(abi.encodeCall(ledger.setPaused, (true)));
        for (uint256 i = 0; i < payees.length; ++i) {
            address wallet = payees[i];
            (, , uint256 heldUntil, ) = ledger.walletOf(wallet);
            require(heldUntil <= handler.time() + MAX_HOLD, "held for too long");
            uint256 freeAt = heldUntil > handler.time() ? heldUntil : handler.time();
            // Compliance holds for as long as it can, the moment it can.
            if (heldUntil == 0 || heldUntil + HOLD_GAP <= handler.time()) {
                freeAt = handler.time() + MAX_HOLD;
                _asCompany(abi.encodeCall(ledger.hold, (wallet, freeAt, "trial")));
            }
            dollar.setFrozen(wallet, false);
            _expectFree(wallet, freeAt);
        }
        revert TrialPassed();
    }

    /// @notice The company takes the storefront's right to record, pauses, and takes the float: every buyer whose
    /// window is open has the price back all the same, and every other order is completed when its time has come.
    function trialOfOrders() external {
        IStorefront shop = handler.storefront();
        (bytes32[] memory quotes, address[] memory buyers, uint256[2][] memory pricesAndEnds) = handler.openOrders();
        vm.warp(handler.time());
        (, uint256 float, , ) = ledger.solvency();
        _asCompany(abi.encodeCall(ledger.setRecorder, (address(shop), 0, 0)));
        if (!handler.paused()) _asCompany(abi.encodeCall(ledger.setPaused, (true)));
        uint256 time = handler.time();
        if (float != 0) {
            bytes memory call = abi.encodeCall(ledger.withdrawFloat, (float, address(1)));
            if (handler.hasWindow() && ledger.actOf(keccak256(call)) == 0) {
                _asCompany(abi.encodeCall(ledger.announce, (call)));
                vm.warp(time = ledger.actOf(keccak256(call)));
                _asCompany(call);
            }
        }
        for (uint256 i = 0; i < quotes.length; ++i) {
            if (pricesAndEnds[i][1] <= time) {
                shop.complete(quotes[i]);
                continue;
            }
            dollar.setFrozen(buyers[i], false);
            uint256 before = dollar.balanceOf(buyers[i]);
            vm.prank(buyers[i]);
            shop.returnOrder(quotes[i]);
            eq(dollar.balanceOf(buyers[i]), before + pricesAndEnds[i][0] * handler.unit(), "refund");
        }
        (uint256 held, uint256 open, uint256 margins, uint256 rest) = shop.solvency();
        eq(open, 0, "open orders in the end");
        eq(held, margins + rest, "held in the end");
        revert TrialPassed();
    }

    function _asCompany(bytes memory call) private {
        vm.prank(address(handler));
        (bool done, bytes memory reason) = address(ledger).call(call);
        if (!done) _throw(reason);
    }

    function _expectFree(address wallet, uint256 freeAt) private {
        uint256 due = ledger.owedTo(wallet);
        if (freeAt > handler.time() && due != 0) {
            vm.warp(freeAt - 1);
            _expectRefusal(
                abi.encodeCall(ledger.withdraw, (wallet)),
                abi.encodeWithSelector(ICommissionLedgerErrors.PayoutHeld.selector, wallet, freeAt)
            );
        }
        vm.warp(freeAt);
        (, , uint256 heldUntil, ) = ledger.walletOf(wallet);
        _expectRefusal(
            abi.encodeCall(ledger.hold, (wallet, freeAt + 1, "trial")),
            abi.encodeWithSelector(ICommissionLedgerErrors.HoldTooSoon.selector, wallet, heldUntil + HOLD_GAP)
        );
        uint256 before = dollar.balanceOf(wallet);
        if (due != 0) ledger.withdraw(wallet);
        eq(dollar.balanceOf(wallet), before + due * handler.unit(), "paid after a hold");
        vm.warp(handler.time());
    }

    function _expectRefusal(bytes memory call, bytes memory refusal) private {
        vm.prank(address(handler));
        (bool done, bytes memory reason) = address(ledger).call(call);
        require(!done && keccak256(reason) == keccak256(refusal), "not refused as it should be");
    }

    /// @dev Runs a trial, of which nothing stays.
    function _try(function() external trial) private {
        try trial() {
            revert("a trial that does not end");
        } catch (bytes memory reason) {
            if (bytes4(reason) != TrialPassed.selector) _throw(reason);
        }
    }

    function _throw(bytes memory reason) private pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    function _name(string memory what, uint256 action) private pure returns (string memory) {
        return string.concat("action ", decimal(action), " is ", what);
    }

    /// @dev First those that a ledger without return window never does, then the others that can be refused, then those
    /// that cannot, last those that do not call the ledger.
    function _actions() private view returns (bytes4[ACTIONS] memory) {
        return
            [
                handler.takeBack.selector,
                handler.settle.selector,
                handler.returnOrder.selector,
                handler.applyChange.selector,
                handler.cancelLeaving.selector,
                handler.cancelChange.selector,
                handler.enrol.selector,
                handler.setStanding.selector,
                handler.correctSponsor.selector,
                handler.leaveProgramme.selector,
                handler.endMembership.selector,
                handler.record.selector,
                handler.recordAndSettle.selector,
                handler.refundLate.selector,
                handler.withdraw.selector,
                handler.withdrawTo.selector,
                handler.sweep.selector,
                handler.openBalances.selector,
                handler.claimWallet.selector,
                handler.changeWallet.selector,
                handler.recover.selector,
                handler.cancelRecovery.selector,
                handler.hold.selector,
                handler.releaseHold.selector,
                handler.announcePlan.selector,
                handler.cancelPlan.selector,
                handler.pause.selector,
                handler.raiseFlag.selector,
                handler.closeFlag.selector,
                handler.answerFlag.selector,
                handler.publish.selector,
                handler.useAct.selector,
                handler.cancelAct.selector,
                handler.replaceRecorder.selector,
                handler.endStandby.selector,
                handler.buy.selector,
                handler.complete.selector,
                handler.withdrawMargin.selector,
                handler.withdrawProceeds.selector,
                handler.announceAct.selector,
                handler.skipCancelled.selector,
                handler.announceAndUseAct.selector,
                handler.lowerCaps.selector,
                handler.payOut.selector,
                handler.fund.selector,
                handler.spoil.selector,
                handler.jump.selector
            ];
    }
}

contract ReadableLedgerInvariants is LedgerInvariants {
    function setUp() external {
        _handle(Form({ compact: false, returnWindow: 3 days, habit: Habit.Freezes, decimals: 6, line: 12 }));
    }
}

/// @notice A token with eighteen decimals, and a line longer than a settlement looks up.
contract CompactLedgerInvariants is LedgerInvariants {
    function setUp() external {
        _handle(Form({ compact: true, returnWindow: 14 days, habit: Habit.Freezes, decimals: 18, line: 80 }));
    }
}

contract LedgerWithoutWindowInvariants is LedgerInvariants {
    function setUp() external {
        _handle(Form({ compact: false, returnWindow: 0, habit: Habit.Freezes, decimals: 6, line: 12 }));
    }
}

/// @notice The same with tokens that do worse than to freeze wallets, all in one campaign for each.
abstract contract HostileTokenInvariants is HandledLedger {
    function invariant_everythingHolds() external {
        handler.checkSolvency();
        handler.checkCeiling();
        handler.checkCredits();
        handler.checkTree();
        handler.checkJournal();
        handler.checkViews();
        eq(handler.falls(), 0, "settled money that became less");
    }
}

contract FeeTokenInvariants is HostileTokenInvariants {
    function setUp() external {
        _handle(Form({ compact: false, returnWindow: 1 days, habit: Habit.TakesFees, decimals: 8, line: 12 }));
    }
}

contract FalseTokenInvariants is HostileTokenInvariants {
    function setUp() external {
        _handle(Form({ compact: true, returnWindow: 0, habit: Habit.SaysFalse, decimals: 6, line: 12 }));
    }
}

contract SilentTokenInvariants is HostileTokenInvariants {
    function setUp() external {
        _handle(Form({ compact: false, returnWindow: 1 days, habit: Habit.SaysNothing, decimals: 6, line: 12 }));
    }
}

contract ReentrantTokenInvariants is HostileTokenInvariants {
    function setUp() external {
        _handle(Form({ compact: false, returnWindow: 1 days, habit: Habit.CallsBack, decimals: 18, line: 12 }));
    }
}
