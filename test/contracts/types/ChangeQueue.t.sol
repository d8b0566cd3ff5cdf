// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ChangeQueue } from "../../../contracts/types/ChangeQueue.sol";
import { bound, eq } from "../Vm.sol";

contract ChangeQueueTest {
    uint256 private constant FIELDS = 7;

    function testFuzz_LayoutIsTheDocumentedOne(uint256 word) external pure {
        uint256[FIELDS] memory fields;
        for (uint256 i = 0; i < FIELDS; ++i) fields[i] = i < 6 ? uint32(word >> (32 * i)) : uint16(word >> 192);
        _same(ChangeQueue.wrap(word), fields);
    }

    function testFuzz_CountersCountAlone(uint256 seed, uint256 records) external pure {
        (ChangeQueue queue, uint256[FIELDS] memory fields) = _random(seed);
        records = bound(records, 0, 20_000);
        ++fields[0];
        _same(queue = queue.nextSettling(), fields);
        ++fields[1];
        _same(queue = queue.nextRecording(), fields);
        ++fields[2];
        _same(queue = queue.addEra(), fields);
        ++fields[3];
        _same(queue = queue.nextChange(), fields);
        ++fields[4];
        _same(queue = queue.addChange(), fields);
        fields[5] += records;
        _same(queue = queue.addStandings(records), fields);
        ++fields[6];
        _same(queue = queue.addCase(), fields);
        fields[5] -= records;
        _same(queue = queue.takeStandings(records), fields);
        --fields[6];
        _same(queue.takeCase(), fields);
    }

    /// @dev Any queue with room for the counters to count.
    function _random(uint256 seed) private pure returns (ChangeQueue queue, uint256[FIELDS] memory fields) {
        uint256 word = 0;
        for (uint256 i = 0; i < FIELDS; ++i) {
            fields[i] = uint256(keccak256(abi.encode(seed, i))) % ((i < 6 ? 1 << 32 : 1 << 16) - 20_001);
            word |= fields[i] << (32 * i);
        }
        queue = ChangeQueue.wrap(word);
    }

    function _same(ChangeQueue queue, uint256[FIELDS] memory fields) private pure {
        eq(queue.settling(), fields[0], "settling");
        eq(queue.recording(), fields[1], "recording");
        eq(queue.last(), fields[2], "last");
        eq(queue.next(), fields[3], "next");
        eq(queue.announced(), fields[4], "announced");
        eq(queue.standings(), fields[5], "standings");
        eq(queue.cases(), fields[6], "cases");
    }
}
