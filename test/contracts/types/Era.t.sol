// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Era, newEra } from "../../../contracts/types/Era.sol";
import { bound, eq } from "../Vm.sol";

contract EraTest {
    function testFuzz_LayoutIsTheDocumentedOne(uint256 word) external pure {
        _same(Era.wrap(word), uint40(word), uint32(word >> 40), uint32(word >> 72));
    }

    function testFuzz_BatchesAreCountedAlone(uint40 startsAt, uint256 open, uint32 change) external pure {
        open = bound(open, 0, type(uint32).max - 1);
        Era era = newEra(startsAt);
        _same(era, startsAt, 0, 0);
        era = Era.wrap(Era.unwrap(era) | (open << 40)).withLastChange(change);
        _same(era, startsAt, open, change);
        _same(era.withBatch(), startsAt, open + 1, change);
        eq(Era.unwrap(era.withBatch().withoutBatch()), Era.unwrap(era), "counted out again");
        _same(era.withLastChange(~change), startsAt, open, ~change);
    }

    function _same(Era era, uint256 startsAt, uint256 open, uint256 lastChange) private pure {
        eq(era.startsAt(), startsAt, "starts at");
        eq(era.open(), open, "open");
        eq(era.lastChange(), lastChange, "last change");
    }
}
