// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title RecorderWord
/// @notice A recorder in one storage word: its number, how many batches it has recorded, its caps, and how far it has used
/// them.
/// @dev Bits, from the lowest:
///
///     0..7     number     1 to 127; the zero word is nobody's
///     8..31    sequence   batches recorded so far
///     32..81   cap        units that may be reserved in a period
///     82..105  count cap  distributors and sales that may be recorded in a period
///     106..153 units      when the allowance of units is whole again
///     154..201 count      when that of distributors and sales is
///     202..249 returns    when that of units freed by reversals is
///
/// An allowance is a bucket that holds half the cap and fills evenly in one period, so that no stretch of one period lets
/// more than the cap through: half from what the bucket held, half from what filled it meanwhile. What is left follows
/// from the time at which the bucket is whole again, kept in 256ths of a second so that small amounts spent often lose
/// nothing to rounding.
type RecorderWord is uint256;

using RecorderWords for RecorderWord global;

uint256 constant MAX_RECORDERS = 127;
uint256 constant MAX_SEQUENCE = (1 << 24) - 1;
uint256 constant MAX_UNIT_CAP = (1 << 50) - 1;
uint256 constant MAX_COUNT_CAP = (1 << 24) - 1;
/// @dev The bits of a batch's number that are its sequence; its recorder's number, less 1, stands above them.
uint256 constant SEQUENCE_BITS = 24;

/// @notice The allowances of a recorder, by where they stand in its word.
type Allowance is uint256;
Allowance constant UNITS_ALLOWANCE = Allowance.wrap(106);
Allowance constant COUNT_ALLOWANCE = Allowance.wrap(154);
Allowance constant RETURNS_ALLOWANCE = Allowance.wrap(202);

/// @notice What a recorder's word says, and the word after a change.
library RecorderWords {
    uint256 private constant SEQUENCE_AT = 8;
    uint256 private constant CAP_AT = 32;
    uint256 private constant COUNT_CAP_AT = 82;
    uint256 private constant CAPS_MASK = ((1 << 106) - 1) & ~((uint256(1) << CAP_AT) - 1);
    uint256 private constant TIME_MASK = (1 << 48) - 1;
    uint256 private constant TICKS = 256;

    /// @notice The recorder's number; 0 for nobody.
    function number(RecorderWord self) internal pure returns (uint256) {
        return uint8(RecorderWord.unwrap(self));
    }

    /// @notice Batches recorded so far.
    function sequence(RecorderWord self) internal pure returns (uint256) {
        return uint24(RecorderWord.unwrap(self) >> SEQUENCE_AT);
    }

    /// @notice Units that may be reserved, and as many freed by reversals, in a period.
    function cap(RecorderWord self) internal pure returns (uint256) {
        return (RecorderWord.unwrap(self) >> CAP_AT) & MAX_UNIT_CAP;
    }

    /// @notice Distributors and sales that may be recorded in a period.
    function countCap(RecorderWord self) internal pure returns (uint256) {
        return (RecorderWord.unwrap(self) >> COUNT_CAP_AT) & MAX_COUNT_CAP;
    }

    /// @notice The number of the batch that the recorder has recorded last.
    function lastBatch(RecorderWord self) internal pure returns (uint256) {
        return ((self.number() - 1) << SEQUENCE_BITS) | self.sequence();
    }

    /// @notice The word after another batch.
    function withNextSequence(RecorderWord self) internal pure returns (RecorderWord) {
        return RecorderWord.wrap(RecorderWord.unwrap(self) + (1 << SEQUENCE_AT));
    }

    /// @notice The word with other caps; of each allowance the same part stays used.
    function withCaps(RecorderWord self, uint256 unitCap, uint256 newCountCap) internal pure returns (RecorderWord) {
        uint256 others = RecorderWord.unwrap(self) & ~CAPS_MASK;
        return RecorderWord.wrap(others | (unitCap << CAP_AT) | (newCountCap << COUNT_CAP_AT));
    }

    /// @notice What is left of an allowance now.
    function left(RecorderWord self, Allowance which, uint256 period) internal view returns (uint256) {
        uint256 whole = period * TICKS;
        uint256 missing = _wholeAgain(self, which) - block.timestamp * TICKS;
        return missing < whole ? ((whole - missing) * _half(self, which)) / whole : 0;
    }

    /// @notice The word after `amount` is spent of an allowance, if that much is left.
    function spend(
        RecorderWord self,
        Allowance which,
        uint256 period,
        uint256 amount
    ) internal view returns (bool isLeft, RecorderWord) {
        if (amount == 0) return (true, self);
        uint256 half = _half(self, which);
        // Amounts are below 2^64 and a period below 2^23 seconds; a time fits its 48 bits.
        unchecked {
            uint256 whole = period * TICKS;
            if (amount > half) return (false, self);
            uint256 wholeAt = _wholeAgain(self, which) + (amount * whole + half - 1) / half;
            if (wholeAt > block.timestamp * TICKS + whole) return (false, self);
            uint256 shift = Allowance.unwrap(which);
            return (true, RecorderWord.wrap((RecorderWord.unwrap(self) & ~(TIME_MASK << shift)) | (wholeAt << shift)));
        }
    }

    function _half(RecorderWord self, Allowance which) private pure returns (uint256) {
        bool ofCount = Allowance.unwrap(which) == Allowance.unwrap(COUNT_ALLOWANCE);
        return (ofCount ? self.countCap() : self.cap()) / 2;
    }

    /// @dev When the bucket is whole again, in ticks; now if it is.
    function _wholeAgain(RecorderWord self, Allowance which) private view returns (uint256) {
        unchecked {
            uint256 wholeAt = (RecorderWord.unwrap(self) >> Allowance.unwrap(which)) & TIME_MASK;
            uint256 nowTicks = block.timestamp * TICKS;
            return wholeAt > nowTicks ? wholeAt : nowTicks;
        }
    }
}

/// @notice The word of a new recorder.
function newRecorderWord(uint256 number) pure returns (RecorderWord) {
    return RecorderWord.wrap(number);
}
