// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerBase } from "./LedgerBase.sol";
import { ChangeQueue } from "../types/ChangeQueue.sol";

/// @title LedgerEras
/// @notice Which changes of standing a batch is settled with: exactly those that were effective when it was recorded.
/// @dev Batches are counted by era, and an era's changes are applied when no batch of the one before is open any more. So
/// the tree is always as it was for the batches that may be settled now, and nothing is ever scanned.
abstract contract LedgerEras is LedgerBase {
    /// @dev Counts a batch recorded now. At most one era begins a day, so few are passed at a time.
    function _enterEra() internal {
        ChangeQueue queue = _queue;
        uint256 last = queue.last();
        uint256 era = queue.recording();
        while (era < last && _eras[era + 1].startsAt() <= block.timestamp) ++era;
        for (uint256 i = queue.recording(); i < era; ++i) queue = queue.nextRecording();
        if (ChangeQueue.unwrap(queue) != ChangeQueue.unwrap(_queue)) _queue = queue;
        _eras[era] = _eras[era].withBatch();
    }

    /// @dev Refuses a batch that was recorded after changes which are not applied yet.
    function _checkEra(uint256 batch, uint256 recordedAt) internal view returns (uint256 era) {
        ChangeQueue queue = _queue;
        era = queue.settling();
        if (era == queue.last()) return era;
        if (recordedAt >= _eras[era + 1].startsAt()) revert ChangesPending(batch, queue.next());
    }

    /// @dev Counts a batch of the era out that is settled whole.
    function _leaveEra(uint256 era) internal {
        _eras[era] = _eras[era].withoutBatch();
    }
}
