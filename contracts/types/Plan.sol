// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice How commissions are paid: data, announced in advance, named by its hash.
/// @dev Every amount is `volume in cents x rate in basis points`, which is exactly base units of a 6-decimal token.
/// TypeScript twin: packages/protocol/src/rules/plan.ts
struct Plan {
    /// Who up the line is paid: 0 each level, 1 each higher rank the difference to the one below, 2 each generation,
    /// that is, each distributor of the boundary rank or above.
    uint8 kind;
    /// What becomes of a level whose distributor is not paid. 0 none: it stays unpaid. 1 roll-up: an inactive
    /// distributor is passed over, and the next active one has the level. 2 dynamic: so is a distributor whose rank
    /// does not reach it.
    uint8 compression;
    /// Rank from which a generation is counted, 1 to 15; 0 for other plans.
    uint8 boundaryRank;
    /// How many ids above the seller are looked at, at most, 64 to 1,000: a long line of distributors who do not count must
    /// not make a sale too dear to settle. The id of a distributor who has moved counts as one.
    uint16 reach;
    /// The most the plan may ever pay of a counted volume, in basis points.
    uint16 ceilingBps;
    /// Share of a purchase's volume that counts, in basis points, by buyer class: retail, preferred, self.
    uint16[3] weightsBps;
    /// Rates in basis points, a row for each rank from 0; ranks past the last row have the last. In a row the seller's
    /// own rate, then level (generation) 1 upward: a row with fewer levels does not reach the others. In a plan by
    /// difference a row has two: the seller's own and the whole rate of the rank.
    uint16[][] ratesBps;
}

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
uint256 constant MIN_REACH = 64;
uint256 constant MAX_REACH = 1000;
uint256 constant BUYER_CLASSES = 3;
