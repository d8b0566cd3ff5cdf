// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

// The linter does not see what only assembly uses.
// solhint-disable no-unused-import
import { RATE_BITS, RATE_MASK } from "./PlanRow.sol";
// solhint-enable no-unused-import

uint256 constant LINE_HEADER = 9;
uint256 constant CREDIT_BYTES = 5;
/// @dev The most levels of a line: the seller, and each of 16 ranks in a plan by difference.
uint256 constant MAX_CREDITS = 17;
uint256 constant MAX_LINE = LINE_HEADER + MAX_CREDITS * CREDIT_BYTES;

/// @dev Where seller, volume, levels and a credit are in the word that begins with them.
uint256 constant SELLER_SHIFT = 224;
uint256 constant VOLUME_SHIFT = 192;
uint256 constant LEVELS_BYTE = 8;
uint256 constant CREDIT_BITS = 40;
uint256 constant CREDIT_SHIFT = 216;
uint256 constant CREDIT_ID_SHIFT = 230;
uint256 constant VOLUME_MASK = (1 << 32) - 1;

/// @dev Where four credits that stand side by side are, the first one highest.
uint256 constant FOUR_CREDITS_SHIFT = 96;
/// @dev By this product, the lowest three of four rates (`RATE_BITS` each, the first lowest) come to their places in
/// four credits, times 2^42. The other terms of the product fall between the places, and the mask takes them away.
uint256 constant RATES_TO_CREDITS = (1 << 162) | (1 << 108) | (1 << 54);
uint256 constant CREDIT_RATES = 0x3fff * ((1 << 162) | (1 << 122) | (1 << 82));
/// @dev By this product, the id of lane 0 comes to its place in four credits; this sum adds the lanes 3 to 0.
uint256 constant ID_TO_CREDITS = (1 << 134) | (1 << 94) | (1 << 54) | (1 << 14);
uint256 constant CREDIT_LANES = (3 << 134) | (2 << 94) | (1 << 54);

/// @title SettledLine
/// @notice A settled sale, packed in memory: seller (4 bytes) | counted volume in cents (4) | number of levels (1) |
/// for each level 5 bytes, id (26 bits) and basis points (14 bits), 0 for a level that stays unpaid.
/// @dev The line is what the journal hashes and what a compact ledger logs, so it is built once. Writers store whole
/// words past the end of what they wrote; the next field overwrites them, and the owner of the buffer leaves room for
/// the last. The plain walk in libraries/Commission.sol writes lines by itself, with the constants above.
library SettledLine {
    /// @notice Begins a line at `line`.
    /// @return end Where its levels begin.
    function begin(uint256 line, uint256 seller, uint256 volume) internal pure returns (uint256 end) {
        assembly ("memory-safe") {
            mstore(line, or(shl(SELLER_SHIFT, seller), shl(VOLUME_SHIFT, volume)))
            end := add(line, LINE_HEADER)
        }
    }

    /// @notice Writes a level at `end` of a line; zeros for one that stays unpaid.
    /// @return newEnd Where the next level begins.
    function add(uint256 end, uint256 id, uint256 rate) internal pure returns (uint256 newEnd) {
        assembly ("memory-safe") {
            mstore(end, shl(CREDIT_SHIFT, or(shl(RATE_BITS, id), rate)))
            newEnd := add(end, CREDIT_BYTES)
        }
    }

    /// @notice Finishes a line whose levels end at `end`: puts their number into the header.
    function finish(uint256 line, uint256 end) internal pure {
        assembly ("memory-safe") {
            mstore8(add(line, LEVELS_BYTE), div(sub(sub(end, line), LINE_HEADER), CREDIT_BYTES))
        }
    }

    /// @notice How many levels a line has.
    function levels(uint256 line) internal pure returns (uint256 count) {
        assembly ("memory-safe") {
            count := byte(LEVELS_BYTE, mload(line))
        }
    }

    /// @notice Who is paid at `level` of a line and at what rate; zeros for a level that stays unpaid.
    function creditAt(uint256 line, uint256 level) internal pure returns (uint256 id, uint256 rate) {
        uint256 word;
        assembly ("memory-safe") {
            word := mload(add(add(line, LINE_HEADER), mul(level, CREDIT_BYTES)))
        }
        return (word >> CREDIT_ID_SHIFT, (word >> CREDIT_SHIFT) & RATE_MASK);
    }
}
