// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice How commissions are paid: data, announced in advance, named by its hash.
/// @dev Every amount is `volume in cents x rate in basis points`, which is exactly base units of a 6-decimal token.
/// TypeScript twin: packages/protocol/src/rules/plan.ts
struct Plan {
    /// Who up the line is paid: 0 each level, 1 each higher rank the difference to the one below, 2 each generation,
    /// that is, each distributor of the boundary rank or above.
    uint8 kind;
    /// What becomes of a level whose distributor is not paid. 0 none: it stays unpaid. 1 roll-up: somebody inactive
    /// does not count, the next active distributor has the level. 2 dynamic: neither does somebody whose rank does not
    /// reach it.
    uint8 compression;
    /// Rank from which a generation is counted, 1 to 15; 0 for other plans.
    uint8 boundaryRank;
    /// The most the plan may ever pay of a counted volume, in basis points.
    uint16 ceilingBps;
    /// Share of a purchase's volume that counts, in basis points, by buyer class: retail, preferred, self.
    uint16[3] weightsBps;
    /// Rates in basis points, a row for each rank from 0; ranks past the last row have the last. In a row the seller's
    /// own rate, then level (generation) 1 upward: a row with fewer levels does not reach the others. In a plan by
    /// difference a row has two: the seller's own and the whole rate of the rank.
    uint16[][] ratesBps;
}

/// @notice A plan's terms in one word, from the lowest bit: kind (4) | compression (4) | boundary rank (4) | rows (5) |
/// ceiling (14) | most payable (14) | weights of the three classes (14 each) | starts at (40).
type PlanTerms is uint256;

/// @notice A row of rates in one word: count (4 bits), then 14 bits for each level from level 0.
type PlanRow is uint256;

using {
    ceilingBps,
    maxTotalBps,
    startsAt,
    rowCount,
    kindOf,
    compressionOf,
    boundaryOf,
    weightBps,
    counted,
    isPlain
} for PlanTerms global;
using { length, rateBps, ladder } for PlanRow global;

uint8 constant PLAN_BY_LEVEL = 0;
uint8 constant PLAN_BY_DIFFERENCE = 1;
uint8 constant PLAN_BY_GENERATION = 2;
uint8 constant COMPRESSION_NONE = 0;
uint8 constant COMPRESSION_ROLL_UP = 1;
uint8 constant COMPRESSION_DYNAMIC = 2;

uint256 constant BPS = 10_000;
uint256 constant MAX_LEVELS = 10;
uint256 constant MAX_ROWS = 16;
uint256 constant MAX_RANK = 15;
/// @dev How many distributors above the seller are looked at, at most, so that a long line of distributors who do not
/// count cannot make a sale too dear to settle.
uint256 constant MAX_REACH = 64;
uint256 constant BUYER_CLASSES = 3;

uint256 constant RATE_MASK = (1 << 14) - 1;

function packTerms(Plan memory plan, uint256 maxTotal, uint256 start) pure returns (PlanTerms) {
    uint256 word = uint256(plan.kind) | (uint256(plan.compression) << 4) | (uint256(plan.boundaryRank) << 8);
    word |= (plan.ratesBps.length << 12) | (uint256(plan.ceilingBps) << 17) | (maxTotal << 31);
    for (uint256 i = 0; i < BUYER_CLASSES; ++i) word |= uint256(plan.weightsBps[i]) << (45 + 14 * i);
    return PlanTerms.wrap(word | (start << 87));
}

function packRow(uint16[] memory rates) pure returns (PlanRow) {
    uint256 word = rates.length;
    for (uint256 i = 0; i < rates.length; ++i) word |= uint256(rates[i]) << (4 + 14 * i);
    return PlanRow.wrap(word);
}

function kindOf(PlanTerms self) pure returns (uint8) {
    return uint8(PlanTerms.unwrap(self) & 15);
}

function compressionOf(PlanTerms self) pure returns (uint8) {
    return uint8((PlanTerms.unwrap(self) >> 4) & 15);
}

function boundaryOf(PlanTerms self) pure returns (uint8) {
    return uint8((PlanTerms.unwrap(self) >> 8) & 15);
}

function rowCount(PlanTerms self) pure returns (uint256) {
    return (PlanTerms.unwrap(self) >> 12) & 31;
}

function ceilingBps(PlanTerms self) pure returns (uint256) {
    return (PlanTerms.unwrap(self) >> 17) & RATE_MASK;
}

/// @notice The most this plan can pay of a counted volume, in basis points: what recording a sale reserves.
function maxTotalBps(PlanTerms self) pure returns (uint256) {
    return (PlanTerms.unwrap(self) >> 31) & RATE_MASK;
}

/// @notice Share of the volume that counts for `class`, in basis points. The caller has checked the class.
function weightBps(PlanTerms self, uint256 class) pure returns (uint256) {
    // Levels and classes are checked by the caller; cents x basis points fit 46 bits.
    unchecked {
        return (PlanTerms.unwrap(self) >> (45 + 14 * class)) & RATE_MASK;
    }
}

/// @notice Unix time from which new batches use the plan.
function startsAt(PlanTerms self) pure returns (uint256) {
    return uint40(PlanTerms.unwrap(self) >> 87);
}

/// @notice Counted volume: the weight's share of `volumeCents`, rounded down to a whole cent.
/// @dev The only rounding in the ledger. It happens once per sale, before any rate, so every payout stays exact.
function counted(PlanTerms self, uint256 class, uint256 volumeCents) pure returns (uint256) {
    // Levels and classes are checked by the caller; cents x basis points fit 46 bits.
    unchecked {
        return (volumeCents * weightBps(self, class)) / BPS;
    }
}

/// @notice Whether the plan needs no ranks: every level has its one rate, and whoever is not paid breaks the level.
function isPlain(PlanTerms self) pure returns (bool) {
    // Kind and compression are the lowest eight bits.
    return uint8(PlanTerms.unwrap(self)) == 0 && self.rowCount() == 1;
}

/// @notice How many levels the row pays, level 0 (the seller) included.
function length(PlanRow self) pure returns (uint256) {
    return PlanRow.unwrap(self) & 15;
}

/// @notice Rate of `level` in basis points.
function rateBps(PlanRow self, uint256 level) pure returns (uint256) {
    // Levels and classes are checked by the caller; cents x basis points fit 46 bits.
    unchecked {
        return (PlanRow.unwrap(self) >> (4 + 14 * level)) & RATE_MASK;
    }
}

/// @notice The rates alone, 14 bits for each level, the seller's lowest.
function ladder(PlanRow self) pure returns (uint256) {
    return PlanRow.unwrap(self) >> 4;
}
