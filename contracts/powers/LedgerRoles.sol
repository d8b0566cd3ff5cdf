// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { AccessControlDefaultAdminRulesUpgradeable } from "@openzeppelin/contracts-upgradeable/access/extensions/AccessControlDefaultAdminRulesUpgradeable.sol";

import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { LedgerBase } from "../ledger/LedgerBase.sol";
import { Journal } from "../libraries/Journal.sol";
import { Totals } from "../types/Totals.sol";

/// @title LedgerRoles
/// @notice Who may do what: the admin in two delayed steps, recorders inside a cap, the other roles. Every change is an
/// entry.
abstract contract LedgerRoles is LedgerBase, ILedgerPowers, AccessControlDefaultAdminRulesUpgradeable {
    /// @inheritdoc ILedgerPowers
    bytes32 public constant RANKER_ROLE = keccak256("RANKER_ROLE");
    /// @inheritdoc ILedgerPowers
    bytes32 public constant COMPLIANCE_ROLE = keccak256("COMPLIANCE_ROLE");
    /// @inheritdoc ILedgerPowers
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");
    /// @inheritdoc ILedgerPowers
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    /// @inheritdoc ILedgerPowers
    bytes32 public constant QUOTER_ROLE = keccak256("QUOTER_ROLE");

    /// @inheritdoc ILedgerPowers
    function setRecorder(address recorder, uint256 cap) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (cap > type(uint64).max) revert CapTooHigh(cap, type(uint64).max);
        _recorders[recorder].cap = uint64(cap);
        bytes32 newHead = Journal.recorderSet(_head, recorder, cap);
        _commit(newHead, _totals, 1);
        emit RecorderSet(recorder, cap, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function setPaused(bool paused) external {
        bool mayPause = paused && hasRole(GUARDIAN_ROLE, msg.sender);
        if (!mayPause && msg.sender != defaultAdmin()) revert NotGuardian(msg.sender);
        Totals totals = _totals;
        if (totals.isPaused() == paused) revert PauseUnchanged(paused);
        bytes32 newHead = Journal.pauseSet(_head, msg.sender, paused);
        _commit(newHead, totals.setPaused(paused), 1);
        emit PauseSet(msg.sender, paused, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function isPaused() external view returns (bool) {
        return _totals.isPaused();
    }

    // ---- The admin's seat and OpenZeppelin's roles, as entries ----

    function _grantRole(bytes32 role, address account) internal override returns (bool granted) {
        granted = super._grantRole(role, account);
        if (granted) _enterRole(role, account, true);
    }

    function _revokeRole(bytes32 role, address account) internal override returns (bool revoked) {
        revoked = super._revokeRole(role, account);
        if (revoked) _enterRole(role, account, false);
    }

    function _beginDefaultAdminTransfer(address newAdmin) internal override {
        super._beginDefaultAdminTransfer(newAdmin);
        _enterAdminTransfer();
    }

    function _cancelDefaultAdminTransfer() internal override {
        super._cancelDefaultAdminTransfer();
        _enterAdminTransfer();
    }

    function _changeDefaultAdminDelay(uint48 newDelay) internal override {
        super._changeDefaultAdminDelay(newDelay);
        _enterAdminDelay();
    }

    function _rollbackDefaultAdminDelay() internal override {
        super._rollbackDefaultAdminDelay();
        _enterAdminDelay();
    }

    function _enterRole(bytes32 role, address account, bool granted) private {
        bytes32 newHead = Journal.roleChanged(_head, role, account, granted);
        _commit(newHead, _totals, 1);
        emit RoleChanged(role, account, granted, newHead);
    }

    function _enterAdminTransfer() private {
        (address newAdmin, uint48 acceptableFrom) = pendingDefaultAdmin();
        bytes32 newHead = Journal.adminTransfer(_head, newAdmin, acceptableFrom);
        _commit(newHead, _totals, 1);
        emit AdminTransferSet(newAdmin, acceptableFrom, newHead);
    }

    function _enterAdminDelay() private {
        (uint48 delay, uint48 effectiveFrom) = pendingDefaultAdminDelay();
        _enterAdminDelay(delay, effectiveFrom);
    }

    function _enterAdminDelay(uint256 delay, uint256 effectiveFrom) internal {
        bytes32 newHead = Journal.adminDelay(_head, delay, effectiveFrom);
        _commit(newHead, _totals, 1);
        emit AdminDelaySet(delay, effectiveFrom, newHead);
    }
}
