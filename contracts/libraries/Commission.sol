// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

// The linter does not see what only assembly uses.
// solhint-disable no-unused-import
import {
    ABOVE_LANES,
    ACTIVE_CHAIN,
    ALL_STATUSES,
    CHAIN_SPONSORS_SHIFT,
    FIRST_LANE_ID_MASK,
    FIRST_SPONSOR_SHIFT,
    Fragment,
    ID_MASK,
    LANE_BITS,
    LANE_ID_BITS,
    LANE_ID_MASK,
    LANE_MASK,
    LANE_RATES,
    LANE_SPONSOR_SHIFT,
    PLACES_UP,
    RANK_MASK,
    RANK_MOVED,
    RANK_SHIFT,
    RATES_TO_LANES,
    STATUS_ACTIVE,
    STATUS_CLOSED,
    STATUS_MASK,
    STATUS_NONE,
    STATUS_SHIFT,
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
    PLAN_BY_GENERATION
} from "../types/Plan.sol";
import { FOUR_RATES, PlanRow, RATE_BITS, RATE_MASK, THREE_RATES } from "../types/PlanRow.sol";
import { PlanTerms } from "../types/PlanTerms.sol";
import {
    CREDIT_BITS,
    CREDIT_BYTES,
    CREDIT_LANES,
    CREDIT_RATES,
    CREDIT_SHIFT,
    FOUR_CREDITS_SHIFT,
    ID_TO_CREDITS,
    LINE_HEADER,
    RATES_TO_CREDITS,
    SettledLine,
    VOLUME_MASK,
    VOLUME_SHIFT
} from "../types/SettledLine.sol";
// solhint-enable no-unused-import

