// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title WalletWord
/// @notice What a ledger knows of a wallet, in one storage word: whose it is, since when, and what stands in its way.
/// @dev Bits, from the lowest: distributor id (26) | enrolled at (40) | held until (40) | nonce (32) |
/// the change by which the distributor leaves (32). The zero word is
/// nobody's. The word goes along when a distributor gets another wallet.
type WalletWord is uint256;

using WalletWordLib for WalletWord global;

uint256 constant WALLET_ID_MASK = (1 << 26) - 1;
uint256 constant ENROLLED_AT = 26;
uint256 constant HELD_AT = 66;
uint256 constant NONCE_AT = 106;
uint256 constant LEAVING_AT = 138;
uint256 constant TIME_MASK = (1 << 40) - 1;

/// @notice The word of a wallet that becomes distributor `id`'s.
function newWalletWord(uint256 id, uint256 enrolled) pure returns (WalletWord) {
    return WalletWord.wrap(id | (enrolled << ENROLLED_AT));
}

/// @title WalletWordLib
/// @notice Reads and changes a `WalletWord`.
library WalletWordLib {
    /// @notice Id of the distributor, 0 if there is none.
    function id(WalletWord self) internal pure returns (uint256) {
        return WalletWord.unwrap(self) & WALLET_ID_MASK;
    }

    /// @notice Unix time at which the distributor was enrolled.
    function enrolledAt(WalletWord self) internal pure returns (uint256) {
        return (WalletWord.unwrap(self) >> ENROLLED_AT) & TIME_MASK;
    }

    /// @notice Unix time until which payouts are or were held; 0 if they never were.
    function heldUntil(WalletWord self) internal pure returns (uint256) {
        return (WalletWord.unwrap(self) >> HELD_AT) & TIME_MASK;
    }

    /// @notice The number that the owner's next signature must carry.
    function nonce(WalletWord self) internal pure returns (uint256) {
        return uint32(WalletWord.unwrap(self) >> NONCE_AT);
    }

    /// @notice The word after its distributor has another id.
    function withId(WalletWord self, uint256 distributor) internal pure returns (WalletWord) {
        return WalletWord.wrap((WalletWord.unwrap(self) & ~WALLET_ID_MASK) | distributor);
    }

    /// @notice The word after a hold until `until`.
    function withHold(WalletWord self, uint256 until) internal pure returns (WalletWord) {
        return WalletWord.wrap((WalletWord.unwrap(self) & ~(TIME_MASK << HELD_AT)) | (until << HELD_AT));
    }

    /// @notice The word after a signature of its owner was used. It does not overflow: nobody signs four billion times.
    function withNextNonce(WalletWord self) internal pure returns (WalletWord) {
        return WalletWord.wrap(WalletWord.unwrap(self) + (1 << NONCE_AT));
    }

    /// @notice Number of the change by which the distributor leaves; 0 if they do not.
    function leaving(WalletWord self) internal pure returns (uint256) {
        return uint32(WalletWord.unwrap(self) >> LEAVING_AT);
    }

    /// @notice The word after the distributor has announced to leave by `change`, or (0) no longer does.
    function withLeaving(WalletWord self, uint256 change) internal pure returns (WalletWord) {
        uint256 others = WalletWord.unwrap(self) & ~(uint256(type(uint32).max) << LEAVING_AT);
        return WalletWord.wrap(others | (change << LEAVING_AT));
    }
}
