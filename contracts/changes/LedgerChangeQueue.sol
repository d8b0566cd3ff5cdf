// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ILedgerChanges } from "../interfaces/ILedgerChanges.sol";
import { LedgerAuthority } from "../ledger/LedgerAuthority.sol";
import { Journal } from "../libraries/Journal.sol";
import { CHANGE_ENDING, CHANGE_LEAVING, CHANGE_SPONSOR, CHANGE_STANDING, Change, newChange } from "../types/Change.sol";
import { ChangeQueue } from "../types/ChangeQueue.sol";
import { Era, newEra } from "../types/Era.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @title LedgerChangeQueue
/// @notice Changes are announced, become effective at a midnight (UTC) at least the ledger's delay away, and are applied by
/// anyone when the batches recorded before that are settled. A ledger without a return window applies them at once.
abstract contract LedgerChangeQueue is LedgerAuthority, ILedgerChanges {
    /// @dev What may be announced and not applied: applying costs gas, and later batches wait for it.
    uint256 internal constant MAX_PENDING_STANDINGS = 20_000;
    uint256 internal constant MAX_PENDING_CASES = 100;

    /// @inheritdoc ILedgerChanges
    function cancelChange(uint256 change) external {
        Change word = _changes[change];
        if (!_mayCancel(word.kind())) revert NotAnnouncer(msg.sender, change);
        _cancelChange(change, word);
    }

    /// @inheritdoc ILedgerChanges
    function cancelLeaving() external {
        WalletWord wallet = _wordOf(msg.sender);
        uint256 change = wallet.leaving();
        _cancelChange(change, _changes[change]);
        _wallets[msg.sender] = wallet.withLeaving(0);
    }

    /// @inheritdoc ILedgerChanges
    function skipCancelled(uint256 most) external {
        ChangeQueue queue = _queue;
        for (uint256 i = 0; i < most; ++i) {
            if (queue.next() > queue.announced() || !_changes[queue.next()].isCancelled()) break;
            queue = _passed(_dueNow(queue));
        }
        _queue = queue;
    }

    /// @inheritdoc ILedgerChanges
    function changes()
        external
        view
        returns (uint256 next, uint256 announced, uint256 startsAt, uint256 openBatches, uint256 era)
    {
        ChangeQueue queue = _queue;
        era = queue.settling();
        if (era < queue.last()) startsAt = _eras[era + 1].startsAt();
        return (queue.next(), queue.announced(), startsAt, _eras[era].open(), era);
    }

    /// @inheritdoc ILedgerChanges
    function changeOf(
        uint256 change
    ) external view returns (uint256 kind, uint256 size, uint256 done, bool cancelled, bool applied) {
        Change word = _changes[change];
        return (word.kind(), word.size(), word.done(), word.isCancelled(), change < _queue.next());
    }

    /// @dev Puts a change at the end of the queue.
    function _enqueue(
        uint256 kind,
        bytes32 digest,
        uint256 size
    ) internal returns (uint256 change, uint256 effectiveAt) {
        ChangeQueue queue = _queue.addChange();
        if (kind == CHANGE_STANDING) {
            queue = queue.addStandings(size);
            if (queue.standings() > MAX_PENDING_STANDINGS) {
                revert TooManyPending(queue.standings(), MAX_PENDING_STANDINGS);
            }
        } else if (kind != CHANGE_LEAVING) {
            queue = queue.addCase();
            if (queue.cases() > MAX_PENDING_CASES) revert TooManyPending(queue.cases(), MAX_PENDING_CASES);
        }
        change = queue.announced();
        _changes[change] = newChange(kind, digest, size);
        effectiveAt = _effectiveAt();
        Era last = _eras[queue.last()];
        if (last.startsAt() != effectiveAt || queue.last() == queue.settling()) {
            queue = queue.addEra();
            last = newEra(effectiveAt);
        }
        _eras[queue.last()] = last.withLastChange(change);
        _queue = queue;
    }

    /// @dev The next change to be applied, if it is `change`, its time has come and it has this content.
    function _openChange(uint256 change, uint256 kind, bytes32 digest) internal view returns (Change word) {
        ChangeQueue queue = _dueNow(_queue);
        if (change != queue.next()) revert NotNextChange(change, queue.next());
        word = _changes[change];
        if (word.isCancelled() || word.kind() != kind || !word.matches(digest)) revert ChangeMismatch(change);
    }

    /// @dev The change in hand is done: the next one is next.
    function _closeChange(uint256 change, Change word) internal {
        ChangeQueue queue = _queue;
        if (word.kind() == CHANGE_STANDING) queue = queue.takeStandings(word.size());
        else if (word.kind() != CHANGE_LEAVING) queue = queue.takeCase();
        _queue = _passed(queue);
        _changes[change] = word.withDone(word.size());
    }

    /// @dev Enters that a change was applied, up to record `until`.
    function _enterApplied(
        bytes32 oldHead,
        uint256 change,
        uint256 until,
        uint256 newId,
        bool lapsed
    ) internal returns (bytes32 newHead) {
        newHead = Journal.changeApplied(oldHead, change, until, newId, lapsed);
        emit ChangeApplied(change, until, newId, lapsed, newHead);
    }

    /// @dev Refuses before the next change may be applied: its time must have come, and every batch recorded before it be
    /// settled.
    function _dueNow(ChangeQueue queue) private view returns (ChangeQueue) {
        uint256 era = queue.settling();
        if (queue.next() > queue.announced()) revert NoChangePending();
        uint256 startsAt = _eras[era + 1].startsAt();
        if (block.timestamp < startsAt) revert ChangeTooEarly(queue.next(), startsAt);
        uint256 open = _eras[era].open();
        if (open != 0) revert BatchesOpen(queue.next(), open);
        return queue;
    }

    /// @dev The queue after its next change is applied or skipped.
    function _passed(ChangeQueue queue) private view returns (ChangeQueue) {
        uint256 change = queue.next();
        queue = queue.nextChange();
        return change == _eras[queue.settling() + 1].lastChange() ? queue.nextSettling() : queue;
    }

    function _cancelChange(uint256 change, Change word) private {
        if (word.kind() == 0 || word.isCancelled()) revert ChangeMismatch(change);
        uint256 effectiveAt = _startOf(change);
        if (block.timestamp >= effectiveAt) revert ChangeEffective(change, effectiveAt);
        _changes[change] = word.cancel();
        if (word.kind() == CHANGE_STANDING) _queue = _queue.takeStandings(word.size());
        else if (word.kind() != CHANGE_LEAVING) _queue = _queue.takeCase();
        bytes32 newHead = Journal.changeCancelled(_head, change, msg.sender);
        _commit(newHead, _totals, 1);
        emit ChangeCancelled(change, msg.sender, newHead);
    }

    /// @dev When a change becomes effective. Only the last eras can still be cancelled, at most one a day of the delay.
    function _startOf(uint256 change) private view returns (uint256) {
        ChangeQueue queue = _queue;
        uint256 era = queue.last();
        while (era > queue.settling() + 1 && _eras[era - 1].lastChange() >= change) {
            --era;
            if (_eras[era].startsAt() <= block.timestamp) break;
        }
        return change < queue.next() ? 0 : _eras[era].startsAt();
    }

    function _mayCancel(uint256 kind) private view returns (bool) {
        if (kind == CHANGE_LEAVING) return false;
        if (msg.sender == defaultAdmin() || hasRole(GUARDIAN_ROLE, msg.sender)) return true;
        if (kind == CHANGE_STANDING) return hasRole(RANKER_ROLE, msg.sender);
        if (kind == CHANGE_SPONSOR) return _recorders[msg.sender].countCap() != 0;
        return kind == CHANGE_ENDING && hasRole(COMPLIANCE_ROLE, msg.sender);
    }

    /// @dev The first midnight that is at least the delay away, so that a day has one era at most.
    function _effectiveAt() private view returns (uint256) {
        uint256 delay = _terms().delay;
        if (_terms().returnWindow == 0) return block.timestamp;
        return ((block.timestamp + delay + 1 days - 1) / 1 days) * 1 days;
    }
}
