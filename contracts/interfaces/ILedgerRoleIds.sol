// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The roles of a ledger beside the admin's
interface ILedgerRoleIds {
    // The names are those of constants, as with OpenZeppelin's roles.
    // solhint-disable func-name-mixedcase

    /// @notice The role that sets ranks and activity.
    function RANKER_ROLE() external pure returns (bytes32);

    /// @notice The role that holds, flags and ends memberships.
    function COMPLIANCE_ROLE() external pure returns (bytes32);

    /// @notice The role that pauses recording and cancels what is announced.
    function GUARDIAN_ROLE() external pure returns (bytes32);

    /// @notice The role that vouches for the wallets of distributors enrolled without one.
    function REGISTRAR_ROLE() external pure returns (bytes32);

    /// @notice The role that signs a storefront's quotes.
    function QUOTER_ROLE() external pure returns (bytes32);
}