/// @title Commission
/// @notice Who is paid what for one sale, and the crediting of it.
/// @dev Each sale becomes a line, types/SettledLine.sol.
/// TypeScript twin: packages/protocol/src/rules/commission.ts
library Commission {
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
            mstore(0, mul(levels, CREDIT_BYTES))
            let sale := add(sales, 32)
            for {
                let sellersEnd := add(sale, shl(5, mload(sales)))
            } lt(sale, sellersEnd) {
                sale := add(sale, 32)
            } {
                let volume := and(mload(sale), VOLUME_MASK)
                let id := shr(32, mload(sale))
                mstore(end, shl(VOLUME_SHIFT, mload(sale)))
                end := add(end, LINE_HEADER)
                let word := sload(add(fragments.slot, shr(LANE_ID_BITS, id)))
                // Without counted volume, or from an empty lane, there is nothing to credit: the line has no levels.
                if mul(volume, and(shr(add(mul(and(id, LANE_ID_MASK), LANE_BITS), STATUS_SHIFT), word), STATUS_MASK)) {
                    let last := add(end, mload(0))
                    let rest := ladder
                    for {} 1 {} {
                        let lane := and(id, LANE_ID_MASK)
                        let next := 0
                        let missing := sub(LANE_ID_MASK, lane)
                        let odd := xor(word, ACTIVE_CHAIN)
                        switch or(
                            shl(add(mul(missing, LANE_BITS), ABOVE_LANES), and(odd, ALL_STATUSES)),
                            shr(CHAIN_SPONSORS_SHIFT, shl(shl(1, missing), odd))
                        )
                        case 0 {
                            // Each from here down to lane 0 is active and sponsored by the next: they are paid in one
                            // sum. Four digits of 14 bits go to their places by one product each, whose other terms
                            // fall between the places. Lanes above this one and levels past the last get the rate 0.
                            let digits := and(shl(mul(missing, RATE_BITS), rest), FOUR_RATES)
                            let byLane := shr(PLACES_UP, and(mul(digits, RATES_TO_LANES), LANE_RATES))
                            word := add(word, mul(volume, byLane))
                            // The digits of a number to the base 2^56 add up to its rest by 2^56 - 1, the mask of a
                            // lane.
                            credited := add(credited, mul(volume, mod(byLane, LANE_MASK)))
                            let entries := or(
                                or(
                                    shr(PLACES_UP, and(mul(and(digits, THREE_RATES), RATES_TO_CREDITS), CREDIT_RATES)),
                                    shr(PLACES_UP, digits)
                                ),
                                add(mul(and(id, FIRST_LANE_ID_MASK), ID_TO_CREDITS), CREDIT_LANES)
                            )
                            mstore(end, shl(add(mul(missing, CREDIT_BITS), FOUR_CREDITS_SHIFT), entries))
                            let paid := add(lane, 1)
                            end := add(end, mul(paid, CREDIT_BYTES))
                            rest := shr(mul(paid, RATE_BITS), rest)
                        }
                        default {
                            for {} 1 {} {
                                let shift := mul(and(id, LANE_ID_MASK), LANE_BITS)
                                let entry := 0
                                switch and(shr(add(shift, STATUS_SHIFT), word), STATUS_MASK)
                                case 1 {
                                    let amount := mul(volume, and(rest, RATE_MASK))
                                    entry := or(shl(RATE_BITS, id), and(rest, RATE_MASK))
                                    word := add(word, shl(shift, amount))
                                    credited := add(credited, amount)
                                }
                                case 3 {
                                    // Closed with rank 1: the distributor has moved to the id in place of the balance.
                                    if eq(and(shr(add(shift, RANK_SHIFT), word), RANK_MASK), RANK_MOVED) {
                                        next := and(shr(shift, word), ID_MASK)
                                        break
                                    }
                                }
                                mstore(end, shl(CREDIT_SHIFT, entry))
                                end := add(end, CREDIT_BYTES)
                                rest := shr(RATE_BITS, rest)
                                if or(eq(end, last), iszero(and(id, LANE_ID_MASK))) {
                                    break
                                }
                                id := or(
                                    and(id, FIRST_LANE_ID_MASK),
                                    and(shr(add(shl(1, and(id, LANE_ID_MASK)), LANE_SPONSOR_SHIFT), word), LANE_ID_MASK)
                                )
                            }
                        }
                        if iszero(next) {
                            next := mul(and(shr(FIRST_SPONSOR_SHIFT, word), ID_MASK), lt(end, last))
                        }
                        if commit {
                            sstore(add(fragments.slot, shr(LANE_ID_BITS, id)), word)
                        }
                        if iszero(next) {
                            break
                        }
                        id := next
                        word := sload(add(fragments.slot, shr(LANE_ID_BITS, id)))
                    }
                    if gt(end, last) {
                        end := last
                    }
                    let first := sub(last, mload(0))
                    mstore8(sub(first, 1), div(sub(end, first), CREDIT_BYTES))
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
            end = SettledLine.begin(line, seller, volume);
            Walk memory walk = Walk(fragmentOf(seller), load(fragments, fragmentOf(seller)), seller);
            if (volume == 0 || walk.fragment.statusOf(laneOf(seller)) == STATUS_NONE) return (end, 0);
            _followMove(fragments, walk);
            (end, paidBps) = _pay(walk, _rowOf(rules, walk).rateBps(0), volume, end, _statusOf(walk) == STATUS_ACTIVE);
            bool byDifference = rules.terms.kind() == PLAN_BY_DIFFERENCE;
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
            SettledLine.finish(line, end);
        }
    }

    /// @dev Whether the distributor in hand has level (generation) `level`, is paid for it, and at what rate.
    function _level(
        Rules memory rules,
        Walk memory walk,
        uint256 level
    ) private pure returns (bool counts, bool isPaid, uint256 rate) {
        PlanTerms terms = rules.terms;
        uint256 rank = walk.fragment.rankOf(laneOf(walk.id));
        if (terms.kind() == PLAN_BY_GENERATION && rank < terms.boundaryRank()) return (false, false, 0);
        PlanRow row = _rowOf(rules, walk);
        bool isActive = _statusOf(walk) == STATUS_ACTIVE;
        isPaid = isActive && level < row.length();
        uint256 compression = terms.compression();
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
        return (isPaid || rules.terms.compression() == COMPRESSION_NONE, isPaid, own - highest);
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
            if (!isPaid) return (SettledLine.add(start, 0, 0), 0);
            walk.fragment = walk.fragment.credit(laneOf(walk.id), volume * rate);
            return (SettledLine.add(start, walk.id, rate), rate);
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
