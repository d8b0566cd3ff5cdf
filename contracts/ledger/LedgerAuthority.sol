// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { AccessControlDefaultAdminRulesUpgradeable } from "@openzeppelin/contracts-upgradeable/access/extensions/AccessControlDefaultAdminRulesUpgradeable.sol";

import { LedgerBase } from "./LedgerBase.sol";
import { RoleIds } from "./RoleIds.sol";
import { Journal } from "../libraries/Journal.sol";

/// @title LedgerAuthority
/// @notice Who may do what. Powers are given only as announced, and every change is an entry.
abstract contract LedgerAuthority is LedgerBase, RoleIds, AccessControlDefaultAdminRulesUpgradeable {
    /// @dev A new power takes the ledger's delay, so that whoever stands to lose by it can see it come.
    function grantRole(bytes32 role, address account) public override onlyRole(DEFAULT_ADMIN_ROLE) {
        if (!hasRole(role, account)) _useAct();
        super.grantRole(role, account);
    }

    /// @dev Taking a power away is at once, but for a guardian's: without guardians the delay protects nobody.
    function revokeRole(bytes32 role, address account) public override onlyRole(DEFAULT_ADMIN_ROLE) {
        if (role == GUARDIAN_ROLE && hasRole(role, account)) _useAct();
        super.revokeRole(role, account);
    }

    /// @dev Uses up the announcement of this very call; a ledger without a delay needs none.
    function _useAct() internal {
        uint256 delay = _terms().delay;
        if (delay == 0) return;
        bytes32 act = keccak256(msg.data);
        uint256 effectiveAt = uint40(_acts[act]);
        if (effectiveAt == 0) revert ActNotAnnounced(act);
        if (block.timestamp < effectiveAt) revert ActTooEarly(act, effectiveAt);
        if (block.timestamp > effectiveAt + delay) revert ActVoid(act, effectiveAt + delay);
        delete _acts[act];
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
        uint256 delay = _terms().delay;
        if (newDelay < delay) revert AdminDelayTooShort(newDelay, delay);
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
