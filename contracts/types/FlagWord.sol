// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title FlagWord
/// @notice A flag in one storage word.
/// @dev Bits, from the lowest: outcome (8) | review by (40) | distributor or sale (48) | kind of that (8) | answered (8).
type FlagWord is uint256;

using FlagWordLib for FlagWord global;

uint256 constant SUBJECT_DISTRIBUTOR = 0;
uint256 constant SUBJECT_SALE = 1;

function newFlagWord(uint256 subjectKind, uint256 subject, uint256 reviewBy) pure returns (FlagWord) {
    return FlagWord.wrap((reviewBy << 8) | (subject << 48) | (subjectKind << 96));
}

/// @title FlagWordLib
/// @notice Reads and changes a `FlagWord`.
library FlagWordLib {
    uint256 private constant REVIEW_AT = 8;
    uint256 private constant SUBJECT_AT = 48;
    uint256 private constant KIND_AT = 96;
    uint256 private constant ANSWERED_AT = 104;

    /// @notice 0 while no outcome was given.
    function outcome(FlagWord self) internal pure returns (uint256) {
        return uint8(FlagWord.unwrap(self));
    }

    /// @notice Unix time at which the flag ends by itself.
    function reviewBy(FlagWord self) internal pure returns (uint256) {
        return uint40(FlagWord.unwrap(self) >> REVIEW_AT);
    }

    /// @notice Distributor id or sale number.
    function subject(FlagWord self) internal pure returns (uint256) {
        return uint48(FlagWord.unwrap(self) >> SUBJECT_AT);
    }

    /// @notice Whether a distributor or a sale is flagged.
    function subjectKind(FlagWord self) internal pure returns (uint256) {
        return uint8(FlagWord.unwrap(self) >> KIND_AT);
    }

    function isAnswered(FlagWord self) internal pure returns (bool) {
        return uint8(FlagWord.unwrap(self) >> ANSWERED_AT) != 0;
    }

    /// @notice Whether it is under review: neither decided nor past its date.
    function isOpen(FlagWord self) internal view returns (bool) {
        return self.outcome() == 0 && block.timestamp < self.reviewBy();
    }

    function withOutcome(FlagWord self, uint256 decided) internal pure returns (FlagWord) {
        return FlagWord.wrap(FlagWord.unwrap(self) | decided);
    }

    function answered(FlagWord self) internal pure returns (FlagWord) {
        return FlagWord.wrap(FlagWord.unwrap(self) | (1 << ANSWERED_AT));
    }
}
