// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Era
/// @notice The time between two changes of standing, in one storage word.
/// @dev Bits, from the lowest: starts at (40) | batches recorded in it that are not settled (32) | the last change that
/// becomes effective as it starts (32).
type Era is uint256;

using EraLib for Era global;

/// @notice An era that begins at `startsAt`.
function newEra(uint256 startsAt) pure returns (Era) {
    return Era.wrap(startsAt);
}

/// @title EraLib
/// @notice Reads and changes an `Era`.
library EraLib {
    uint256 private constant OPEN_AT = 40;
    uint256 private constant LAST_CHANGE_AT = 72;

    /// @notice Unix time of its beginning.
    function startsAt(Era self) internal pure returns (uint256) {
        return uint40(Era.unwrap(self));
    }

    /// @notice Batches recorded in it that are not settled whole.
    function open(Era self) internal pure returns (uint256) {
        return uint32(Era.unwrap(self) >> OPEN_AT);
    }

    /// @notice The last change that becomes effective as it starts.
    function lastChange(Era self) internal pure returns (uint256) {
        return uint32(Era.unwrap(self) >> LAST_CHANGE_AT);
    }

    function withBatch(Era self) internal pure returns (Era) {
        return Era.wrap(Era.unwrap(self) + (1 << OPEN_AT));
    }

    function withoutBatch(Era self) internal pure returns (Era) {
        return Era.wrap(Era.unwrap(self) - (1 << OPEN_AT));
    }

    function withLastChange(Era self, uint256 change) internal pure returns (Era) {
        uint256 others = Era.unwrap(self) & ((1 << LAST_CHANGE_AT) - 1);
        return Era.wrap(others | (change << LAST_CHANGE_AT));
    }
}
