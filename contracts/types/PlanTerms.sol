// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BPS, BUYER_CLASSES, Plan } from "./Plan.sol";
import { RATE_BITS, RATE_MASK } from "./PlanRow.sol";

/// @notice A plan's terms in one word, from the lowest bit: kind (4) | compression (4) | boundary rank (4) | rows (5) |
/// ceiling (14) | most payable (14) | weights of the three classes (14 each) | starts at (40) |
/// reach (10) | cancelled (1).
type PlanTerms is uint256;

using PlanTermsLib for PlanTerms global;

function packTerms(Plan memory plan, uint256 maxTotal, uint256 start) pure returns (PlanTerms) {
    uint256 word = uint256(plan.kind) | (uint256(plan.compression) << 4) | (uint256(plan.boundaryRank) << 8);
    word |= (plan.ratesBps.length << 12) | (uint256(plan.ceilingBps) << 17) | (maxTotal << 31);
    for (uint256 i = 0; i < BUYER_CLASSES; ++i) word |= uint256(plan.weightsBps[i]) << (45 + RATE_BITS * i);
    return PlanTerms.wrap(word | (start << 87) | (uint256(plan.reach) << 127));
}

/// @title PlanTermsLib
/// @notice Reads a plan's terms.
library PlanTermsLib {
    function kind(PlanTerms self) internal pure returns (uint8) {
        return uint8(PlanTerms.unwrap(self) & 15);
    }

    function compression(PlanTerms self) internal pure returns (uint8) {
        return uint8((PlanTerms.unwrap(self) >> 4) & 15);
    }

    function boundaryRank(PlanTerms self) internal pure returns (uint8) {
        return uint8((PlanTerms.unwrap(self) >> 8) & 15);
    }

    function rows(PlanTerms self) internal pure returns (uint256) {
        return (PlanTerms.unwrap(self) >> 12) & 31;
    }

    function ceilingBps(PlanTerms self) internal pure returns (uint256) {
        return (PlanTerms.unwrap(self) >> 17) & RATE_MASK;
    }

    /// @notice The most this plan can pay of a counted volume, in basis points: what recording a sale reserves.
    function maxTotalBps(PlanTerms self) internal pure returns (uint256) {
        return (PlanTerms.unwrap(self) >> 31) & RATE_MASK;
    }

    /// @notice Share of the volume that counts for `class`, in basis points. The caller has checked the class.
    function weightBps(PlanTerms self, uint256 class) internal pure returns (uint256) {
        // Levels and classes are checked by the caller; cents x basis points fit 46 bits.
        unchecked {
            return (PlanTerms.unwrap(self) >> (45 + RATE_BITS * class)) & RATE_MASK;
        }
    }

    /// @notice Unix time from which new batches use the plan.
    function startsAt(PlanTerms self) internal pure returns (uint256) {
        return uint40(PlanTerms.unwrap(self) >> 87);
    }

    /// @notice How many ids above the seller a walk looks at, at most.
    function reach(PlanTerms self) internal pure returns (uint256) {
        return (PlanTerms.unwrap(self) >> 127) & 1023;
    }

    /// @notice Whether the plan was cancelled before it started.
    function isCancelled(PlanTerms self) internal pure returns (bool) {
        return (PlanTerms.unwrap(self) >> 137) & 1 == 1;
    }

    /// @notice The terms of a plan that was cancelled.
    function cancel(PlanTerms self) internal pure returns (PlanTerms) {
        return PlanTerms.wrap(PlanTerms.unwrap(self) | (1 << 137));
    }

    /// @notice Counted volume: the weight's share of `volumeCents`, rounded down to a whole cent.
    /// @dev The only rounding in the ledger. It happens once per sale, before any rate, so every payout stays exact.
    function counted(PlanTerms self, uint256 class, uint256 volumeCents) internal pure returns (uint256) {
        // Levels and classes are checked by the caller; cents x basis points fit 46 bits.
        unchecked {
            return (volumeCents * self.weightBps(class)) / BPS;
        }
    }

    /// @notice Whether the plan needs no ranks: every level has its one rate, and whoever is not paid breaks the level.
    function isPlain(PlanTerms self) internal pure returns (bool) {
        // Kind and compression are the lowest eight bits.
        return uint8(PlanTerms.unwrap(self)) == 0 && self.rows() == 1;
    }
}
