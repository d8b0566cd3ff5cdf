// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { AccessControlDefaultAdminRulesUpgradeable } from "@openzeppelin/contracts-upgradeable/access/extensions/AccessControlDefaultAdminRulesUpgradeable.sol";

import { LedgerBase, RecorderGrant } from "./LedgerBase.sol";
import { ICommissionLedger } from "../interfaces/ICommissionLedger.sol";
import { Journal } from "../libraries/Journal.sol";

/// @title LedgerRoles
/// @notice Who may do what: the admin in two delayed steps, recorders inside a cap. Every change is an entry.
abstract contract LedgerRoles is LedgerBase, AccessControlDefaultAdminRulesUpgradeable {
    /// @dev Counts `needed` units reserved against the recorder's cap of the present period.
    function _spendCap(address caller, uint256 needed) internal {
        RecorderGrant memory grant = _grantNow(caller);
        grant.spent = _spend(grant.spent, needed, grant.cap);
        _recorders[caller] = grant;
    }

    /// @dev Counts `released` units freed by reversals against the same cap: a stolen key can take back no more of other
    /// people's sales than it could have recorded.
    function _spendReversal(address caller, uint256 released) internal {
        RecorderGrant memory grant = _grantNow(caller);
        grant.freed = _spend(grant.freed, released, grant.cap);
        _recorders[caller] = grant;
    }

    modifier onlyRecorder() {
        if (_recorders[msg.sender].cap == 0) revert NotRecorder(msg.sender);
        _;
    }

    /// @inheritdoc ICommissionLedger
    function setRecorder(address recorder, uint256 cap) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (cap > type(uint64).max) revert CapTooHigh(cap, type(uint64).max);
        _recorders[recorder].cap = uint64(cap);
        bytes32 newHead = Journal.recorderSet(_head, recorder, cap);
        _commit(newHead, _totals, 1);
        emit RecorderSet(recorder, cap, newHead);
    }

    /// @inheritdoc ICommissionLedger
    function recorderOf(address recorder) external view returns (uint256 cap, uint256 left) {
        RecorderGrant memory grant = _grantNow(recorder);
        // A cap lowered below what was spent leaves nothing.
        return (grant.cap, grant.spent < grant.cap ? grant.cap - grant.spent : 0);
    }

    /// @dev The grant with its counters of the present period.
    function _grantNow(address recorder) private view returns (RecorderGrant memory grant) {
        grant = _recorders[recorder];
        uint40 period = uint40(_period());
        if (grant.period != period) (grant.period, grant.spent, grant.freed) = (period, 0, 0);
    }

    function _spend(uint64 counter, uint256 amount, uint64 cap) private pure returns (uint64) {
        uint256 left = counter < cap ? cap - counter : 0;
        if (amount > left) revert CapExceeded(left, amount);
        // At most the cap.
        return counter + uint64(amount);
    }

    function _period() private view returns (uint256) {
        return block.timestamp / _terms().capPeriod;
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
