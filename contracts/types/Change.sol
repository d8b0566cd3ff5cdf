// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Change
/// @notice A change of standing, sponsor or membership that was announced, in one storage word.
/// @dev Bits, from the lowest: digest of its content (160) | kind (8) | cancelled (8) | records in it (32) | records applied
/// (32).
type Change is uint256;

using ChangeLib for Change global;

uint256 constant CHANGE_STANDING = 1;
uint256 constant CHANGE_SPONSOR = 2;
uint256 constant CHANGE_LEAVING = 3;
uint256 constant CHANGE_ENDING = 4;

/// @notice A change of `kind` with `size` records and the content that hashes to `digest`.
function newChange(uint256 kind, bytes32 digest, uint256 size) pure returns (Change) {
    return Change.wrap(uint160(uint256(digest)) | (kind << 160) | (size << 176));
}

/// @title ChangeLib
/// @notice Reads and changes a `Change`.
library ChangeLib {
    uint256 private constant KIND_AT = 160;
    uint256 private constant CANCELLED_AT = 168;
    uint256 private constant SIZE_AT = 176;
    uint256 private constant DONE_AT = 208;

    /// @notice One of the kinds above; 0 for a change that was never announced.
    function kind(Change self) internal pure returns (uint256) {
        return uint8(Change.unwrap(self) >> KIND_AT);
    }

    function isCancelled(Change self) internal pure returns (bool) {
        return uint8(Change.unwrap(self) >> CANCELLED_AT) != 0;
    }

    /// @notice Records in it.
    function size(Change self) internal pure returns (uint256) {
        return uint32(Change.unwrap(self) >> SIZE_AT);
    }

    /// @notice Records applied.
    function done(Change self) internal pure returns (uint256) {
        return uint32(Change.unwrap(self) >> DONE_AT);
    }

    /// @notice Whether `digest` is that of its content.
    function matches(Change self, bytes32 digest) internal pure returns (bool) {
        return uint160(Change.unwrap(self)) == uint160(uint256(digest));
    }

    function cancel(Change self) internal pure returns (Change) {
        return Change.wrap(Change.unwrap(self) | (1 << CANCELLED_AT));
    }

    function withDone(Change self, uint256 count) internal pure returns (Change) {
        return Change.wrap(uint256(uint208(Change.unwrap(self))) | (count << DONE_AT));
    }
}
