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
    STATUS_MASK,
    STATUS_SHIFT
} from "../types/Fragment.sol";
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
    LEVELS_BYTE,
    LINE_HEADER,
    RATES_TO_CREDITS,
    VOLUME_MASK,
    VOLUME_SHIFT
} from "../types/SettledLine.sol";
import { COUNTS_AT, PAID_AT, StandingTable } from "./StandingTable.sol";
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

    /// @dev Rank and status of a lane, times the 32 bytes of an entry of a table.
    uint256 private constant STANDING_OFFSET_SHIFT = 45;
    uint256 private constant STANDING_OFFSET_MASK = 0x7e0;

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

    /// @notice Pays sales by any plan of levels or generations. Writes the lines. Parameters as of `payPlain`.
    /// @dev In assembly for the same reason. What becomes of a distributor at each level follows from rank and status alone,
    /// which stand side by side in the fragment: those six bits are the index of a table that is worked out once.
    function payLevels(
        Fragment[1 << 24] storage fragments,
        Rules memory rules,
        uint256[] memory sales,
        uint256 start,
        bool commit
    ) internal returns (uint256 end, uint256 credited) {
        uint256 table = StandingTable.ofLevels(rules.terms, rules.rows);
        uint256 top = rules.top;
        uint256 reach = rules.terms.reach();
        // As in `payPlain`.
        assembly ("memory-safe") {
            end := start
            let sale := add(sales, 32)
            for {
                let sellersEnd := add(sale, shl(5, mload(sales)))
            } lt(sale, sellersEnd) {
                sale := add(sale, 32)
            } {
                let volume := and(mload(sale), VOLUME_MASK)
                let id := shr(32, mload(sale))
                let line := end
                mstore(end, shl(VOLUME_SHIFT, mload(sale)))
                end := add(end, LINE_HEADER)
                let word := sload(add(fragments.slot, shr(LANE_ID_BITS, id)))
                if mul(volume, and(shr(add(mul(and(id, LANE_ID_MASK), LANE_BITS), STATUS_SHIFT), word), STATUS_MASK)) {
                    let level := 0
                    let paidBps := 0
                    let looked := 0
                    let moved := 0
                    for {} 1 {} {
                        let shift := mul(and(id, LANE_ID_MASK), LANE_BITS)
                        // Status (2 bits) | rank (4), times the 32 bytes of an entry.
                        let rule := mload(
                            add(table, and(shr(add(shift, STANDING_OFFSET_SHIFT), word), STANDING_OFFSET_MASK))
                        )
                        if iszero(rule) {
                            // Moved: the id is in place of the balance.
                            if commit {
                                sstore(add(fragments.slot, shr(LANE_ID_BITS, id)), word)
                            }
                            id := and(shr(shift, word), ID_MASK)
                            word := sload(add(fragments.slot, shr(LANE_ID_BITS, id)))
                            moved := add(moved, 1)
                            continue
                        }
                        if and(shr(add(COUNTS_AT, level), rule), 1) {
                            let rate := and(shr(mul(level, RATE_BITS), rule), RATE_MASK)
                            word := add(word, shl(shift, mul(volume, rate)))
                            mstore(
                                end,
                                shl(
                                    CREDIT_SHIFT,
                                    mul(and(shr(add(PAID_AT, level), rule), 1), or(shl(RATE_BITS, id), rate))
                                )
                            )
                            end := add(end, CREDIT_BYTES)
                            paidBps := add(paidBps, rate)
                            level := add(level, 1)
                        }
                        let isDone := or(eq(level, top), iszero(lt(add(looked, moved), reach)))
                        looked := add(looked, 1)
                        let next := and(shr(FIRST_SPONSOR_SHIFT, word), ID_MASK)
                        if shift {
                            next := or(
                                and(id, FIRST_LANE_ID_MASK),
                                and(shr(add(shl(1, and(id, LANE_ID_MASK)), LANE_SPONSOR_SHIFT), word), LANE_ID_MASK)
                            )
                        }
                        if or(isDone, iszero(shift)) {
                            if commit {
                                sstore(add(fragments.slot, shr(LANE_ID_BITS, id)), word)
                            }
                            if or(isDone, iszero(next)) {
                                break
                            }
                            word := sload(add(fragments.slot, shr(LANE_ID_BITS, next)))
                        }
                        id := next
                    }
                    credited := add(credited, mul(volume, paidBps))
                    mstore8(add(line, LEVELS_BYTE), level)
                }
            }
        }
    }

    /// @notice Pays sales by a plan by difference of rank. Writes the lines. Parameters as of `payPlain`.
    function payDifferences(
        Fragment[1 << 24] storage fragments,
        Rules memory rules,
        uint256[] memory sales,
        uint256 start,
        bool commit
    ) internal returns (uint256 end, uint256 credited) {
        uint256 table = StandingTable.ofDifferences(rules.terms, rules.rows);
        uint256 top = rules.top;
        uint256 reach = rules.terms.reach();
        // As in `payPlain`.
        assembly ("memory-safe") {
            end := start
            let sale := add(sales, 32)
            for {
                let sellersEnd := add(sale, shl(5, mload(sales)))
            } lt(sale, sellersEnd) {
                sale := add(sale, 32)
            } {
                let volume := and(mload(sale), VOLUME_MASK)
                let id := shr(32, mload(sale))
                let line := end
                mstore(end, shl(VOLUME_SHIFT, mload(sale)))
                end := add(end, LINE_HEADER)
                let word := sload(add(fragments.slot, shr(LANE_ID_BITS, id)))
                if mul(volume, and(shr(add(mul(and(id, LANE_ID_MASK), LANE_BITS), STATUS_SHIFT), word), STATUS_MASK)) {
                    let highest := 0
                    let paidBps := 0
                    let looked := 0
                    let moved := 0
                    for {} 1 {} {
                        let shift := mul(and(id, LANE_ID_MASK), LANE_BITS)
                        let rule := mload(
                            add(table, and(shr(add(shift, STANDING_OFFSET_SHIFT), word), STANDING_OFFSET_MASK))
                        )
                        if iszero(rule) {
                            if commit {
                                sstore(add(fragments.slot, shr(LANE_ID_BITS, id)), word)
                            }
                            id := and(shr(shift, word), ID_MASK)
                            word := sload(add(fragments.slot, shr(LANE_ID_BITS, id)))
                            moved := add(moved, 1)
                            continue
                        }
                        switch looked
                        case 0 {
                            let rate := and(shr(RATE_BITS, rule), RATE_MASK)
                            word := add(word, shl(shift, mul(volume, rate)))
                            mstore(
                                end,
                                shl(CREDIT_SHIFT, mul(and(shr(PAID_AT, rule), 1), or(shl(RATE_BITS, id), rate)))
                            )
                            end := add(end, CREDIT_BYTES)
                            paidBps := rate
                        }
                        default {
                            let own := and(rule, RATE_MASK)
                            if gt(own, highest) {
                                let isPaid := and(shr(PAID_AT, rule), 1)
                                let rate := mul(isPaid, sub(own, highest))
                                word := add(word, shl(shift, mul(volume, rate)))
                                mstore(end, shl(CREDIT_SHIFT, mul(isPaid, or(shl(RATE_BITS, id), rate))))
                                end := add(end, CREDIT_BYTES)
                                paidBps := add(paidBps, rate)
                                highest := own
                            }
                        }
                        let isDone := or(eq(highest, top), iszero(lt(add(looked, moved), reach)))
                        looked := add(looked, 1)
                        let next := and(shr(FIRST_SPONSOR_SHIFT, word), ID_MASK)
                        if shift {
                            next := or(
                                and(id, FIRST_LANE_ID_MASK),
                                and(shr(add(shl(1, and(id, LANE_ID_MASK)), LANE_SPONSOR_SHIFT), word), LANE_ID_MASK)
                            )
                        }
                        if or(isDone, iszero(shift)) {
                            if commit {
                                sstore(add(fragments.slot, shr(LANE_ID_BITS, id)), word)
                            }
                            if or(isDone, iszero(next)) {
                                break
                            }
                            word := sload(add(fragments.slot, shr(LANE_ID_BITS, next)))
                        }
                        id := next
                    }
                    credited := add(credited, mul(volume, paidBps))
                    mstore8(add(line, LEVELS_BYTE), div(sub(sub(end, line), LINE_HEADER), CREDIT_BYTES))
                }
            }
        }
    }
}
