// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A distributor's rank and status, 4 bytes: id (26 bits) | rank (4) | status (2).
/// TypeScript twin: packages/protocol/src/encoding/records.ts
type StandingRecord is uint32;

using StandingRecordLib for StandingRecord global;

uint256 constant STANDING_BYTES = 4;

/// @notice Standing number `index` of `standings`. The caller has checked that it is there.
function standingAt(bytes calldata standings, uint256 index) pure returns (StandingRecord record) {
    assembly ("memory-safe") {
        record := shr(224, calldataload(add(standings.offset, mul(index, STANDING_BYTES))))
    }
}

/// @title StandingRecordLib
/// @notice Reads a standing.
library StandingRecordLib {
    function id(StandingRecord self) internal pure returns (uint256) {
        return StandingRecord.unwrap(self) >> 6;
    }

    function rank(StandingRecord self) internal pure returns (uint256) {
        return (StandingRecord.unwrap(self) >> 2) & 15;
    }

    function status(StandingRecord self) internal pure returns (uint256) {
        return StandingRecord.unwrap(self) & 3;
    }
}
