// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerChangeQueue } from "./LedgerChangeQueue.sol";
import { ILedgerChanges } from "../interfaces/ILedgerChanges.sol";
import { Journal } from "../libraries/Journal.sol";
import { CHANGE_STANDING, Change } from "../types/Change.sol";
import {
    Fragment,
    STATUS_ACTIVE,
    STATUS_CLOSED,
    STATUS_INACTIVE,
    STATUS_NONE,
    fragmentOf,
    laneOf
} from "../types/Fragment.sol";
import { STANDING_BYTES, StandingRecord, standingAt } from "../types/StandingRecord.sol";

/// @title LedgerStanding
/// @notice Rank and activity.
abstract contract LedgerStanding is LedgerChangeQueue {
    /// @inheritdoc ILedgerChanges
    function setStanding(
        bytes calldata records,
        bytes32 evidence
    ) external onlyRole(RANKER_ROLE) returns (uint256 change) {
        uint256 count = _countRecords(records.length, STANDING_BYTES);
        for (uint256 i = 0; i < count; ++i) {
            StandingRecord record = standingAt(records, i);
            uint256 status = record.status();
            if (status != STATUS_ACTIVE && status != STATUS_INACTIVE) revert UnknownStatus(i, status);
            uint256 present = _statusOf(record.id());
            if (present == STATUS_NONE) revert UnknownDistributorAt(i, record.id());
            if (present == STATUS_CLOSED) revert DistributorGone(record.id());
        }
        uint256 effectiveAt;
        (change, effectiveAt) = _enqueue(CHANGE_STANDING, keccak256(records), count);
        bytes32 newHead = Journal.standingAnnounced(
            _head,
            change,
            msg.sender,
            evidence,
            keccak256(records),
            effectiveAt
        );
        _commit(newHead, _totalsWithRoom(), 1);
        emit StandingAnnounced(change, msg.sender, evidence, records, effectiveAt, newHead);
        if (effectiveAt == block.timestamp) _applyStanding(change, records, count);
    }

    /// @inheritdoc ILedgerChanges
    function applyStanding(uint256 change, bytes calldata records, uint256 until) external {
        _applyStanding(change, records, until);
    }

    function _applyStanding(uint256 change, bytes calldata records, uint256 until) private {
        Change word = _openChange(change, CHANGE_STANDING, keccak256(records));
        if (until > word.size()) until = word.size();
        if (until <= word.done()) revert NothingToApply(change, word.done());
        for (uint256 i = word.done(); i < until; ++i) {
            StandingRecord record = standingAt(records, i);
            uint256 id = _presentId(record.id());
            Fragment fragment = _fragments[fragmentOf(id)];
            // Whoever has left meanwhile has no standing any more.
            if (fragment.statusOf(laneOf(id)) == STATUS_CLOSED) continue;
            _fragments[fragmentOf(id)] = fragment.withStanding(laneOf(id), record.rank(), record.status());
        }
        if (until == word.size()) _closeChange(change, word);
        else _changes[change] = word.withDone(until);
        _commit(_enterApplied(_head, change, until, 0, false), _totals, 1);
    }
}
