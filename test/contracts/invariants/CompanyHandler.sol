// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { eq, vm } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { ILedgerChanges } from "../../../contracts/interfaces/ILedgerChanges.sol";
import { ILedgerPowers } from "../../../contracts/interfaces/ILedgerPowers.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { Plan } from "../../../contracts/types/Plan.sol";

/// @notice What the company decides and publishes: plans, a pause, flags. And time, which it does not.
abstract contract CompanyHandler is LedgerDriver {
    uint256 private constant MAX_PLANS = 40;
    uint256 private constant MAX_PENDING = 8;
    uint256 private constant MAX_REVIEW = 90 days;
    uint256 private constant BY_DIFFERENCE = 1;
    uint256 private constant BY_GENERATION = 2;

    address private _successor;

    /// @notice A plan of any kind and compression, or one that its own ceiling forbids.
    function announcePlan(uint256 seed) external acting(seed) {
        if (plans.length < MAX_PLANS) _announce();
    }

    /// @notice A plan is withdrawn before it starts, by the admin or a guardian.
    function cancelPlan(uint256 seed) external acting(seed) {
        if (!_chance(3)) return;
        // Often one that was only just announced.
        if (_chance(2) && plans.length < MAX_PLANS + 16) _announce();
        uint256 version = _chance(4) ? _draw(plans.length + 2) : plans.length;
        address sender = [address(this), vm.addr(GUARDIAN_KEY), _stranger()][_draw(3)];
        bool mayCancel = sender == address(this) || (sender == vm.addr(GUARDIAN_KEY) && isGuardian);
        bytes memory refusal =
            !mayCancel
                ? abi.encodeWithSelector(NotGuardian.selector, sender)
                : version == 0 || version > plans.length
                    ? abi.encodeWithSelector(UnknownPlan.selector, version)
                    : plans[version - 1].startsAt <= time || plans[version - 1].isCancelled
                        ? abi.encodeWithSelector(PlanNotPending.selector, version)
                        : bytes("");
        (bool done, ) = _attempt(sender, abi.encodeCall(ILedgerPowers.cancelPlan, (version)), refusal);
        if (!done) return;
        plans[version - 1].isCancelled = true;
        _enter(Journal.planCancelled(head, version));
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
        uint256 subject = _chance(4) ? _draw(4 * lanes.length + 16) : _drawId();
        if (kind == 1) {
            bool isBooked = batches.length != 0 && !_chance(6);
            uint256 batch = isBooked ? batches[_draw(batches.length)].number : _draw(1 << 30);
            subject = (batch << 16) | _draw(4);
        }
        _raise(kind, subject);
    }

    function _raise(uint256 kind, uint256 subject) private {
        // What the flag is for is checked before how severe it is and when it ends.
        uint256 severity = _chance(16) ? 4 * _draw(2) : 1 + _draw(3);
        uint256 latest = time + MAX_REVIEW;
        uint256 reviewBy = _chance(16) ? latest + 1 : time + (_chance(16) ? 0 : 1 + _draw(10 days));
        bytes memory refusal =
            !_isThere(kind, subject)
                ? abi.encodeWithSelector(UnknownSubject.selector, kind, subject)
                : severity == 0 || severity > 3
                    ? abi.encodeWithSelector(SeverityOutOfRange.selector, severity, 3)
                    : reviewBy == time || reviewBy > latest
                        ? abi.encodeWithSelector(ReviewOutOfRange.selector, reviewBy, latest)
                        : bytes("");
        bytes32 evidence = _drawWord();
        bytes memory call = abi.encodeCall(
            ILedgerPowers.raiseFlag,
            (kind, subject, severity, severity, evidence, reviewBy)
        );
        (bool done, bytes memory answer) = _attempt(call, refusal);
        if (!done) return;
        flags.push(BookedFlag(kind, subject, 0, reviewBy, false));
        eq(abi.decode(answer, (uint256)), flags.length, "flag");
        _enter(Journal.flagRaised(head, flags.length, kind, subject, severity, severity, evidence, reviewBy));
    }

    function closeFlag(uint256 seed) external acting(seed) {
        uint256 flag = _drawFlag();
        uint256 outcome = _draw(5);
        bytes memory refusal =
            !_isOpen(flag)
                ? abi.encodeWithSelector(FlagNotOpen.selector, flag)
                : outcome == 0 || outcome == 4
                    ? abi.encodeWithSelector(UnknownOutcome.selector, outcome)
                    : bytes("");
        bytes32 evidence = _drawWord();
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.closeFlag, (flag, outcome, evidence)), refusal);
        if (!done) return;
        flags[flag - 1].outcome = outcome;
        _enter(Journal.flagClosed(head, flag, outcome, evidence));
    }

    /// @notice Whoever is flagged answers, once; nobody else can.
    function answerFlag(uint256 seed) external acting(seed) {
        // Often one that was only just raised on somebody with a wallet.
        uint256 owner = ownerOf[_drawOwnedWallet()];
        if (owner != 0 && _chance(2)) _raise(0, distributors[owner].id);
        uint256 flag = _drawFlag();
        for (uint256 i = 0; i < 6 && !_isOpen(flag); ++i) flag = _drawFlag();
        BookedFlag memory booked = _isOpen(flag) ? flags[flag - 1] : BookedFlag(0, 0, 0, 0, false);
        uint256 number = booked.subjectKind == 0 ? numberOf[booked.subject] : 0;
        address wallet = number == 0 || _chance(6) ? _drawWallet() : distributors[number].wallet;
        if (wallet == address(0)) return;
        bytes memory refusal =
            !_isOpen(flag)
                ? abi.encodeWithSelector(FlagNotOpen.selector, flag)
                : number == 0 || ownerOf[wallet] != number
                    ? abi.encodeWithSelector(NotFlagged.selector, wallet, flag)
                    : booked.isAnswered
                        ? abi.encodeWithSelector(AlreadyAnswered.selector, flag)
                        : bytes("");
        bytes32 answer = _drawWord();
        (bool done, ) = _attempt(wallet, abi.encodeCall(ILedgerPowers.answerFlag, (flag, answer)), refusal);
        if (!done) return;
        flags[flag - 1].isAnswered = true;
        _enter(Journal.flagAnswered(head, flag, distributors[number].id, answer));
    }

    /// @notice What the company publishes: an income disclosure, and once the ledger in which the programme goes on.
    function publish(uint256 seed) external acting(seed) {
        if (_chance(2)) {
            (uint256 period, bytes32 root, bytes32 hash) = (_draw(1 << 32), _drawWord(), _drawWord());
            if (_chance(8)) period += 1 << 32;
            bytes memory late =
                period >> 32 == 0
                    ? bytes("")
                    : abi.encodeWithSelector(PeriodOutOfRange.selector, period, type(uint32).max);
            bytes memory call = abi.encodeCall(ILedgerChanges.publishDisclosure, (period, root, hash));
            (bool published, ) = _attempt(call, late);
            if (published) _enter(Journal.disclosurePublished(head, period, root, hash));
            return;
        }
        address next = _stranger();
        bytes memory refusal =
            _successor == address(0) ? bytes("") : abi.encodeWithSelector(SuccessorKnown.selector, _successor);
        (bool done, ) = _attempt(abi.encodeCall(ILedgerChanges.setSuccessor, (next)), refusal);
        if (!done) return;
        _successor = next;
        _enter(Journal.successorSet(head, next));
    }

    function jump(uint256 seed) external acting(seed) {
        time += 1 + _draw(_chance(4) ? 40 days : 3 days);
        vm.warp(time);
    }

    function _drawFlag() private returns (uint256) {
        uint256 recent = flags.length < 4 || _chance(4) ? flags.length : 4;
        return flags.length + 1 - _draw(recent + 2);
    }

    function _isOpen(uint256 flag) private view returns (bool) {
        return flag != 0 && flag <= flags.length && flags[flag - 1].outcome == 0 && time < flags[flag - 1].reviewBy;
    }

    /// @dev A distributor's id, or a sale of a batch that was recorded.
    function _isThere(uint256 kind, uint256 subject) private view returns (bool) {
        if (kind == 0) return numberOf[subject] != 0;
        uint256 batch = subject >> 16;
        if (kind != 1 || batch >> 24 >= recorders.length) return false;
        return batch & 0xffffff != 0 && batch & 0xffffff <= recorders[batch >> 24].sequence;
    }

    function _announce() internal {
        Plan memory plan = _drawPlan();
        uint256 pending = 0;
        for (uint256 i = 0; i < plans.length; ++i) if (plans[i].startsAt > time) ++pending;
        bytes memory refusal =
            pending < MAX_PENDING ? bytes("") : abi.encodeWithSelector(TooManyPlansPending.selector, MAX_PENDING);
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
        plan.reach = uint16(_chance(2) ? 64 : 64 + _draw(937));
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
