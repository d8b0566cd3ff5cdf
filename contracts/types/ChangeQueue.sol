// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title ChangeQueue
/// @notice Where a ledger is with changes of standing, sponsor and membership, in one storage word.
/// @dev Changes are numbered from 1 as they are announced and become effective in that order. All that become effective at
/// one time begin an era; a batch belongs to the era in which it was recorded. Bits, from the lowest:
///
///     0..31    settling   the era whose batches may be settled: all changes up to it are applied
///     32..63   recording  the era of the last batch recorded
///     64..95   last       the last era that is known
///     96..127  next       the change to be applied next
///     128..159 announced  changes announced so far
///     160..191 standings  records of standing that are announced and not applied
///     192..207 cases      corrections and endings that are announced and not applied
type ChangeQueue is uint256;

using ChangeQueueLib for ChangeQueue global;

/// @title ChangeQueueLib
/// @notice Reads and changes a `ChangeQueue`.
library ChangeQueueLib {
    uint256 private constant RECORDING_AT = 32;
    uint256 private constant LAST_AT = 64;
    uint256 private constant NEXT_AT = 96;
    uint256 private constant ANNOUNCED_AT = 128;
    uint256 private constant STANDINGS_AT = 160;
    uint256 private constant CASES_AT = 192;

    function settling(ChangeQueue self) internal pure returns (uint256) {
        return uint32(ChangeQueue.unwrap(self));
    }

    function recording(ChangeQueue self) internal pure returns (uint256) {
        return uint32(ChangeQueue.unwrap(self) >> RECORDING_AT);
    }

    function last(ChangeQueue self) internal pure returns (uint256) {
        return uint32(ChangeQueue.unwrap(self) >> LAST_AT);
    }

    function next(ChangeQueue self) internal pure returns (uint256) {
        return uint32(ChangeQueue.unwrap(self) >> NEXT_AT);
    }

    function announced(ChangeQueue self) internal pure returns (uint256) {
        return uint32(ChangeQueue.unwrap(self) >> ANNOUNCED_AT);
    }

    function standings(ChangeQueue self) internal pure returns (uint256) {
        return uint32(ChangeQueue.unwrap(self) >> STANDINGS_AT);
    }

    function cases(ChangeQueue self) internal pure returns (uint256) {
        return uint16(ChangeQueue.unwrap(self) >> CASES_AT);
    }

    function nextSettling(ChangeQueue self) internal pure returns (ChangeQueue) {
        return _plus(self, 0, 1);
    }

    function nextRecording(ChangeQueue self) internal pure returns (ChangeQueue) {
        return _plus(self, RECORDING_AT, 1);
    }

    function addEra(ChangeQueue self) internal pure returns (ChangeQueue) {
        return _plus(self, LAST_AT, 1);
    }

    function nextChange(ChangeQueue self) internal pure returns (ChangeQueue) {
        return _plus(self, NEXT_AT, 1);
    }

    function addChange(ChangeQueue self) internal pure returns (ChangeQueue) {
        return _plus(self, ANNOUNCED_AT, 1);
    }

    function addStandings(ChangeQueue self, uint256 count) internal pure returns (ChangeQueue) {
        return _plus(self, STANDINGS_AT, count);
    }

    function takeStandings(ChangeQueue self, uint256 count) internal pure returns (ChangeQueue) {
        return ChangeQueue.wrap(ChangeQueue.unwrap(self) - (count << STANDINGS_AT));
    }

    function addCase(ChangeQueue self) internal pure returns (ChangeQueue) {
        return _plus(self, CASES_AT, 1);
    }

    function takeCase(ChangeQueue self) internal pure returns (ChangeQueue) {
        return ChangeQueue.wrap(ChangeQueue.unwrap(self) - (1 << CASES_AT));
    }

    /// @dev Four thousand million changes do not come, and the other fields are bounded where they grow.
    function _plus(ChangeQueue self, uint256 shift, uint256 count) private pure returns (ChangeQueue) {
        return ChangeQueue.wrap(ChangeQueue.unwrap(self) + (count << shift));
    }
}
