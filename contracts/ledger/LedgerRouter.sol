// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IAccessControl } from "@openzeppelin/contracts/access/IAccessControl.sol";
import { IAccessControlDefaultAdminRules } from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import { IERC5267 } from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import { ICommissionLedger } from "../interfaces/ICommissionLedger.sol";
import { ILedgerChanges } from "../interfaces/ILedgerChanges.sol";
import { RecorderGrant, RoleGrant } from "../interfaces/ILedgerFactory.sol";
import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { Plan } from "../types/Plan.sol";

/// @title LedgerRouter
/// @notice Hands the calls that are not for every day on to the ledger's other parts, which run on its storage. Their
/// addresses are in the code for good.
abstract contract LedgerRouter is ICommissionLedger {
    address private immutable _powers;
    address private immutable _changesPart;

    constructor(address powers, address changesPart) {
        _powers = powers;
        _changesPart = changesPart;
    }

    /// @inheritdoc ICommissionLedger
    function initialize(address, uint48, Plan calldata, RoleGrant[] calldata, RecorderGrant[] calldata) external {
        _call(_powers);
    }

    // ---- LedgerPowers ----

    /// @inheritdoc ILedgerPowers
    function announcePlan(Plan calldata) external returns (uint256) {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function cancelPlan(uint256) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function announce(bytes calldata) external returns (bytes32) {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function cancel(bytes32) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function setRecorder(address, uint256, uint256) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function setStandby(uint256, address) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function replaceRecorder(uint256) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function withdrawFloat(uint256, address) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function proposeRecovery(address, address) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function recoverWallet(address) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function setPaused(bool) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function hold(address, uint256, bytes32) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function releaseHold(address, bytes32) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function raiseFlag(uint256, uint256, uint256, uint256, bytes32, uint256) external returns (uint256) {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function closeFlag(uint256, uint256, bytes32) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function answerFlag(uint256, bytes32) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function claimWallet(uint256, address, uint256, address, bytes calldata) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function changeWallet(address, uint256, bytes calldata) external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function cancelRecovery() external {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function withdrawTo(address, address, uint256, bytes calldata) external returns (uint256) {
        _call(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function planOf(uint256) external view returns (Plan memory, uint256, bytes32) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function currentPlan() external view returns (uint256) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function walletOf(address) external view returns (uint256, uint256, uint256, uint256) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function unclaimedSince(uint256) external view returns (uint256) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function recoveryOf(address) external view returns (address, uint256) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function flagOf(uint256) external view returns (uint256, uint256, bool) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function actOf(bytes32) external view returns (uint256) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function isPlanCancelled(uint256) external view returns (bool) {
        _look(_powers);
    }

    /// @inheritdoc ILedgerPowers
    function isPaused() external view returns (bool) {
        _look(_powers);
    }

    // ---- LedgerChanges ----

    /// @inheritdoc ILedgerChanges
    function setStanding(bytes calldata, bytes32) external returns (uint256) {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function correctSponsor(uint256, address, uint256, bytes32) external returns (uint256) {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function endMembership(uint256, bytes32, bytes32) external returns (uint256) {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function leaveProgramme() external returns (uint256) {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function cancelLeaving() external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function cancelChange(uint256) external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function applyStanding(uint256, bytes calldata, uint256) external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function applyCorrection(uint256, uint256, uint256, bytes32) external returns (uint256) {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function applyEnding(uint256, uint256) external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function skipCancelled(uint256) external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function openBalances(bytes calldata, bytes32) external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function publishDisclosure(uint256, bytes32, bytes32) external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function setSuccessor(address) external {
        _call(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function changes() external view returns (uint256, uint256, uint256, uint256, uint256) {
        _look(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function changeOf(uint256) external view returns (uint256, uint256, uint256, bool, bool) {
        _look(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function movedTo(uint256) external view returns (uint256) {
        _look(_changesPart);
    }

    /// @inheritdoc ILedgerChanges
    function successor() external view returns (address) {
        _look(_changesPart);
    }

    // ---- OpenZeppelin's roles, in LedgerPowers ----

    /// @inheritdoc IAccessControl
    function hasRole(bytes32, address) external view returns (bool) {
        _look(_powers);
    }

    /// @inheritdoc IAccessControl
    function getRoleAdmin(bytes32) external view returns (bytes32) {
        _look(_powers);
    }

    /// @inheritdoc IAccessControl
    function grantRole(bytes32, address) external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControl
    function revokeRole(bytes32, address) external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControl
    function renounceRole(bytes32, address) external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function defaultAdmin() external view returns (address) {
        _look(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function pendingDefaultAdmin() external view returns (address, uint48) {
        _look(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function defaultAdminDelay() external view returns (uint48) {
        _look(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function pendingDefaultAdminDelay() external view returns (uint48, uint48) {
        _look(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function beginDefaultAdminTransfer(address) external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function cancelDefaultAdminTransfer() external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function acceptDefaultAdminTransfer() external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function changeDefaultAdminDelay(uint48) external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function rollbackDefaultAdminDelay() external {
        _call(_powers);
    }

    /// @inheritdoc IAccessControlDefaultAdminRules
    function defaultAdminDelayIncreaseWait() external view returns (uint48) {
        _look(_powers);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        _look(_powers);
    }

    /// @dev Makes the call on another part of the code, with this storage. It ends with what that part returns.
    function _call(address part) private {
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, 0, calldatasize())
            let done := delegatecall(gas(), part, data, calldatasize(), 0, 0)
            returndatacopy(data, 0, returndatasize())
            if iszero(done) {
                revert(data, returndatasize())
            }
            return(data, returndatasize())
        }
    }

    /// @dev The same for a view, which the compiler cannot know to be one.
    function _look(address part) private view {
        function(address) view viewing;
        function(address) calling = _call;
        assembly ("memory-safe") {
            viewing := calling
        }
        viewing(part);
    }
}
