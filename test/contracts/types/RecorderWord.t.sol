// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {
    Allowance,
    COUNT_ALLOWANCE,
    MAX_COUNT_CAP,
    MAX_RECORDERS,
    MAX_SEQUENCE,
    MAX_UNIT_CAP,
    RETURNS_ALLOWANCE,
    RecorderWord,
    UNITS_ALLOWANCE,
    newRecorderWord
} from "../../../contracts/types/RecorderWord.sol";
import { bound, eq, vm } from "../Vm.sol";

contract RecorderWordTest {
    uint256 private constant SPENDS = 24;
    uint256 private constant START = 1_800_000_000;

    uint256 private _seed;
    uint256 private _time;

    function testFuzz_LayoutIsTheDocumentedOne(
        uint256 number,
        uint256 cap,
        uint256 countCap,
        uint256 batches
    ) external {
        vm.warp(START);
        number = bound(number, 1, MAX_RECORDERS);
        cap = bound(cap, 0, MAX_UNIT_CAP);
        countCap = bound(countCap, 0, MAX_COUNT_CAP);
        batches = bound(batches, 0, 8);
        RecorderWord word = newRecorderWord(number).withCaps(cap, countCap);
        for (uint256 i = 0; i < batches; ++i) word = word.withNextSequence();
        eq(word.number(), number, "number");
        eq(word.sequence(), batches, "sequence");
        eq(word.lastBatch(), ((number - 1) << 24) | batches, "last batch");
        eq(word.cap(), cap, "cap");
        eq(word.countCap(), countCap, "count cap");
        eq(RecorderWord.unwrap(word), number | (batches << 8) | (cap << 32) | (countCap << 82), "word");
        eq(this.left(word, UNITS_ALLOWANCE, 1 days), cap / 2, "units of a new recorder");
        eq(this.left(word, COUNT_ALLOWANCE, 1 days), countCap / 2, "count of a new recorder");
        eq(this.left(word, RETURNS_ALLOWANCE, 1 days), cap / 2, "returns of a new recorder");
    }

    function test_TheLastSequenceKeepsToItsBits() external pure {
        RecorderWord word = RecorderWord.wrap(7 | ((MAX_SEQUENCE - 1) << 8)).withNextSequence();
        eq(word.sequence(), MAX_SEQUENCE, "last sequence");
        eq(word.cap(), 0, "cap");
    }

    /// @notice Whatever is spent when, no stretch of one period lets more than the cap through.
    function testFuzz_NoStretchOfAPeriodLetsMoreThanTheCapThrough(uint256 seed) external {
        _seed = seed;
        vm.warp(_time = START);
        uint256 period = 1 hours + _random(90 days - 1 hours + 1);
        Allowance which = [UNITS_ALLOWANCE, COUNT_ALLOWANCE, RETURNS_ALLOWANCE][_random(3)];
        uint256 cap = _cap(which);
        RecorderWord word = newRecorderWord(1).withCaps(cap, cap & MAX_COUNT_CAP);
        uint256[] memory times = new uint256[](SPENDS);
        uint256[] memory amounts = new uint256[](SPENDS);
        for (uint256 i = 0; i < SPENDS; ++i) {
            // At once, a moment later, or up to somewhat more than a period.
            uint256 pause = [0, 1, 1 + _random(period / 4), 1 + _random(period + period / 4)][_random(4)];
            vm.warp(_time += pause);
            uint256 rest = this.left(word, which, period);
            uint256 amount = [rest, rest, 1 + rest / 2, 1, _random(cap + 2)][_random(5)];
            if (amount == 0) continue;
            (bool isLeft, RecorderWord spent) = this.spend(word, which, period, amount);
            require(isLeft == (amount <= rest), "the view agrees with what can be spent");
            if (!isLeft) {
                eq(RecorderWord.unwrap(spent), RecorderWord.unwrap(word), "a refused word");
                continue;
            }
            require(this.left(spent, which, period) <= rest - amount, "spent is spent");
            _sameBut(word, spent, which);
            word = spent;
            (times[i], amounts[i]) = (_time, amount);
        }
        for (uint256 first = 0; first < SPENDS; ++first) {
            uint256 sum = 0;
            for (uint256 i = first; i < SPENDS && times[i] <= times[first] + period; ++i) sum += amounts[i];
            require(times[first] == 0 || sum <= cap, "more than the cap in a period");
        }
    }

    /// @notice After a period without use the whole half is there again, never more.
    function testFuzz_APeriodFillsTheBucket(uint256 seed, uint256 amount) external {
        _seed = seed;
        vm.warp(_time = START);
        uint256 period = 1 hours + _random(90 days);
        uint256 cap = _cap(UNITS_ALLOWANCE);
        RecorderWord word = newRecorderWord(1).withCaps(cap, 0);
        (bool isLeft, RecorderWord spent) = this.spend(word, UNITS_ALLOWANCE, period, bound(amount, 0, cap / 2));
        require(isLeft, "half at once");
        vm.warp(_time += period);
        eq(this.left(spent, UNITS_ALLOWANCE, period), cap / 2, "whole again");
        vm.warp(_time += 10 * period);
        eq(this.left(spent, UNITS_ALLOWANCE, period), cap / 2, "never more");
    }

    /// @notice Other caps give nothing back: of each allowance the same part stays used, and without a cap nothing passes.
    function testFuzz_OtherCapsKeepWhatIsUsed(uint256 seed) external {
        _seed = seed;
        vm.warp(_time = START);
        uint256 period = 1 hours + _random(90 days);
        uint256 cap = 2 + _random(MAX_UNIT_CAP - 1);
        RecorderWord word = newRecorderWord(1).withCaps(cap, MAX_COUNT_CAP);
        (, word) = this.spend(word, UNITS_ALLOWANCE, period, cap / 2);
        eq(this.left(word, UNITS_ALLOWANCE, period), 0, "nothing left");
        RecorderWord raised = word.withCaps(MAX_UNIT_CAP, MAX_COUNT_CAP);
        eq(this.left(raised, UNITS_ALLOWANCE, period), 0, "a higher cap gives nothing at once");
        RecorderWord ended = word.withCaps(0, 0);
        (bool isLeft, ) = this.spend(ended, UNITS_ALLOWANCE, period, 1);
        require(!isLeft && this.left(ended, UNITS_ALLOWANCE, period) == 0, "without a cap");
        (isLeft, ) = this.spend(ended, UNITS_ALLOWANCE, period, 0);
        require(isLeft, "nothing can always be spent");
        eq(ended.sequence(), word.sequence(), "sequence");
    }

    /// @dev Calls of their own, because the compiler may read the time once for a whole call.
    function left(RecorderWord word, Allowance which, uint256 period) external view returns (uint256) {
        return word.left(which, period);
    }

    function spend(
        RecorderWord word,
        Allowance which,
        uint256 period,
        uint256 amount
    ) external view returns (bool, RecorderWord) {
        return word.spend(which, period, amount);
    }

    function _cap(Allowance which) private returns (uint256) {
        uint256 most = Allowance.unwrap(which) == Allowance.unwrap(COUNT_ALLOWANCE) ? MAX_COUNT_CAP : MAX_UNIT_CAP;
        return [2 + _random(100), 2 + _random(1 << 20), most - _random(100)][_random(3)];
    }

    function _sameBut(RecorderWord one, RecorderWord other, Allowance which) private pure {
        uint256 others = ~(((uint256(1) << 48) - 1) << Allowance.unwrap(which));
        eq(RecorderWord.unwrap(one) & others, RecorderWord.unwrap(other) & others, "rest of the word");
    }

    function _random(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }
}
