// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRoles } from "./LedgerRoles.sol";
import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { Journal } from "../libraries/Journal.sol";
import {
    BPS,
    BUYER_CLASSES,
    COMPRESSION_DYNAMIC,
    COMPRESSION_ROLL_UP,
    MAX_LEVELS,
    MAX_RANK,
    MAX_REACH,
    MAX_ROWS,
    MIN_REACH,
    PLAN_BY_DIFFERENCE,
    PLAN_BY_GENERATION,
    Plan
} from "../types/Plan.sol";
import { PlanRow, packRow } from "../types/PlanRow.sol";
import { PlanTerms, packTerms } from "../types/PlanTerms.sol";
import { MAX_PLANS, Totals } from "../types/Totals.sol";

/// @title LedgerPlans
/// @notice Plans by version: announced with notice, checked against their own ceiling, never changed.
abstract contract LedgerPlans is LedgerRoles {
    /// @dev Every batch recorded looks at the pending plans whose time has come, so they must be few.
    uint256 internal constant MAX_PENDING_PLANS = 8;

    /// @inheritdoc ILedgerPowers
    function announcePlan(Plan calldata plan) external onlyRole(DEFAULT_ADMIN_ROLE) returns (uint256 version) {
        return _announce(plan, block.timestamp + _terms().planNotice);
    }

    /// @inheritdoc ILedgerPowers
    function cancelPlan(uint256 version) external {
        if (!hasRole(GUARDIAN_ROLE, msg.sender) && msg.sender != defaultAdmin()) revert NotGuardian(msg.sender);
        if (version == 0 || version > _totals.plans()) revert UnknownPlan(version);
        PlanTerms planTerms = _planTerms(version);
        bool isPending = planTerms.startsAt() > block.timestamp && !planTerms.isCancelled();
        if (!isPending) revert PlanNotPending(version);
        _plans[version][0] = PlanTerms.unwrap(planTerms.cancel());
        bytes32 newHead = Journal.planCancelled(_head, version);
        _commit(newHead, _totals, 1);
        emit PlanCancelled(version, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function isPlanCancelled(uint256 version) external view returns (bool) {
        return _planTerms(version).isCancelled();
    }

    /// @inheritdoc ILedgerPowers
    function planOf(uint256 version) external view returns (Plan memory plan, uint256 startsAt, bytes32 hash) {
        if (version == 0 || version > _totals.plans()) revert UnknownPlan(version);
        PlanTerms planTerms = _planTerms(version);
        plan.kind = planTerms.kind();
        plan.compression = planTerms.compression();
        plan.boundaryRank = planTerms.boundaryRank();
        plan.reach = uint16(planTerms.reach());
        plan.ceilingBps = uint16(planTerms.ceilingBps());
        for (uint256 class = 0; class < BUYER_CLASSES; ++class) {
            plan.weightsBps[class] = uint16(planTerms.weightBps(class));
        }
        plan.ratesBps = new uint16[][](planTerms.rows());
        for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
            PlanRow rates = _planRow(version, row);
            plan.ratesBps[row] = new uint16[](rates.length());
            for (uint256 level = 0; level < plan.ratesBps[row].length; ++level) {
                plan.ratesBps[row][level] = uint16(rates.rateBps(level));
            }
        }
        return (plan, planTerms.startsAt(), keccak256(abi.encode(plan)));
    }

    /// @inheritdoc ILedgerPowers
    function currentPlan() external view returns (uint256) {
        return _adoptDue(_totals).plan();
    }

    function _announce(Plan memory plan, uint256 startsAt) internal returns (uint256 version) {
        uint256 total = _checkPlan(plan);
        Totals totals = _adoptDue(_totals);
        if (totals.plans() == MAX_PLANS) revert TooManyPlans(MAX_PLANS);
        if (totals.plans() - totals.due() >= MAX_PENDING_PLANS) revert TooManyPlansPending(MAX_PENDING_PLANS);
        totals = totals.addPlan();
        version = totals.plans();
        _plans[version][0] = PlanTerms.unwrap(packTerms(plan, total, startsAt));
        for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
            _plans[version][1 + row] = PlanRow.unwrap(packRow(plan.ratesBps[row]));
        }
        bytes32 hash = keccak256(abi.encode(plan));
        bytes32 newHead = Journal.planAnnounced(_head, version, startsAt, hash);
        _commit(newHead, totals, 1);
        emit PlanAnnounced(version, hash, startsAt, plan, newHead);
    }

    /// @dev The most the plan can pay, in basis points, if it is a plan at all: each level at its best rate.
    function _checkPlan(Plan memory plan) private pure returns (uint256 total) {
        if (plan.kind > PLAN_BY_GENERATION) revert UnknownPlanKind(plan.kind);
        bool byDifference = plan.kind == PLAN_BY_DIFFERENCE;
        // By difference, a distributor either counts or does not: there is no level that a rank does not reach.
        if (plan.compression > (byDifference ? COMPRESSION_ROLL_UP : COMPRESSION_DYNAMIC)) {
            revert UnknownCompression(plan.compression);
        }
        (uint256 least, uint256 most) = plan.kind == PLAN_BY_GENERATION ? (1, MAX_RANK) : (0, 0);
        if (plan.boundaryRank < least || plan.boundaryRank > most) {
            revert BoundaryRankOutOfRange(plan.boundaryRank, least, most);
        }
        if (plan.reach < MIN_REACH || plan.reach > MAX_REACH) {
            revert ReachOutOfRange(plan.reach, MIN_REACH, MAX_REACH);
        }
        if (plan.ceilingBps > BPS) revert BpsAboveWhole(plan.ceilingBps);
        for (uint256 class = 0; class < BUYER_CLASSES; ++class) {
            if (plan.weightsBps[class] > BPS) revert BpsAboveWhole(plan.weightsBps[class]);
        }
        uint16[][] memory rows = plan.ratesBps;
        if (rows.length == 0 || rows.length > MAX_ROWS) revert PlanRowsOutOfRange(rows.length, MAX_ROWS);
        uint256[] memory best = new uint256[](MAX_LEVELS + 1);
        (least, most) = byDifference ? (2, 2) : (1, MAX_LEVELS + 1);
        for (uint256 row = 0; row < rows.length; ++row) {
            uint256 levels = rows[row].length;
            if (levels < least || levels > most) revert PlanLevelsOutOfRange(levels, most);
            for (uint256 level = 0; level < levels; ++level) {
                uint256 rate = rows[row][level];
                if (rate > BPS) revert BpsAboveWhole(rate);
                if (rate > best[level]) {
                    total += rate - best[level];
                    best[level] = rate;
                }
            }
        }
        if (total > plan.ceilingBps) revert CeilingExceeded(total, plan.ceilingBps);
    }
}
