// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What is owed to a distributor from before, 12 bytes: id (32 bits) | units (64).
/// TypeScript twin: packages/protocol/src/encoding/records.ts
type BalanceRecord is uint96;

using BalanceRecordLib for BalanceRecord global;

uint256 constant BALANCE_BYTES = 12;

/// @notice Record number `index` of `records`. The caller has checked that it is there.
function balanceAt(bytes calldata records, uint256 index) pure returns (BalanceRecord record) {
    assembly ("memory-safe") {
        record := shr(160, calldataload(add(records.offset, mul(index, BALANCE_BYTES))))
    }
}

/// @title BalanceRecordLib
/// @notice Reads an opening balance.
library BalanceRecordLib {
    function id(BalanceRecord self) internal pure returns (uint256) {
        return BalanceRecord.unwrap(self) >> 64;
    }

    function units(BalanceRecord self) internal pure returns (uint256) {
        return uint64(BalanceRecord.unwrap(self));
    }
}
