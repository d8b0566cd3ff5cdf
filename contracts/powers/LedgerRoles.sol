// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IAccessControl } from "@openzeppelin/contracts/access/IAccessControl.sol";

import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { LedgerAuthority } from "../ledger/LedgerAuthority.sol";
import { Journal } from "../libraries/Journal.sol";
import { MAX_COUNT_CAP, MAX_RECORDERS, MAX_UNIT_CAP, RecorderWord, newRecorderWord } from "../types/RecorderWord.sol";
import { Totals } from "../types/Totals.sol";

/// @title LedgerRoles
/// @notice Who may do what: the admin in two delayed steps, recorders inside a cap, the other roles. Every change is an
/// entry.
abstract contract LedgerRoles is LedgerAuthority, ILedgerPowers {
    /// @dev Stands above the time of an act that only the admin may cancel.
    uint256 private constant ADMIN_ONLY = 1 << 40;

    /// @inheritdoc ILedgerPowers
    function announce(bytes calldata act) external onlyRole(DEFAULT_ADMIN_ROLE) returns (bytes32 id) {
        if (act.length < 4) revert MalformedAct(act.length);
        id = keccak256(act);
        uint256 delay = _terms().delay;
        uint256 effectiveAt = uint40(_acts[id]);
        if (effectiveAt != 0 && block.timestamp <= effectiveAt + delay) revert ActPending(id, effectiveAt);
        effectiveAt = block.timestamp + delay;
        // Guardians must not keep one of their own in place.
        bool removesGuardian =
            bytes4(act[:4]) == IAccessControl.revokeRole.selector &&
                act.length >= 36 &&
                bytes32(act[4:36]) == GUARDIAN_ROLE;
        _acts[id] = effectiveAt | (removesGuardian ? ADMIN_ONLY : 0);
        bytes32 newHead = Journal.actAnnounced(_head, id, effectiveAt);
        _commit(newHead, _totals, 1);
        emit ActAnnounced(id, act, effectiveAt, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function cancel(bytes32 act) external {
        uint256 word = _acts[act];
        if (word == 0) revert ActNotAnnounced(act);
        bool mayCancel = hasRole(GUARDIAN_ROLE, msg.sender) && word & ADMIN_ONLY == 0;
        if (!mayCancel && msg.sender != defaultAdmin()) revert NotGuardian(msg.sender);
        delete _acts[act];
        bytes32 newHead = Journal.actCancelled(_head, act, msg.sender);
        _commit(newHead, _totals, 1);
        emit ActCancelled(act, msg.sender, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function actOf(bytes32 act) external view returns (uint256 effectiveAt) {
        return uint40(_acts[act]);
    }

    /// @inheritdoc ILedgerPowers
    function setRecorder(address key, uint256 cap, uint256 countCap) external onlyRole(DEFAULT_ADMIN_ROLE) {
        RecorderWord word = _recorders[key];
        if (word.number() == 0 || cap > word.cap() || countCap > word.countCap()) _useAct();
        _setRecorder(key, cap, countCap);
    }

    /// @inheritdoc ILedgerPowers
    function setStandby(uint256 number, address key) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (number == 0 || number > _recorderKeys.length) revert UnknownRecorder(number);
        if (_recorders[key].number() != 0) revert RecorderTaken(key, _recorders[key].number());
        if (key != address(0)) _useAct();
        _standbys[number] = key;
        bytes32 newHead = Journal.standbySet(_head, number, key);
        _commit(newHead, _totals, 1);
        emit StandbySet(number, key, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function replaceRecorder(uint256 number) external {
        address standby = _standbys[number];
        if (standby == address(0)) revert UnknownRecorder(number);
        if (msg.sender != standby && msg.sender != defaultAdmin()) revert NotStandby(msg.sender, standby);
        if (_recorders[standby].number() != 0) revert RecorderTaken(standby, _recorders[standby].number());
        address before = _recorderKeys[number - 1];
        _recorders[standby] = _recorders[before];
        _recorders[before] = RecorderWord.wrap(0);
        delete _standbys[number];
        _recorderKeys[number - 1] = standby;
        bytes32 newHead = Journal.recorderReplaced(_head, number, before, standby);
        _commit(newHead, _totals, 1);
        emit RecorderReplaced(number, before, standby, newHead);
    }

    /// @dev Gives a recorder its caps, and a new one its number.
    function _setRecorder(address key, uint256 cap, uint256 countCap) internal {
        if (key == address(0)) revert UnusableWallet(key);
        if (cap > MAX_UNIT_CAP) revert CapTooHigh(cap, MAX_UNIT_CAP);
        if (countCap > MAX_COUNT_CAP) revert CapTooHigh(countCap, MAX_COUNT_CAP);
        RecorderWord word = _recorders[key];
        if (word.number() == 0) {
            if (_recorderKeys.length == MAX_RECORDERS) revert TooManyRecorders(MAX_RECORDERS);
            _recorderKeys.push(key);
            word = newRecorderWord(_recorderKeys.length);
        }
        _recorders[key] = word.withCaps(cap, countCap);
        bytes32 newHead = Journal.recorderSet(_head, word.number(), key, cap, countCap);
        _commit(newHead, _totals, 1);
        emit RecorderSet(key, word.number(), cap, countCap, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function setPaused(bool paused) external {
        bool mayPause = paused && hasRole(GUARDIAN_ROLE, msg.sender);
        if (!mayPause && msg.sender != defaultAdmin()) revert NotGuardian(msg.sender);
        Totals totals = _totals;
        if (totals.isPaused() == paused) revert PauseUnchanged(paused);
        bytes32 newHead = Journal.pauseSet(_head, msg.sender, paused);
        _commit(newHead, totals.setPaused(paused), 1);
        emit PauseSet(msg.sender, paused, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function isPaused() external view returns (bool) {
        return _totals.isPaused();
    }
}
