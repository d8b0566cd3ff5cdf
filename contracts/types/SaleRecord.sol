// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A sale, 12 bytes: buyer class (6 bits) | seller (26) | price in cents (32) | volume in cents (32).
/// TypeScript twin: packages/protocol/src/encoding/records.ts
type SaleRecord is uint96;

using SaleRecordLib for SaleRecord global;

uint256 constant SALE_BYTES = 12;

/// @notice Record number `index` of `records`. The caller has checked that it is there.
function saleAt(bytes calldata records, uint256 index) pure returns (SaleRecord record) {
    assembly ("memory-safe") {
        record := shr(160, calldataload(add(records.offset, mul(index, SALE_BYTES))))
    }
}

/// @notice Record number `index` of `records` in memory. The caller has checked that it is there.
function saleIn(bytes memory records, uint256 index) pure returns (SaleRecord record) {
    assembly ("memory-safe") {
        record := shr(160, mload(add(add(records, 32), mul(index, SALE_BYTES))))
    }
}

/// @notice Puts `record` at `index` of `records`. The caller has checked that it is there.
function putSale(bytes memory records, uint256 index, SaleRecord record) pure {
    assembly ("memory-safe") {
        // The word that ends with the record, so that nothing behind it is touched.
        let at := add(add(records, 12), mul(index, SALE_BYTES))
        mstore(at, or(shl(96, shr(96, mload(at))), and(record, 0xffffffffffffffffffffffff)))
    }
}

/// @notice A sale of four fields, each of which the caller has checked to be in range.
function packSale(uint256 buyerClass, uint256 seller, uint256 price, uint256 volume) pure returns (SaleRecord) {
    return SaleRecord.wrap(uint96((buyerClass << 90) | (seller << 64) | (price << 32) | volume));
}

/// @title SaleRecordLib
/// @notice Reads a sale.
library SaleRecordLib {
    function buyerClass(SaleRecord self) internal pure returns (uint256) {
        return SaleRecord.unwrap(self) >> 90;
    }

    function seller(SaleRecord self) internal pure returns (uint256) {
        return (SaleRecord.unwrap(self) >> 64) & 0x3ffffff;
    }

    function price(SaleRecord self) internal pure returns (uint256) {
        return uint32(SaleRecord.unwrap(self) >> 32);
    }

    function volume(SaleRecord self) internal pure returns (uint256) {
        return uint32(SaleRecord.unwrap(self));
    }

    /// @notice The sale after part of it is taken back. The caller has checked that no less is left.
    function less(SaleRecord self, uint256 price_, uint256 volume_) internal pure returns (SaleRecord) {
        return SaleRecord.wrap(SaleRecord.unwrap(self) - uint96((price_ << 32) | volume_));
    }
}
