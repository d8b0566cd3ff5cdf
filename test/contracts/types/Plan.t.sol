// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { BPS, BUYER_CLASSES, MAX_LEVELS, MAX_REACH, Plan } from "../../../contracts/types/Plan.sol";
import { PlanRow, packRow } from "../../../contracts/types/PlanRow.sol";
import { PlanTerms, packTerms } from "../../../contracts/types/PlanTerms.sol";
import { bound, eq } from "../Vm.sol";

contract PlanTest {
    function testFuzz_TermsComeBack(Plan memory plan, uint256 rows, uint256 total, uint40 start) external pure {
        plan.kind &= 15;
        plan.compression &= 15;
        plan.boundaryRank &= 15;
        plan.reach = uint16(bound(plan.reach, 0, MAX_REACH));
        plan.ceilingBps = uint16(bound(plan.ceilingBps, 0, BPS));
        for (uint256 i = 0; i < BUYER_CLASSES; ++i) plan.weightsBps[i] = uint16(bound(plan.weightsBps[i], 0, BPS));
        plan.ratesBps = new uint16[][](bound(rows, 0, 16));
        total = bound(total, 0, BPS);

        PlanTerms terms = packTerms(plan, total, start);
        eq(terms.kind(), plan.kind, "kind");
        eq(terms.compression(), plan.compression, "compression");
        eq(terms.boundaryRank(), plan.boundaryRank, "boundary rank");
        eq(terms.rows(), plan.ratesBps.length, "rows");
        eq(terms.ceilingBps(), plan.ceilingBps, "ceiling");
        eq(terms.maxTotalBps(), total, "most payable");
        eq(terms.startsAt(), start, "start");
        eq(terms.reach(), plan.reach, "reach");
        require(!terms.isCancelled() && terms.cancel().isCancelled(), "cancelled");
        eq(
            PlanTerms.unwrap(terms.cancel()) & ~(uint256(1) << 137),
            PlanTerms.unwrap(terms),
            "rest of a cancelled plan"
        );
        for (uint256 i = 0; i < BUYER_CLASSES; ++i) eq(terms.weightBps(i), plan.weightsBps[i], "weight");
    }

    function testFuzz_RowComesBack(uint16[] memory given, uint256 levels) external pure {
        uint16[] memory rates = new uint16[](bound(levels, 0, MAX_LEVELS + 1));
        for (uint256 i = 0; i < rates.length && i < given.length; ++i) rates[i] = uint16(bound(given[i], 0, BPS));
        PlanRow row = packRow(rates);
        eq(row.length(), rates.length, "levels");
        uint256 ladder = row.ladder();
        for (uint256 i = 0; i < rates.length; ++i) {
            eq(row.rateBps(i), rates[i], "rate");
            eq((ladder >> (14 * i)) & 0x3fff, rates[i], "step of the ladder");
        }
        eq(ladder >> (14 * rates.length), 0, "end of the ladder");
    }

    function testFuzz_IsPlainIfByLevelWithoutCompressionInOneRow(
        uint256 kind,
        uint256 compression,
        uint256 rows,
        uint256 total
    ) external pure {
        Plan memory plan;
        plan.kind = uint8(bound(kind, 0, 2));
        plan.compression = uint8(bound(compression, 0, 2));
        plan.boundaryRank = plan.kind == 2 ? 15 : 0;
        plan.ratesBps = new uint16[][](bound(rows, 1, 2));
        PlanTerms terms = packTerms(plan, bound(total, 0, BPS), type(uint40).max);
        bool wanted = plan.kind == 0 && plan.compression == 0 && plan.ratesBps.length == 1;
        require(terms.isPlain() == wanted, "plain");
    }

    function testFuzz_CountedIsTheWeightsShareRoundedDown(uint16 weight, uint32 volume) external pure {
        Plan memory plan;
        plan.weightsBps[1] = uint16(bound(weight, 0, BPS));
        uint256 counted = packTerms(plan, 0, 0).counted(1, volume);
        uint256 exact = uint256(volume) * plan.weightsBps[1];
        require(counted * BPS <= exact && exact < (counted + 1) * BPS, "counted volume");
        require(counted <= volume, "never more than the volume");
    }
}
