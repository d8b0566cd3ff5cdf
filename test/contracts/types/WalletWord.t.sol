// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { WalletWord, newWalletWord } from "../../../contracts/types/WalletWord.sol";
import { bound, eq } from "../Vm.sol";

contract WalletWordTest {
    uint256 private constant MAX_ID = (1 << 26) - 1;

    function testFuzz_LayoutIsTheDocumentedOne(uint256 word) external pure {
        _same(
            WalletWord.wrap(word),
            word & MAX_ID,
            (word >> 26) & type(uint40).max,
            (word >> 66) & type(uint40).max,
            (word >> 106) & type(uint32).max
        );
    }

    function testFuzz_ANewWordHasIdAndTimeAlone(uint256 id, uint40 enrolled) external pure {
        id = bound(id, 1, MAX_ID);
        WalletWord word = newWalletWord(id, enrolled);
        _same(word, id, enrolled, 0, 0);
        eq(WalletWord.unwrap(word) >> 66, 0, "rest of the word");
    }

    function testFuzz_AnotherIdTouchesNothingElse(uint256 given, uint256 id) external pure {
        WalletWord word = WalletWord.wrap(given);
        id = bound(id, 1, MAX_ID);
        WalletWord other = word.withId(id);
        _same(other, id, word.enrolledAt(), word.heldUntil(), word.nonce());
        eq(WalletWord.unwrap(other) >> 26, given >> 26, "rest of the word");
    }

    function testFuzz_AHoldTouchesNothingElse(uint256 given, uint40 until) external pure {
        WalletWord word = WalletWord.wrap(given);
        WalletWord held = word.withHold(until);
        _same(held, word.id(), word.enrolledAt(), until, word.nonce());
        uint256 others = ~(uint256(type(uint40).max) << 66);
        eq(WalletWord.unwrap(held) & others, given & others, "rest of the word");
    }

    function testFuzz_TheNextNonceTouchesNothingElse(uint256 given, uint256 nonce) external pure {
        nonce = bound(nonce, 0, type(uint32).max - 1);
        WalletWord word = WalletWord.wrap((given & ~(uint256(type(uint32).max) << 106)) | (nonce << 106));
        WalletWord next = word.withNextNonce();
        _same(next, word.id(), word.enrolledAt(), word.heldUntil(), nonce + 1);
        eq(WalletWord.unwrap(next) >> 138, given >> 138, "rest of the word");
    }

    function testFuzz_LeavingTouchesNothingElse(uint256 given, uint32 change) external pure {
        WalletWord word = WalletWord.wrap(given);
        eq(word.leaving(), uint32(given >> 138), "leaving before");
        WalletWord leaving = word.withLeaving(change);
        eq(leaving.leaving(), change, "leaving");
        _same(leaving, word.id(), word.enrolledAt(), word.heldUntil(), word.nonce());
        uint256 others = ~(uint256(type(uint32).max) << 138);
        eq(WalletWord.unwrap(leaving) & others, given & others, "rest of the word");
    }

    function _same(WalletWord word, uint256 id, uint256 enrolled, uint256 held, uint256 nonce) private pure {
        eq(word.id(), id, "id");
        eq(word.enrolledAt(), enrolled, "enrolled at");
        eq(word.heldUntil(), held, "held until");
        eq(word.nonce(), nonce, "nonce");
    }
}
