// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {
    Fragment,
    STATUS_ACTIVE,
    STATUS_CLOSED,
    STATUS_NONE,
    fragmentOf,
    laneOf,
    load,
    store
} from "../types/Fragment.sol";
import {
    COMPRESSION_DYNAMIC,
    COMPRESSION_NONE,
    MAX_REACH,
    PLAN_BY_DIFFERENCE,
    PLAN_BY_GENERATION,
    PlanRow,
    PlanTerms
} from "../types/Plan.sol";

/// @title Commission
/// @notice Who is paid what for one sale, and the crediting of it.
/// @dev A settled sale is a packed line in memory: seller (4 bytes) | counted volume in cents (4) | number of levels
/// (1) | for each level 5 bytes, id (26 bits) and basis points (14 bits), 0 for a level that stays unpaid. The line is
/// what the journal hashes and what a compact ledger logs, so it is built once. Writers store whole words past the end
/// of what they wrote; the next field overwrites them, and the owner of the buffer leaves room for the last.
/// TypeScript twin: packages/protocol/src/rules/commission.ts
library Commission {
    uint256 internal constant LINE_HEADER = 9;
    uint256 internal constant CREDIT_BYTES = 5;
    /// @dev The most levels of a line: the seller, and each of 16 ranks in a plan by difference.
    uint256 internal constant MAX_ENTRIES = 17;
    uint256 internal constant MAX_LINE = LINE_HEADER + MAX_ENTRIES * CREDIT_BYTES;

    /// @dev The status of each lane of a fragment.
    uint256 private constant STATUSES = 3 * ((1 << 54) | (1 << 110) | (1 << 166) | (1 << 222));
    /// @dev Four active distributors in a line, each sponsored by the lane below.
    uint256 private constant CHAIN = (1 << 54) | (1 << 110) | (1 << 166) | (1 << 222) | (1 << 252) | (2 << 254);
    /// @dev Four digits of 14 bits, the lowest first, to the lanes from 3 down to 0, times 2^42.
    uint256 private constant TO_LANES = (1 << 210) | (1 << 140) | (1 << 70) | 1;
    uint256 private constant LANE_DIGITS = 0x3fff * ((1 << 210) | (1 << 154) | (1 << 98) | (1 << 42));
    /// @dev The lowest three of them to entries of 40 bits, the lowest first, times 2^42.
    uint256 private constant TO_ENTRIES = (1 << 162) | (1 << 108) | (1 << 54);
    uint256 private constant ENTRY_DIGITS = 0x3fff * ((1 << 162) | (1 << 122) | (1 << 82));
    /// @dev The id of lane 0 to the four entries, and the lanes in them.
    uint256 private constant ENTRY_IDS = (1 << 134) | (1 << 94) | (1 << 54) | (1 << 14);
    uint256 private constant ENTRY_LANES = (3 << 134) | (2 << 94) | (1 << 54);

    /// @dev A plan as a settlement needs it, read once.
    struct Rules {
        PlanTerms terms;
        PlanRow[] rows;
        /// The longest row, or the highest rate of a plan by difference.
        uint256 top;
    }

    /// @dev Where a walk up the tree is: a fragment in hand, and what became of it.
    struct Walk {
        uint256 number;
        Fragment fragment;
        uint256 id;
    }

    /// @notice Pays sales by a plain plan: each level gets its one rate if the distributor there is active. Writes the
    /// lines.
    /// @dev In assembly, because these steps are all that a settlement does besides storage: it took the cost of a step
    /// from about 450 gas to about 150. The layout is that of types/Fragment.sol.
    /// @param sales Each the seller (above bit 32) and the counted volume in cents (32 bits).
    /// @param start Where in memory the lines begin.
    /// @param commit False only writes the lines and leaves the balances alone.
    /// @return end Where the lines end.
    /// @return credited Units in all.
    function payPlain(
        Fragment[1 << 24] storage fragments,
        PlanRow rates,
        uint256[] memory sales,
        uint256 start,
        bool commit
    ) internal returns (uint256 end, uint256 credited) {
        uint256 ladder = rates.ladder();
        uint256 levels = rates.length();
        // Memory addresses, and products below 2^46: far from any overflow. What a sale credits was reserved for it, so
        // no balance outgrows its bits.
        assembly ("memory-safe") {
            end := start
            // Kept in scratch memory: the stack is full.
            mstore(0, mul(levels, 5))
            let sale := add(sales, 32)
            for {
                let sellersEnd := add(sale, shl(5, mload(sales)))
            } lt(sale, sellersEnd) {
                sale := add(sale, 32)
            } {
                let volume := and(mload(sale), 0xffffffff)
                let id := shr(32, mload(sale))
                mstore(end, shl(192, mload(sale)))
                end := add(end, 9)
                let word := sload(add(fragments.slot, shr(2, id)))
                // Without counted volume nobody is credited; an empty lane has nobody to credit. The line has no
                // levels.
                if mul(volume, and(shr(add(mul(and(id, 3), 56), 54), word), 3)) {
                    let last := add(end, mload(0))
                    let rest := ladder
                    for {} 1 {} {
                        let lane := and(id, 3)
                        let next := 0
                        let missing := sub(3, lane)
                        let odd := xor(word, CHAIN)
                        switch or(
                            shl(add(mul(missing, 56), 32), and(odd, STATUSES)),
                            shr(252, shl(shl(1, missing), odd))
                        )
                        case 0 {
                            // Each from here down to lane 0 is active and sponsored by the next: they are paid in one
                            // sum. Four digits of 14 bits go to their places by one product each, whose other terms
                            // fall between the places. Lanes above this one and levels past the last get the rate 0.
                            let digits := and(shl(mul(missing, 14), rest), 0xffffffffffffff)
                            let byLane := shr(42, and(mul(digits, TO_LANES), LANE_DIGITS))
                            word := add(word, mul(volume, byLane))
                            // The digits of a number to the base 2^56 add up to its rest by 2^56 - 1.
                            credited := add(credited, mul(volume, mod(byLane, 0xffffffffffffff)))
                            let entries := or(
                                or(
                                    shr(42, and(mul(and(digits, 0x3ffffffffff), TO_ENTRIES), ENTRY_DIGITS)),
                                    shr(42, digits)
                                ),
                                add(mul(and(id, 0x3fffffc), ENTRY_IDS), ENTRY_LANES)
                            )
                            mstore(end, shl(add(mul(missing, 40), 96), entries))
                            let paid := add(lane, 1)
                            end := add(end, mul(paid, 5))
                            rest := shr(mul(paid, 14), rest)
                        }
                        default {
                            for {} 1 {} {
                                let shift := mul(and(id, 3), 56)
                                let entry := 0
                                switch and(shr(add(shift, 54), word), 3)
                                case 1 {
                                    let amount := mul(volume, and(rest, 0x3fff))
                                    entry := or(shl(14, id), and(rest, 0x3fff))
                                    word := add(word, shl(shift, amount))
                                    credited := add(credited, amount)
                                }
                                case 3 {
                                    // Closed with rank 1: the distributor has moved to the id in place of the balance.
                                    if eq(and(shr(add(shift, 50), word), 15), 1) {
                                        next := and(shr(shift, word), 0x3ffffff)
                                        break
                                    }
                                }
                                mstore(end, shl(216, entry))
                                end := add(end, 5)
                                rest := shr(14, rest)
                                if or(eq(end, last), iszero(and(id, 3))) {
                                    break
                                }
                                id := or(and(id, 0x3fffffc), and(shr(add(shl(1, and(id, 3)), 248), word), 3))
                            }
                        }
                        if iszero(next) {
                            next := mul(and(shr(224, word), 0x3ffffff), lt(end, last))
                        }
                        if commit {
                            sstore(add(fragments.slot, shr(2, id)), word)
                        }
                        if iszero(next) {
                            break
                        }
                        id := next
                        word := sload(add(fragments.slot, shr(2, id)))
                    }
                    if gt(end, last) {
                        end := last
                    }
                    let first := sub(last, mload(0))
                    mstore8(sub(first, 1), div(sub(end, first), 5))
                }
            }
        }
    }

    /// @notice Pays a sale by any plan. Writes its line from `line` on. `commit` as of `payPlain`.
    /// @return end Where the line ends.
    /// @return paidBps Sum of the rates paid.
    function payByRank(
        Fragment[1 << 24] storage fragments,
        Rules memory rules,
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
            Walk memory walk = Walk(fragmentOf(seller), load(fragments, fragmentOf(seller)), seller);
            if (volume == 0 || walk.fragment.statusOf(laneOf(seller)) == STATUS_NONE) return (end, 0);
            _followMove(fragments, walk);
            (end, paidBps) = _pay(walk, _rowOf(rules, walk).rateBps(0), volume, end, _statusOf(walk) == STATUS_ACTIVE);
            bool byDifference = rules.terms.kindOf() == PLAN_BY_DIFFERENCE;
            // Levels done, or the highest rate so far.
            uint256 done = byDifference ? 0 : 1;
            for (uint256 looked = 0; looked < MAX_REACH && done < rules.top; ++looked) {
                if (!_stepUp(fragments, walk, commit)) break;
                (bool counts, bool isPaid, uint256 rate) = byDifference
                    ? _difference(rules, walk, done)
                    : _level(rules, walk, done);
                if (!counts) continue;
                uint256 bps;
                (end, bps) = _pay(walk, rate, volume, end, isPaid);
                paidBps += bps;
                done = byDifference ? done + rate : done + 1;
            }
            if (commit) store(fragments, walk.number, walk.fragment);
            assembly ("memory-safe") {
                mstore8(add(line, 8), div(sub(sub(end, line), 9), 5))
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

    /// @dev Whether the distributor in hand has level (generation) `level`, is paid for it, and at what rate.
    function _level(
        Rules memory rules,
        Walk memory walk,
        uint256 level
    ) private pure returns (bool counts, bool isPaid, uint256 rate) {
        PlanTerms terms = rules.terms;
        uint256 rank = walk.fragment.rankOf(laneOf(walk.id));
        if (terms.kindOf() == PLAN_BY_GENERATION && rank < terms.boundaryOf()) return (false, false, 0);
        PlanRow row = _rowOf(rules, walk);
        bool isActive = _statusOf(walk) == STATUS_ACTIVE;
        isPaid = isActive && level < row.length();
        uint256 compression = terms.compressionOf();
        counts = isPaid || (isActive ? compression != COMPRESSION_DYNAMIC : compression == COMPRESSION_NONE);
        if (isPaid) rate = row.rateBps(level);
    }

    /// @dev Whether the distributor in hand stands above every rate so far, is paid, and by how much they do.
    function _difference(
        Rules memory rules,
        Walk memory walk,
        uint256 highest
    ) private pure returns (bool counts, bool isPaid, uint256 rate) {
        uint256 own = _rowOf(rules, walk).rateBps(1);
        if (own <= highest) return (false, false, 0);
        isPaid = _statusOf(walk) == STATUS_ACTIVE;
        return (isPaid || rules.terms.compressionOf() == COMPRESSION_NONE, isPaid, own - highest);
    }

    /// @dev Writes a level, and credits it if it is paid.
    function _pay(
        Walk memory walk,
        uint256 rate,
        uint256 volume,
        uint256 start,
        bool isPaid
    ) private pure returns (uint256 end, uint256 bps) {
        // As in `payByRank`.
        unchecked {
            uint256 entry = 0;
            if (isPaid) {
                entry = (walk.id << 14) | rate;
                bps = rate;
                walk.fragment = walk.fragment.credit(laneOf(walk.id), volume * rate);
            }
            assembly ("memory-safe") {
                mstore(start, shl(216, entry))
            }
            return (start + CREDIT_BYTES, bps);
        }
    }

    /// @dev To the sponsor of the distributor in hand; false above a root.
    function _stepUp(Fragment[1 << 24] storage fragments, Walk memory walk, bool commit) private returns (bool) {
        uint256 id = walk.fragment.sponsorOf(walk.number, laneOf(walk.id));
        if (id == 0) return false;
        walk.id = id;
        if (fragmentOf(id) != walk.number) {
            if (commit) store(fragments, walk.number, walk.fragment);
            walk.number = fragmentOf(id);
            walk.fragment = load(fragments, walk.number);
        }
        // A distributor who has moved away has left nothing in their old fragment to write.
        if (_statusOf(walk) == STATUS_CLOSED && walk.fragment.movedTo(laneOf(id)) != 0) {
            if (commit) store(fragments, walk.number, walk.fragment);
            _followMove(fragments, walk);
        }
        return true;
    }

    /// @dev From the lane that a distributor has left to where they are.
    function _followMove(Fragment[1 << 24] storage fragments, Walk memory walk) private view {
        uint256 id = walk.fragment.movedTo(laneOf(walk.id));
        if (id == 0) return;
        walk.id = id;
        walk.number = fragmentOf(id);
        walk.fragment = load(fragments, walk.number);
    }

    function _statusOf(Walk memory walk) private pure returns (uint256) {
        return walk.fragment.statusOf(laneOf(walk.id));
    }

    /// @dev The rates of the rank of the distributor in hand.
    function _rowOf(Rules memory rules, Walk memory walk) private pure returns (PlanRow) {
        uint256 rank = walk.fragment.rankOf(laneOf(walk.id));
        return rules.rows[rank < rules.rows.length ? rank : rules.rows.length - 1];
    }
}
