// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IAccessControl } from "@openzeppelin/contracts/access/IAccessControl.sol";

import { eq, vm } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { ILedgerPowers } from "../../../contracts/interfaces/ILedgerPowers.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";
import { MAX_COUNT_CAP, MAX_UNIT_CAP } from "../../../contracts/types/RecorderWord.sol";

/// @notice What the admin must announce: recorders and their caps, standby keys, roles, and float that is taken out.
abstract contract ActsHandler is LedgerDriver {
    enum Power {
        SetRecorder,
        SetStandby,
        WithdrawFloat,
        Grant,
        Revoke
    }

    struct Act {
        Power power;
        /// Number of the recorder, or units.
        uint256 number;
        address account;
        uint256 cap;
        uint256 countCap;
    }

    bytes32 private constant GUARDIAN = keccak256("GUARDIAN_ROLE");
    uint256 private constant MAX_RECORDERS = 12;

    Act[] private _acts;

    function announceAct(uint256 seed) external acting(seed) {
        if (_acts.length != 0 && _chance(4)) _announceAct(_acts[_draw(_acts.length)]);
        else _announceAct(_drawAct());
    }

    /// @notice A call that was announced, too early, in time or too late; or one that was not.
    function useAct(uint256 seed) external acting(seed) {
        Act memory act = _acts.length == 0 || _chance(6) ? _drawAct() : _recentAct();
        uint256 from = actFrom[keccak256(_callOf(act))];
        if (from > time && !_chance(4)) vm.warp(time = from);
        uint256 last = from + delay + _draw(2);
        if (from != 0 && last > time && _chance(8)) vm.warp(time = last);
        _useAct(act);
    }

    /// @notice Announced, waited for and done, so that short sequences get there too.
    function announceAndUseAct(uint256 seed) external acting(seed) {
        Act memory act = _drawAct();
        if (actFrom[keccak256(_callOf(act))] != 0) return;
        _announceAct(act);
        vm.warp(time += delay);
        _useAct(act);
    }

    function cancelAct(uint256 seed) external acting(seed) {
        Act memory act = _acts.length == 0 || _chance(6) ? _drawAct() : _recentAct();
        bytes32 id = keccak256(_callOf(act));
        address sender = [address(this), vm.addr(GUARDIAN_KEY), _stranger()][_draw(3)];
        bool mayCancel =
            sender == address(this) || (sender == vm.addr(GUARDIAN_KEY) && isGuardian && act.power != Power.Revoke);
        bytes memory refusal =
            actFrom[id] == 0
                ? abi.encodeWithSelector(ActNotAnnounced.selector, id)
                : mayCancel
                    ? bytes("")
                    : abi.encodeWithSelector(NotGuardian.selector, sender);
        (bool done, ) = _attempt(sender, abi.encodeCall(ILedgerPowers.cancel, (id)), refusal);
        if (!done) return;
        delete actFrom[id];
        _enter(Journal.actCancelled(head, id, sender));
    }

    /// @notice Lower caps, which hold at once: none, some that a few sales reach, or a little less than before.
    function lowerCaps(uint256 seed) external acting(seed) {
        if (!_chance(3)) return;
        uint256 index = _draw(recorders.length);
        BookedRecorder storage recorder = recorders[index];
        uint256 cap = recorder.cap - (_chance(4) ? recorder.cap : _draw(recorder.cap / 2 + 1));
        uint256 countCap = recorder.countCap - _draw(recorder.countCap + 1);
        if (_chance(2)) (cap, countCap) = (_lesser(cap, 1 + _draw(1 << 34)), _lesser(countCap, 1 + _draw(64)));
        _attempt(abi.encodeCall(ILedgerPowers.setRecorder, (recorder.key, cap, countCap)), "");
        _bookRecorder(recorder.key, cap, countCap);
    }

    /// @notice The standby key takes over, or the admin has it do so; or somebody else would like to.
    function replaceRecorder(uint256 seed) external acting(seed) {
        uint256 number = 1 + _draw(recorders.length);
        for (uint256 i = 0; i < 4 && recorders[number - 1].standby == address(0); ++i)
            number = 1 + _draw(recorders.length);
        BookedRecorder storage recorder = recorders[number - 1];
        address standby = recorder.standby;
        address sender = [address(this), standby, _stranger()][_draw(3)];
        bytes memory refusal =
            standby == address(0)
                ? abi.encodeWithSelector(UnknownRecorder.selector, number)
                : sender != standby && sender != address(this)
                    ? abi.encodeWithSelector(NotStandby.selector, sender, standby)
                    : _takenRecorder(standby);
        (bool done, ) = _attempt(sender, abi.encodeCall(ILedgerPowers.replaceRecorder, (number)), refusal);
        if (!done) return;
        _enter(Journal.recorderReplaced(head, number, recorder.key, standby));
        (recorder.key, recorder.standby) = (standby, address(0));
    }

    /// @notice A standby key taken back at once.
    function endStandby(uint256 seed) external acting(seed) {
        uint256 number = _draw(recorders.length + 2);
        bytes memory refusal =
            number == 0 || number > recorders.length
                ? abi.encodeWithSelector(UnknownRecorder.selector, number)
                : bytes("");
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.setStandby, (number, address(0))), refusal);
        if (!done) return;
        recorders[number - 1].standby = address(0);
        _enter(Journal.standbySet(head, number, address(0)));
    }

    function _announceAct(Act memory act) private {
        bytes memory call = _callOf(act);
        bytes32 id = keccak256(call);
        bool isPending = actFrom[id] != 0 && time <= actFrom[id] + delay;
        bytes memory refusal = isPending ? abi.encodeWithSelector(ActPending.selector, id, actFrom[id]) : bytes("");
        (bool done, bytes memory answer) = _attempt(abi.encodeCall(ILedgerPowers.announce, (call)), refusal);
        if (!done) return;
        require(abi.decode(answer, (bytes32)) == id, "name of an act");
        _acts.push(act);
        _bookAct(call);
    }

    function _useAct(Act memory act) private {
        bytes memory call = _callOf(act);
        bool takesAct = _takesAct(act);
        bytes memory refusal = _earlyRefusal(act);
        if (refusal.length == 0 && takesAct) refusal = _actRefusal(call);
        if (refusal.length == 0 && act.power == Power.WithdrawFloat) refusal = _floatRefusal(act);
        uint256 before = dollar.balanceOf(act.account);
        (bool done, ) = _attempt(call, refusal);
        if (!done) return;
        if (takesAct && delay != 0) delete actFrom[keccak256(call)];
        if (act.power == Power.SetRecorder) {
            _bookRecorder(act.account, act.cap, act.countCap);
        } else if (act.power == Power.SetStandby) {
            recorders[act.number - 1].standby = act.account;
            _enter(Journal.standbySet(head, act.number, act.account));
        } else if (act.power == Power.WithdrawFloat) {
            eq(dollar.balanceOf(act.account), before + _arriving(act.number * unit), "float taken out");
            free -= act.number;
            _enter(Journal.floatWithdrawn(head, act.account, act.number));
        } else if (takesAct) {
            isGuardian = act.power == Power.Grant;
            _enter(Journal.roleChanged(head, GUARDIAN, vm.addr(GUARDIAN_KEY), isGuardian));
        }
    }

    function _takesAct(Act memory act) private view returns (bool) {
        if (act.power == Power.Grant) return !isGuardian;
        if (act.power == Power.Revoke) return isGuardian;
        if (act.power != Power.SetRecorder) return true;
        uint256 index = _recorderOf(act.account);
        return index == recorders.length || act.cap > recorders[index].cap || act.countCap > recorders[index].countCap;
    }

    function _earlyRefusal(Act memory act) private view returns (bytes memory) {
        if (act.power == Power.WithdrawFloat && act.number == 0) return abi.encodeWithSelector(ZeroUnits.selector);
        return act.power == Power.SetStandby ? _takenRecorder(act.account) : bytes("");
    }

    function _floatRefusal(Act memory act) private view returns (bytes memory) {
        if (act.account == address(ledger)) return abi.encodeWithSelector(UnusableWallet.selector, act.account);
        if (act.number > free) return abi.encodeWithSelector(FloatExceeded.selector, free, act.number);
        return _tokenRefusal(act.account);
    }

    function _takenRecorder(address key) private view returns (bytes memory) {
        uint256 index = _recorderOf(key);
        return index == recorders.length ? bytes("") : abi.encodeWithSelector(RecorderTaken.selector, key, index + 1);
    }

    function _recentAct() private returns (Act memory) {
        uint256 recent = _acts.length < 4 || _chance(4) ? _acts.length : 4;
        return _acts[_acts.length - 1 - _draw(recent)];
    }

    function _drawAct() private returns (Act memory act) {
        act.power = Power(_draw(5));
        if (act.power == Power.SetRecorder) {
            // Mostly whole caps for one who is there.
            bool isNew = recorders.length < MAX_RECORDERS && _chance(8);
            act.account = isNew ? vm.addr(RECORDER_KEY + _draw(8)) : recorders[_draw(recorders.length)].key;
            act.cap = _chance(4) ? _draw(1 << 40) : MAX_UNIT_CAP;
            act.countCap = _chance(4) ? _draw(1 << 10) : MAX_COUNT_CAP;
        } else if (act.power == Power.SetStandby) {
            act.number = 2;
            act.account = vm.addr(RECORDER_KEY + _draw(8));
        } else if (act.power == Power.WithdrawFloat) {
            act.number = _draw(_chance(8) ? free + 2 : free / 16 + 1);
            act.account = _chance(8) ? address(ledger) : _stranger();
        }
    }

    function _callOf(Act memory act) private pure returns (bytes memory) {
        if (act.power == Power.SetRecorder) {
            return abi.encodeCall(ILedgerPowers.setRecorder, (act.account, act.cap, act.countCap));
        }
        if (act.power == Power.SetStandby) return abi.encodeCall(ILedgerPowers.setStandby, (act.number, act.account));
        if (act.power == Power.WithdrawFloat) {
            return abi.encodeCall(ILedgerPowers.withdrawFloat, (act.number, act.account));
        }
        return
            act.power == Power.Grant
                ? abi.encodeCall(IAccessControl.grantRole, (GUARDIAN, vm.addr(GUARDIAN_KEY)))
                : abi.encodeCall(IAccessControl.revokeRole, (GUARDIAN, vm.addr(GUARDIAN_KEY)));
    }

    function _lesser(uint256 one, uint256 other) private pure returns (uint256) {
        return one < other ? one : other;
    }
}
