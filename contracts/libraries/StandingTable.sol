// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { STATUS_ACTIVE, STATUS_CLOSED, STATUS_INACTIVE } from "../types/Fragment.sol";
import { COMPRESSION_DYNAMIC, COMPRESSION_NONE, MAX_RANK } from "../types/Plan.sol";
import { PlanRow } from "../types/PlanRow.sol";
import { PlanTerms } from "../types/PlanTerms.sol";

/// @dev Where in an entry the levels stand at which a distributor counts, and is paid: behind eleven rates.
uint256 constant COUNTS_AT = 160;
uint256 constant PAID_AT = 176;

/// @title StandingTable
/// @notice What becomes of a distributor by a plan, for each status and rank: 64 words, indexed by status (2 bits) | rank
/// (4). `Commission` works it out once for a settlement.
library StandingTable {
    uint256 private constant EVERY_LEVEL = (1 << 11) - 1;

    /// @notice What a plan of levels or generations does with each status and rank: the rates from level 0 (14 bits each), at
    /// which levels a distributor counts (11 bits from `COUNTS_AT`) and is paid (11 from `PAID_AT`). Zero: has moved.
    function ofLevels(PlanTerms terms, PlanRow[] memory rows) internal pure returns (uint256 table) {
        uint256 compression = terms.compression();
        uint256 boundary = terms.boundaryRank();
        uint256[] memory entries = new uint256[](64);
        for (uint256 rank = 0; rank <= MAX_RANK; ++rank) {
            PlanRow row = rows[rank < rows.length ? rank : rows.length - 1];
            uint256 paid = rank < boundary ? 1 : (1 << row.length()) - 1;
            uint256 counts =
                rank < boundary
                    ? 1
                    : compression == COMPRESSION_DYNAMIC
                        ? paid
                        : EVERY_LEVEL;
            // Below the boundary only the own sale counts.
            uint256 rates = rank < boundary ? row.rateBps(0) : row.ladder();
            entries[(STATUS_ACTIVE << 4) | rank] = rates | (counts << COUNTS_AT) | (paid << PAID_AT);
            counts = rank < boundary || compression != COMPRESSION_NONE ? 1 : EVERY_LEVEL;
            entries[(STATUS_INACTIVE << 4) | rank] = counts << COUNTS_AT;
        }
        // Who has left has no rank.
        entries[STATUS_CLOSED << 4] = entries[STATUS_INACTIVE << 4];
        assembly ("memory-safe") {
            table := add(entries, 32)
        }
    }

    /// @notice The same for a plan by difference: the whole rate of the rank where it counts (14 bits), the rate of an own
    /// sale (14), and whether they are paid (at `PAID_AT`). The bit at `COUNTS_AT` keeps an entry from being zero.
    function ofDifferences(PlanTerms terms, PlanRow[] memory rows) internal pure returns (uint256 table) {
        bool rollUp = terms.compression() != COMPRESSION_NONE;
        uint256[] memory entries = new uint256[](64);
        for (uint256 rank = 0; rank <= MAX_RANK; ++rank) {
            PlanRow row = rows[rank < rows.length ? rank : rows.length - 1];
            uint256 counts = 1 << COUNTS_AT;
            entries[(STATUS_ACTIVE << 4) | rank] = row.rateBps(1) | (row.rateBps(0) << 14) | counts | (1 << PAID_AT);
            entries[(STATUS_INACTIVE << 4) | rank] = counts | (rollUp ? 0 : row.rateBps(1));
        }
        entries[STATUS_CLOSED << 4] = entries[STATUS_INACTIVE << 4];
        assembly ("memory-safe") {
            table := add(entries, 32)
        }
    }
}
