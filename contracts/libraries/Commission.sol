// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Fragment, STATUS_ACTIVE, STATUS_NONE, fragmentOf, laneOf, load, store } from "../types/Fragment.sol";
import { PlanRow, RATE_MASK } from "../types/Plan.sol";

/// @title Commission
/// @notice Who is paid what for one sale, and the crediting of it.
/// @dev A settled sale is a packed line in memory: seller (4 bytes) | counted volume in cents (4) | number of levels (1) |
/// for each level 5 bytes, id (26 bits) and basis points (14 bits), 0 for a level that stays unpaid. The line is what the
/// journal hashes and what a compact ledger logs, so it is built once. Writers store whole words past the end of what
/// they wrote; the next field overwrites them, and the owner of the buffer leaves room for the last.
/// TypeScript twin: packages/protocol/src/commission.ts
library Commission {
    uint256 internal constant LINE_HEADER = 9;
    uint256 internal constant CREDIT_BYTES = 5;
    /// @dev The longest line: the seller and ten levels.
    uint256 internal constant MAX_LINE = LINE_HEADER + 11 * CREDIT_BYTES;
    /// @dev In readable events an id takes the last eight decimal digits; the largest is 67,108,863.
    uint256 internal constant ID_DECIMALS = 1e8;

    /// @notice Pays a sale by level: each level gets its rate if the person there is active. Writes the sale's line.
    /// @param line Where in memory the line begins.
    /// @param commit False only writes the line and leaves the balances alone.
    /// @return end Where the line ends.
    /// @return paidBps Sum of the rates paid.
    function payByLevel(
        Fragment[1 << 24] storage fragments,
        PlanRow rates,
        uint256 seller,
        uint256 volume,
        uint256 line,
        bool commit
    ) internal returns (uint256 end, uint256 paidBps) {
        // Memory addresses, and products below 2^46: far from any overflow. What a sale credits was reserved for it, so
        // no balance outgrows its bits.
        unchecked {
            assembly ("memory-safe") {
                mstore(line, shl(192, or(shl(32, seller), volume)))
            }
            end = line + LINE_HEADER;
            uint256 number = fragmentOf(seller);
            Fragment fragment = load(fragments, number);
            // Without counted volume nobody is credited; an empty lane has nobody to credit. The line has no levels.
            if (volume == 0 || fragment.statusOf(laneOf(seller)) == STATUS_NONE) return (end, 0);

            uint256 last = end + rates.length() * CREDIT_BYTES;
            uint256 ladder = rates.ladder();
            uint256 id = seller;
            while (true) {
                uint256 lane = laneOf(id);
                uint256 rate = ladder & RATE_MASK;
                uint256 entry = 0;
                if (fragment.statusOf(lane) == STATUS_ACTIVE) {
                    entry = (id << 14) | rate;
                    fragment = fragment.credit(lane, volume * rate);
                    paidBps += rate;
                }
                assembly ("memory-safe") {
                    mstore(end, shl(216, entry))
                }
                end += CREDIT_BYTES;
                if (end == last) break;
                ladder >>= 14;
                id = fragment.sponsorOf(number, lane);
                if (fragmentOf(id) != number) {
                    if (id == 0) break;
                    if (commit) store(fragments, number, fragment);
                    number = fragmentOf(id);
                    fragment = load(fragments, number);
                }
            }
            if (commit) store(fragments, number, fragment);
            assembly ("memory-safe") {
                mstore8(add(line, 8), div(sub(sub(end, line), 9), 5))
            }
        }
    }

    /// @notice The credits of a line as a readable event gives them: amount in units, then eight digits of id.
    function readable(uint256 line) internal pure returns (uint256[] memory credits) {
        (, uint256 volume, uint256 levels) = header(line);
        credits = new uint256[](levels);
        // Below 2^46 x 10^8.
        unchecked {
            for (uint256 level = 0; level < levels; ++level) {
                (uint256 id, uint256 rate) = creditAt(line, level);
                credits[level] = volume * rate * ID_DECIMALS + id;
            }
        }
    }

    /// @notice The fields at the beginning of a line.
    function header(uint256 line) internal pure returns (uint256 seller, uint256 volume, uint256 levels) {
        uint256 word;
        assembly ("memory-safe") {
            word := mload(line)
        }
        return (word >> 224, uint32(word >> 192), uint8(word >> 184));
    }

    /// @notice Who is paid at `level` of a line and at what rate; zeros for a level that stays unpaid.
    function creditAt(uint256 line, uint256 level) internal pure returns (uint256 id, uint256 rate) {
        uint256 word;
        assembly ("memory-safe") {
            word := mload(add(add(line, 9), mul(level, 5)))
        }
        return (word >> 230, (word >> 216) & 0x3fff);
    }
}
