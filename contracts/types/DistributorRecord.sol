// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A distributor to enrol, 28 bytes: id (32 bits) | sponsor (32) | wallet (160).
/// TypeScript twin: packages/protocol/src/encoding/records.ts
type DistributorRecord is uint224;

using DistributorRecordLib for DistributorRecord global;

uint256 constant DISTRIBUTOR_BYTES = 28;

/// @notice Distributor number `index` of `distributors`. The caller has checked that it is there.
function distributorAt(bytes calldata distributors, uint256 index) pure returns (DistributorRecord record) {
    assembly ("memory-safe") {
        record := shr(32, calldataload(add(distributors.offset, mul(index, DISTRIBUTOR_BYTES))))
    }
}

/// @title DistributorRecordLib
/// @notice Reads a distributor to enrol.
library DistributorRecordLib {
    function id(DistributorRecord self) internal pure returns (uint256) {
        return DistributorRecord.unwrap(self) >> 192;
    }

    function sponsor(DistributorRecord self) internal pure returns (uint256) {
        return uint32(DistributorRecord.unwrap(self) >> 160);
    }

    function wallet(DistributorRecord self) internal pure returns (address) {
        return address(uint160(DistributorRecord.unwrap(self)));
    }
}
