// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRoles } from "./LedgerRoles.sol";
import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { Journal } from "../libraries/Journal.sol";
import { FlagWord, SUBJECT_DISTRIBUTOR, SUBJECT_SALE, newFlagWord } from "../types/FlagWord.sol";
import { fragmentOf, laneOf } from "../types/Fragment.sol";
import { MAX_SEQUENCE, SEQUENCE_BITS } from "../types/RecorderWord.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @title LedgerCompliance
/// @notice Holds that end by themselves, and flags that move no money.
abstract contract LedgerCompliance is LedgerRoles {
    uint256 internal constant MAX_HOLD = 30 days;
    uint256 internal constant HOLD_GAP = 7 days;

    uint256 private constant MAX_SEVERITY = 3;
    uint256 private constant MAX_REVIEW = 90 days;
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
        uint256 kind,
        uint256 severity,
        bytes32 evidence,
        uint256 reviewBy
    ) external onlyRole(COMPLIANCE_ROLE) returns (uint256 flag) {
        if (!_isSubject(subjectKind, subject)) revert UnknownSubject(subjectKind, subject);
        if (kind > type(uint8).max) revert FlagKindOutOfRange(kind, type(uint8).max);
        if (severity == 0 || severity > MAX_SEVERITY) revert SeverityOutOfRange(severity, MAX_SEVERITY);
        uint256 latest = block.timestamp + MAX_REVIEW;
        if (reviewBy <= block.timestamp || reviewBy > latest) revert ReviewOutOfRange(reviewBy, latest);
        if (_flags.length == MAX_FLAGS) revert TooManyFlags(MAX_FLAGS);
        _flags.push(newFlagWord(subjectKind, subject, reviewBy));
        flag = _flags.length;
        bytes32 newHead = Journal.flagRaised(_head, flag, subjectKind, subject, kind, severity, evidence, reviewBy);
        _commit(newHead, _totalsWithRoom(), 1);
        emit FlagRaised(flag, subjectKind, subject, kind, severity, evidence, reviewBy, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function closeFlag(uint256 flag, uint256 outcome, bytes32 evidence) external onlyRole(COMPLIANCE_ROLE) {
        FlagWord word = _openFlag(flag);
        if (outcome == 0 || outcome > MAX_OUTCOME) revert UnknownOutcome(outcome);
        _flags[flag - 1] = word.withOutcome(outcome);
        bytes32 newHead = Journal.flagClosed(_head, flag, outcome, evidence);
        _commit(newHead, _totals, 1);
        emit FlagClosed(flag, outcome, evidence, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function answerFlag(uint256 flag, bytes32 answer) external {
        FlagWord word = _openFlag(flag);
        (uint256 id, ) = _accountOf(_wallets[msg.sender]);
        uint256 subject = word.subject();
        uint256 moved =
            word.subjectKind() == SUBJECT_DISTRIBUTOR ? _fragments[fragmentOf(subject)].movedTo(laneOf(subject)) : 0;
        bool isTheirs = id != 0 && word.subjectKind() == SUBJECT_DISTRIBUTOR && (id == subject || id == moved);
        if (!isTheirs) revert NotFlagged(msg.sender, flag);
        if (word.isAnswered()) revert AlreadyAnswered(flag);
        _flags[flag - 1] = word.answered();
        bytes32 newHead = Journal.flagAnswered(_head, flag, id, answer);
        _commit(newHead, _totals, 1);
        emit FlagAnswered(flag, id, answer, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function flagOf(uint256 flag) external view returns (uint256 outcome, uint256 reviewBy, bool isOpen) {
        if (flag == 0 || flag > _flags.length) revert FlagNotOpen(flag);
        FlagWord word = _flags[flag - 1];
        return (word.outcome(), word.reviewBy(), word.isOpen());
    }

    /// @dev A flag that is neither decided nor past its date of review.
    function _openFlag(uint256 flag) private view returns (FlagWord word) {
        if (flag == 0 || flag > _flags.length) revert FlagNotOpen(flag);
        word = _flags[flag - 1];
        if (!word.isOpen()) revert FlagNotOpen(flag);
    }

    function _isSubject(uint256 subjectKind, uint256 subject) private view returns (bool) {
        if (subjectKind == SUBJECT_DISTRIBUTOR) return _isEnrolled(subject);
        uint256 batch = subject >> 16;
        uint256 recorder = batch >> SEQUENCE_BITS;
        if (subjectKind != SUBJECT_SALE || recorder >= _recorderKeys.length) return false;
        uint256 sequence = batch & MAX_SEQUENCE;
        return sequence != 0 && sequence <= _recorders[_recorderKeys[recorder]].sequence();
    }

    function _setHold(address wallet, WalletWord word, uint256 until, bytes32 reason) private {
        _wallets[wallet] = word.withHold(until);
        bytes32 newHead = Journal.holdSet(_head, word.id(), until, reason);
        _commit(newHead, _totals, 1);
        emit HoldSet(word.id(), until, reason, newHead);
    }
}
