// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { eq, vm } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { ILedgerPowers } from "../../../contracts/interfaces/ILedgerPowers.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice What the company decides: plans, caps, a pause, flags. And time, which it does not.
abstract contract CompanyHandler is LedgerDriver {
    uint256 private constant MAX_PLANS = 40;
    uint256 private constant BY_DIFFERENCE = 1;
    uint256 private constant BY_GENERATION = 2;

    /// @notice A plan of any kind and compression, or one that its own ceiling forbids.
    function announcePlan(uint256 seed) external acting(seed) {
        if (plans.length < MAX_PLANS) _announce();
    }

    /// @notice The recorder's cap: none that matters, or one that a few sales reach.
    function setCap(uint256 seed) external acting(seed) {
        cap = cap == type(uint64).max && _chance(3) ? 1 + _draw(1 << 34) : type(uint64).max;
        _attempt(abi.encodeCall(ILedgerPowers.setRecorder, (address(this), cap)), "");
        _enter(Journal.recorderSet(head, address(this), cap));
    }

    /// @notice A pause, which does not last long.
    function pause(uint256 seed) external acting(seed) {
        if (!paused && !_chance(3)) return;
        bool on = _chance(8) ? paused : !paused;
        bytes memory refusal = on == paused ? abi.encodeWithSelector(PauseUnchanged.selector, on) : bytes("");
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.setPaused, (on)), refusal);
        if (!done) return;
        paused = on;
        _enter(Journal.pauseSet(head, address(this), on));
    }

    /// @notice A distributor or a sale is flagged, or something that is not there.
    function raiseFlag(uint256 seed) external acting(seed) {
        uint256 kind = _draw(_chance(8) ? 3 : 2);
        uint256 subject =
            kind == 1
                ? (_draw(batches.length + 2) << 16) | _draw(4)
                : _chance(4)
                    ? _draw(4 * lanes.length + 16)
                    : _drawId();
        bool isThere =
            kind == 0 ? numberOf[subject] != 0 : kind == 1 && subject >> 16 != 0 && subject >> 16 <= batches.length;
        bytes memory refusal = isThere ? bytes("") : abi.encodeWithSelector(UnknownSubject.selector, kind, subject);
        bytes32 reason = _drawWord();
        bytes memory call = abi.encodeCall(ILedgerPowers.raiseFlag, (kind, subject, reason));
        (bool done, bytes memory answer) = _attempt(call, refusal);
        if (!done) return;
        flags.push(0);
        eq(abi.decode(answer, (uint256)), flags.length, "flag");
        _enter(Journal.flagRaised(head, flags.length, kind, subject, reason));
    }

    function closeFlag(uint256 seed) external acting(seed) {
        uint256 flag = _draw(flags.length + 2);
        uint256 outcome = _draw(5);
        bool isOpen = flag != 0 && flag <= flags.length && flags[flag - 1] == 0;
        bytes memory refusal =
            !isOpen
                ? abi.encodeWithSelector(FlagNotOpen.selector, flag)
                : outcome == 0 || outcome == 4
                    ? abi.encodeWithSelector(UnknownOutcome.selector, outcome)
                    : bytes("");
        bytes32 evidence = _drawWord();
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.closeFlag, (flag, outcome, evidence)), refusal);
        if (!done) return;
        flags[flag - 1] = outcome;
        _enter(Journal.flagClosed(head, flag, outcome, evidence));
    }

    function jump(uint256 seed) external acting(seed) {
        time += 1 + _draw(_chance(4) ? 40 days : 3 days);
        vm.warp(time);
    }

    function _announce() internal {
        Plan memory plan = _drawPlan();
        bytes memory refusal;
        uint256 most = _mostOf(plan);
        if (_chance(8) && most != 0) {
            plan.ceilingBps = uint16(most - 1);
            refusal = abi.encodeWithSelector(CeilingExceeded.selector, most, most - 1);
        } else {
            plan.ceilingBps = uint16(most + _draw(10_001 - most));
        }
        (bool done, bytes memory answer) = _attempt(abi.encodeCall(ILedgerPowers.announcePlan, (plan)), refusal);
        if (!done) return;
        eq(abi.decode(answer, (uint256)), plans.length + 1, "version");
        _bookPlan(plan, time + PLAN_NOTICE);
    }

    function _drawPlan() private returns (Plan memory plan) {
        plan.kind = uint8(_draw(3));
        plan.compression = uint8(_draw(plan.kind == BY_DIFFERENCE ? 2 : 3));
        if (plan.kind == BY_GENERATION) plan.boundaryRank = uint8(1 + _draw(_chance(8) ? 15 : 3));
        for (uint256 class = 0; class < 3; ++class) plan.weightsBps[class] = uint16(_draw(10_001));
        if (_chance(2)) plan.weightsBps[0] = 10_000;
        plan.ratesBps = new uint16[][](
            _chance(3)
                ? 1
                : _chance(4)
                    ? 16
                    : 2 + _draw(5)
        );
        for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
            uint256 levels = plan.kind == BY_DIFFERENCE ? 2 : 1 + _draw(11);
            plan.ratesBps[row] = new uint16[](levels);
            for (uint256 level = 0; level < levels; ++level) {
                // Eleven levels of at most 909, or 2,000 and 8,000, are not above the whole.
                uint256 most =
                    plan.kind != BY_DIFFERENCE
                        ? 909
                        : level == 0
                            ? 2000
                            : 8000;
                plan.ratesBps[row][level] = uint16(_chance(6) ? 0 : _draw(most + 1));
            }
        }
    }
}
