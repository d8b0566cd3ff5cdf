// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev The packed records that calls carry, all big-endian and back to back.
/// TypeScript twin: packages/protocol/src/encoding/records.ts

/// @notice A sale, 12 bytes: buyer class (6 bits) | seller (26) | price in cents (32) | volume in cents (32).
type SaleRecord is uint96;

/// @notice Part of a sale taken back, 12 bytes: index in its batch (32 bits) | price in cents (32) | volume in cents
/// (32).
type ReversalRecord is uint96;

/// @notice Somebody to enrol, 28 bytes: id (32 bits) | sponsor (32) | wallet (160).
type DistributorRecord is uint224;

/// @notice Somebody's rank and status, 4 bytes: id (26 bits) | rank (4) | status (2).
type StandingRecord is uint32;

using { saleClass, seller, price, volume } for SaleRecord global;
using { reversedIndex, reversedPrice, reversedVolume } for ReversalRecord global;
using { distributorId, distributorSponsor, distributorWallet } for DistributorRecord global;
using { standingId, standingRank, standingStatus } for StandingRecord global;

uint256 constant SALE_BYTES = 12;
uint256 constant REVERSAL_BYTES = 12;
uint256 constant DISTRIBUTOR_BYTES = 28;
uint256 constant STANDING_BYTES = 4;

/// @notice Record number `index` of `records`. The caller has checked that it is there.
function saleAt(bytes calldata records, uint256 index) pure returns (SaleRecord record) {
    assembly ("memory-safe") {
        record := shr(160, calldataload(add(records.offset, mul(index, 12))))
    }
}

/// @notice Reversal number `index` of `reversals`. The caller has checked that it is there.
function reversalAt(bytes calldata reversals, uint256 index) pure returns (ReversalRecord record) {
    assembly ("memory-safe") {
        record := shr(160, calldataload(add(reversals.offset, mul(index, 12))))
    }
}

/// @notice Distributor number `index` of `distributors`. The caller has checked that it is there.
function distributorAt(bytes calldata distributors, uint256 index) pure returns (DistributorRecord record) {
    assembly ("memory-safe") {
        record := shr(32, calldataload(add(distributors.offset, mul(index, 28))))
    }
}

/// @notice Standing number `index` of `standings`. The caller has checked that it is there.
function standingAt(bytes calldata standings, uint256 index) pure returns (StandingRecord record) {
    assembly ("memory-safe") {
        record := shr(224, calldataload(add(standings.offset, mul(index, 4))))
    }
}

function saleClass(SaleRecord self) pure returns (uint256) {
    return SaleRecord.unwrap(self) >> 90;
}

function seller(SaleRecord self) pure returns (uint256) {
    return (SaleRecord.unwrap(self) >> 64) & 0x3ffffff;
}

function price(SaleRecord self) pure returns (uint256) {
    return uint32(SaleRecord.unwrap(self) >> 32);
}

function volume(SaleRecord self) pure returns (uint256) {
    return uint32(SaleRecord.unwrap(self));
}

function reversedIndex(ReversalRecord self) pure returns (uint256) {
    return ReversalRecord.unwrap(self) >> 64;
}

function reversedPrice(ReversalRecord self) pure returns (uint256) {
    return uint32(ReversalRecord.unwrap(self) >> 32);
}

function reversedVolume(ReversalRecord self) pure returns (uint256) {
    return uint32(ReversalRecord.unwrap(self));
}

function distributorId(DistributorRecord self) pure returns (uint256) {
    return DistributorRecord.unwrap(self) >> 192;
}

function distributorSponsor(DistributorRecord self) pure returns (uint256) {
    return uint32(DistributorRecord.unwrap(self) >> 160);
}

function distributorWallet(DistributorRecord self) pure returns (address) {
    return address(uint160(DistributorRecord.unwrap(self)));
}

function standingId(StandingRecord self) pure returns (uint256) {
    return StandingRecord.unwrap(self) >> 6;
}

function standingRank(StandingRecord self) pure returns (uint256) {
    return (StandingRecord.unwrap(self) >> 2) & 15;
}

function standingStatus(StandingRecord self) pure returns (uint256) {
    return StandingRecord.unwrap(self) & 3;
}
