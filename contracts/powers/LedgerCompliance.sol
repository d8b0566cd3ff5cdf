// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRoles } from "./LedgerRoles.sol";
import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { Journal } from "../libraries/Journal.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @title LedgerCompliance
/// @notice Holds that end by themselves, and flags that move no money.
abstract contract LedgerCompliance is LedgerRoles {
    uint256 internal constant MAX_HOLD = 30 days;
    uint256 internal constant HOLD_GAP = 7 days;

    uint256 private constant SUBJECT_DISTRIBUTOR = 0;
    uint256 private constant SUBJECT_SALE = 1;
    uint256 private constant MAX_OUTCOME = 3;
    uint256 private constant MAX_FLAGS = type(uint32).max;

    /// @inheritdoc ILedgerPowers
    function hold(address wallet, uint256 until, bytes32 reason) external onlyRole(COMPLIANCE_ROLE) {
        WalletWord word = _wordOf(wallet);
        uint256 held = word.heldUntil();
        bool isOn = held > block.timestamp;
        if (!isOn && held != 0 && block.timestamp < held + HOLD_GAP) revert HoldTooSoon(wallet, held + HOLD_GAP);
        uint256 latest = isOn ? held : block.timestamp + MAX_HOLD;
        if (until <= block.timestamp || until > latest) revert HoldOutOfRange(until, latest);
        _setHold(wallet, word, until, reason);
    }

    /// @inheritdoc ILedgerPowers
    function releaseHold(address wallet, bytes32 reason) external onlyRole(COMPLIANCE_ROLE) {
        WalletWord word = _wordOf(wallet);
        if (word.heldUntil() <= block.timestamp) revert NotHeld(wallet);
        _setHold(wallet, word, block.timestamp, reason);
    }

    /// @inheritdoc ILedgerPowers
    function raiseFlag(
        uint256 subjectKind,
        uint256 subject,
        bytes32 reason
    ) external onlyRole(COMPLIANCE_ROLE) returns (uint256 flag) {
        bool isThere =
            subjectKind == SUBJECT_DISTRIBUTOR
                ? _isEnrolled(subject)
                : subjectKind == SUBJECT_SALE && subject >> 16 != 0 && subject >> 16 <= _totals.batches();
        if (!isThere) revert UnknownSubject(subjectKind, subject);
        _flags.push(0);
        flag = _flags.length;
        if (flag > MAX_FLAGS) revert TooManyFlags(MAX_FLAGS);
        bytes32 newHead = Journal.flagRaised(_head, flag, subjectKind, subject, reason);
        _commit(newHead, _totalsWithRoom(), 1);
        emit FlagRaised(flag, subjectKind, subject, reason, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function closeFlag(uint256 flag, uint256 outcome, bytes32 evidence) external onlyRole(COMPLIANCE_ROLE) {
        if (flag == 0 || flag > _flags.length || _flags[flag - 1] != 0) revert FlagNotOpen(flag);
        if (outcome == 0 || outcome > MAX_OUTCOME) revert UnknownOutcome(outcome);
        // At most 3.
        _flags[flag - 1] = uint8(outcome);
        bytes32 newHead = Journal.flagClosed(_head, flag, outcome, evidence);
        _commit(newHead, _totals, 1);
        emit FlagClosed(flag, outcome, evidence, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function flagOf(uint256 flag) external view returns (uint256 outcome) {
        if (flag == 0 || flag > _flags.length) revert FlagNotOpen(flag);
        return _flags[flag - 1];
    }

    function _setHold(address wallet, WalletWord word, uint256 until, bytes32 reason) private {
        _wallets[wallet] = word.withHold(until);
        bytes32 newHead = Journal.holdSet(_head, word.id(), until, reason);
        _commit(newHead, _totals, 1);
        emit HoldSet(word.id(), until, reason, newHead);
    }
}
