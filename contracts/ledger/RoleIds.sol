// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ILedgerRoleIds } from "../interfaces/ILedgerRoleIds.sol";

/// @title RoleIds
/// @notice The roles of a ledger beside the admin's, by their numbers.
abstract contract RoleIds is ILedgerRoleIds {
    /// @inheritdoc ILedgerRoleIds
    bytes32 public constant RANKER_ROLE = keccak256("RANKER_ROLE");
    /// @inheritdoc ILedgerRoleIds
    bytes32 public constant COMPLIANCE_ROLE = keccak256("COMPLIANCE_ROLE");
    /// @inheritdoc ILedgerRoleIds
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");
    /// @inheritdoc ILedgerRoleIds
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    /// @inheritdoc ILedgerRoleIds
    bytes32 public constant QUOTER_ROLE = keccak256("QUOTER_ROLE");
}
