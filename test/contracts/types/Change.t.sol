// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Change, newChange } from "../../../contracts/types/Change.sol";
import { bound, eq } from "../Vm.sol";

contract ChangeTest {
    function testFuzz_ANewChangeComesBack(uint256 kind, bytes32 digest, uint32 size) external pure {
        kind = bound(kind, 1, 4);
        Change change = newChange(kind, digest, size);
        _same(change, kind, size, 0, false);
        require(change.matches(digest), "its content");
        require(!change.matches(digest ^ bytes32(uint256(1))), "another content");
    }

    function testFuzz_LayoutIsTheDocumentedOne(uint256 word) external pure {
        Change change = Change.wrap(word);
        _same(change, uint8(word >> 160), uint32(word >> 176), uint32(word >> 208), uint8(word >> 168) != 0);
        require(change.matches(bytes32(word)), "digest");
    }

    function testFuzz_CancellingTouchesNothingElse(uint256 word) external pure {
        Change cancelled = Change.wrap(word).cancel();
        require(cancelled.isCancelled(), "cancelled");
        uint256 others = ~(uint256(255) << 168);
        eq(Change.unwrap(cancelled) & others, word & others, "rest of the word");
    }

    function testFuzz_ProgressTouchesNothingElse(uint256 word, uint32 done) external pure {
        // What stands above the count of applied records is not used.
        word = uint256(uint240(word));
        Change applied = Change.wrap(word).withDone(done);
        eq(applied.done(), done, "done");
        uint256 others = ~(uint256(type(uint32).max) << 208);
        eq(Change.unwrap(applied) & others, word & others, "rest of the word");
    }

    function _same(Change change, uint256 kind, uint256 size, uint256 done, bool isCancelled) private pure {
        eq(change.kind(), kind, "kind");
        eq(change.size(), size, "size");
        eq(change.done(), done, "done");
        require(change.isCancelled() == isCancelled, "cancelled");
    }
}
