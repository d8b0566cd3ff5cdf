// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerChangeQueue } from "./LedgerChangeQueue.sol";
import { ILedgerChanges } from "../interfaces/ILedgerChanges.sol";
import { Journal } from "../libraries/Journal.sol";
import { CHANGE_ENDING, CHANGE_LEAVING } from "../types/Change.sol";
import { Fragment, STATUS_CLOSED, STATUS_NONE, fragmentOf, laneOf } from "../types/Fragment.sol";
import { Totals } from "../types/Totals.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @title LedgerMembership
/// @notice Leaving the programme, and having to.
abstract contract LedgerMembership is LedgerChangeQueue {
    /// @inheritdoc ILedgerChanges
    function leaveProgramme() external returns (uint256 change) {
        WalletWord wallet = _wordOf(msg.sender);
        uint256 id = wallet.id();
        if (_statusOf(id) == STATUS_CLOSED) revert DistributorGone(id);
        if (wallet.leaving() != 0) revert AlreadyLeaving(id, wallet.leaving());
        // A full journal keeps nobody from leaving.
        change = _announceEnding(CHANGE_LEAVING, id, 0, 0, _totals);
        _wallets[msg.sender] = wallet.withLeaving(change);
    }

    /// @inheritdoc ILedgerChanges
    function endMembership(
        uint256 id,
        bytes32 reason,
        bytes32 evidence
    ) external onlyRole(COMPLIANCE_ROLE) returns (uint256 change) {
        if (reason == 0) revert ReasonMissing();
        uint256 status = _statusOf(id);
        if (status == STATUS_NONE) revert UnknownDistributor(id);
        if (status == STATUS_CLOSED) revert DistributorGone(id);
        return _announceEnding(CHANGE_ENDING, id, reason, evidence, _totalsWithRoom());
    }

    /// @inheritdoc ILedgerChanges
    function applyEnding(uint256 change, uint256 id) external {
        _applyEnding(change, id, _changes[change].kind());
    }

    function _announceEnding(
        uint256 kind,
        uint256 id,
        bytes32 reason,
        bytes32 evidence,
        Totals totals
    ) private returns (uint256 change) {
        uint256 effectiveAt;
        (change, effectiveAt) = _enqueue(kind, keccak256(abi.encode(id)), 1);
        bool forCause = kind == CHANGE_ENDING;
        bytes32 newHead = Journal.endingAnnounced(_head, change, id, forCause, reason, evidence, effectiveAt);
        _commit(newHead, totals, 1);
        emit EndingAnnounced(change, id, forCause, reason, evidence, effectiveAt, newHead);
        if (effectiveAt == block.timestamp) _applyEnding(change, id, kind);
    }

    function _applyEnding(uint256 change, uint256 id, uint256 kind) private {
        bool isEnding = kind == CHANGE_LEAVING || kind == CHANGE_ENDING;
        if (!isEnding) revert ChangeMismatch(change);
        _closeChange(change, _openChange(change, kind, keccak256(abi.encode(id))));
        id = _presentId(id);
        Fragment fragment = _fragments[fragmentOf(id)];
        bool lapsed = fragment.statusOf(laneOf(id)) == STATUS_CLOSED;
        if (!lapsed) _fragments[fragmentOf(id)] = fragment.close(laneOf(id));
        _commit(_enterApplied(_head, change, 1, 0, lapsed), _totals, 1);
    }
}
