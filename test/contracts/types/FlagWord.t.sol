// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { FlagWord, newFlagWord } from "../../../contracts/types/FlagWord.sol";
import { bound, eq, vm } from "../Vm.sol";

contract FlagWordTest {
    function testFuzz_LayoutIsTheDocumentedOne(uint256 word) external pure {
        FlagWord flag = FlagWord.wrap(word);
        eq(flag.outcome(), uint8(word), "outcome");
        eq(flag.reviewBy(), uint40(word >> 8), "review by");
        eq(flag.subject(), uint48(word >> 48), "subject");
        eq(flag.subjectKind(), uint8(word >> 96), "kind of the subject");
        require(flag.isAnswered() == (uint8(word >> 104) != 0), "answered");
    }

    function testFuzz_AFlagIsOpenUntilItIsDecidedOrItsDateComes(
        uint256 kind,
        uint48 subject,
        uint256 reviewBy,
        uint256 outcome
    ) external {
        kind = bound(kind, 0, 1);
        reviewBy = bound(reviewBy, 1_800_000_001, 1_900_000_000);
        outcome = bound(outcome, 1, 3);
        FlagWord flag = newFlagWord(kind, subject, reviewBy);
        _same(flag, kind, subject, reviewBy, 0, false);
        _same(flag.answered(), kind, subject, reviewBy, 0, true);
        _same(flag.answered().withOutcome(outcome), kind, subject, reviewBy, outcome, true);
        vm.warp(reviewBy - 1);
        require(this.isOpen(flag) && this.isOpen(flag.answered()), "open");
        require(!this.isOpen(flag.withOutcome(outcome)), "decided");
        vm.warp(reviewBy);
        require(!this.isOpen(flag), "over");
    }

    /// @dev A call of its own, because the compiler may read the time once for a whole call.
    function isOpen(FlagWord flag) external view returns (bool) {
        return flag.isOpen();
    }

    function _same(
        FlagWord flag,
        uint256 kind,
        uint256 subject,
        uint256 reviewBy,
        uint256 outcome,
        bool isAnswered
    ) private pure {
        eq(flag.subjectKind(), kind, "kind of the subject");
        eq(flag.subject(), subject, "subject");
        eq(flag.reviewBy(), reviewBy, "review by");
        eq(flag.outcome(), outcome, "outcome");
        require(flag.isAnswered() == isAnswered, "answered");
    }
}
