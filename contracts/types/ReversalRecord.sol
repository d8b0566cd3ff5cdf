// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Part of a sale taken back, 12 bytes: index in its batch (32 bits) | price in cents (32) | volume in cents
/// (32).
/// TypeScript twin: packages/protocol/src/encoding/records.ts
type ReversalRecord is uint96;

using ReversalRecordLib for ReversalRecord global;

uint256 constant REVERSAL_BYTES = 12;

/// @notice Reversal number `index` of `reversals`. The caller has checked that it is there.
function reversalAt(bytes calldata reversals, uint256 index) pure returns (ReversalRecord record) {
    assembly ("memory-safe") {
        record := shr(160, calldataload(add(reversals.offset, mul(index, REVERSAL_BYTES))))
    }
}

/// @notice A reversal of three fields, each of which the caller has checked to be in range.
function packReversal(uint256 index, uint256 price, uint256 volume) pure returns (ReversalRecord) {
    return ReversalRecord.wrap(uint96((index << 64) | (price << 32) | volume));
}

/// @title ReversalRecordLib
/// @notice Reads a reversal.
library ReversalRecordLib {
    function index(ReversalRecord self) internal pure returns (uint256) {
        return ReversalRecord.unwrap(self) >> 64;
    }

    function price(ReversalRecord self) internal pure returns (uint256) {
        return uint32(ReversalRecord.unwrap(self) >> 32);
    }

    function volume(ReversalRecord self) internal pure returns (uint256) {
        return uint32(ReversalRecord.unwrap(self));
    }
}
