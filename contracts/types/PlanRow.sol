// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A row of rates in one word: count (4 bits), then 14 bits for each level from level 0.
type PlanRow is uint256;

using PlanRowLib for PlanRow global;

uint256 constant RATE_BITS = 14;
uint256 constant RATE_MASK = 0x3fff;
/// @dev The lowest rates of a ladder.
uint256 constant THREE_RATES = (1 << 42) - 1;
uint256 constant FOUR_RATES = (1 << 56) - 1;

function packRow(uint16[] memory rates) pure returns (PlanRow) {
    uint256 word = rates.length;
    for (uint256 i = 0; i < rates.length; ++i) word |= uint256(rates[i]) << (4 + RATE_BITS * i);
    return PlanRow.wrap(word);
}

/// @title PlanRowLib
/// @notice Reads a row of rates.
library PlanRowLib {
    /// @notice How many levels the row pays, level 0 (the seller) included.
    function length(PlanRow self) internal pure returns (uint256) {
        return PlanRow.unwrap(self) & 15;
    }

    /// @notice Rate of `level` in basis points.
    function rateBps(PlanRow self, uint256 level) internal pure returns (uint256) {
        // Levels and classes are checked by the caller; cents x basis points fit 46 bits.
        unchecked {
            return (PlanRow.unwrap(self) >> (4 + RATE_BITS * level)) & RATE_MASK;
        }
    }

    /// @notice The rates alone, 14 bits for each level, the seller's lowest.
    function ladder(PlanRow self) internal pure returns (uint256) {
        return PlanRow.unwrap(self) >> 4;
    }
}
