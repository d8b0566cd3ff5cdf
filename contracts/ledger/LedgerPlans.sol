// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRoles } from "./LedgerRoles.sol";
import { ICommissionLedger } from "../interfaces/ICommissionLedger.sol";
import { Journal } from "../libraries/Journal.sol";
import {
    BPS,
    BUYER_CLASSES,
    COMPRESSION_NONE,
    MAX_LEVELS,
    PLAN_BY_LEVEL,
    Plan,
    PlanRow,
    PlanTerms,
    packRow,
    packTerms
} from "../types/Plan.sol";
import { MAX_PLANS, Totals } from "../types/Totals.sol";

/// @title LedgerPlans
/// @notice Plans by version: announced with notice, checked against their own ceiling, never changed.
abstract contract LedgerPlans is LedgerRoles {
    /// @inheritdoc ICommissionLedger
    function announcePlan(Plan calldata plan) external onlyRole(DEFAULT_ADMIN_ROLE) returns (uint256 version) {
        return _announce(plan, block.timestamp + _terms().planNotice);
    }

    /// @inheritdoc ICommissionLedger
    function planOf(uint256 version) external view returns (Plan memory plan, uint256 startsAt, bytes32 hash) {
        if (version == 0 || version > _totals.planCount()) revert UnknownPlan(version);
        PlanTerms planTerms = _planTerms(version);
        plan.kind = planTerms.kindOf();
        plan.compression = planTerms.compressionOf();
        plan.boundaryRank = planTerms.boundaryOf();
        plan.ceilingBps = uint16(planTerms.ceilingBps());
        for (uint256 class = 0; class < BUYER_CLASSES; ++class) {
            plan.weightsBps[class] = uint16(planTerms.weightBps(class));
        }
        plan.ratesBps = new uint16[][](planTerms.rowCount());
        for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
            PlanRow rates = _planRow(version, row);
            plan.ratesBps[row] = new uint16[](rates.length());
            for (uint256 level = 0; level < plan.ratesBps[row].length; ++level) {
                plan.ratesBps[row][level] = uint16(rates.rateBps(level));
            }
        }
        return (plan, planTerms.startsAt(), keccak256(abi.encode(plan)));
    }

    /// @inheritdoc ICommissionLedger
    function currentPlan() external view returns (uint256) {
        return _adoptDue(_totals).planInForce();
    }

    /// @dev Puts the newest plan in force whose time has come. Versions start in order, because each is announced later
    /// than the one before with the same notice.
    function _adoptDue(Totals totals) internal view returns (Totals) {
        uint256 version = totals.planInForce();
        uint256 plans = totals.planCount();
        while (version < plans && _planTerms(version + 1).startsAt() <= block.timestamp) ++version;
        return version == totals.planInForce() ? totals : totals.adopt(version);
    }

    function _planTerms(uint256 version) internal view returns (PlanTerms) {
        return PlanTerms.wrap(_plans[version][0]);
    }

    function _planRow(uint256 version, uint256 row) internal view returns (PlanRow) {
        return PlanRow.wrap(_plans[version][1 + row]);
    }

    function _announce(Plan memory plan, uint256 startsAt) internal returns (uint256 version) {
        uint256 total = _checkPlan(plan);
        Totals totals = _totals.addPlan();
        version = totals.planCount();
        // The count wraps to 0 past the last plan.
        if (version == 0) revert TooManyPlans(MAX_PLANS);
        _plans[version][0] = PlanTerms.unwrap(packTerms(plan, total, startsAt));
        for (uint256 row = 0; row < plan.ratesBps.length; ++row) {
            _plans[version][1 + row] = PlanRow.unwrap(packRow(plan.ratesBps[row]));
        }
        bytes32 hash = keccak256(abi.encode(plan));
        bytes32 newHead = Journal.planAnnounced(_head, version, startsAt, hash);
        _commit(newHead, totals, 1);
        emit PlanAnnounced(version, hash, startsAt, plan, newHead);
    }

    /// @dev The most the plan can pay, in basis points, if it is a plan at all.
    function _checkPlan(Plan memory plan) private pure returns (uint256 total) {
        if (plan.kind != PLAN_BY_LEVEL) revert UnknownPlanKind(plan.kind);
        if (plan.compression != COMPRESSION_NONE) revert UnknownCompression(plan.compression);
        if (plan.boundaryRank != 0) revert BoundaryRankUnused(plan.boundaryRank);
        if (plan.ceilingBps > BPS) revert BpsAboveWhole(plan.ceilingBps);
        for (uint256 class = 0; class < BUYER_CLASSES; ++class) {
            if (plan.weightsBps[class] > BPS) revert BpsAboveWhole(plan.weightsBps[class]);
        }
        if (plan.ratesBps.length != 1) revert PlanRowsOutOfRange(plan.ratesBps.length, 1);
        uint16[] memory rates = plan.ratesBps[0];
        if (rates.length == 0 || rates.length > MAX_LEVELS + 1)
            revert PlanLevelsOutOfRange(rates.length, MAX_LEVELS + 1);
        for (uint256 level = 0; level < rates.length; ++level) {
            if (rates[level] > BPS) revert BpsAboveWhole(rates[level]);
            total += rates[level];
        }
        if (total > plan.ceilingBps) revert CeilingExceeded(total, plan.ceilingBps);
    }
}
