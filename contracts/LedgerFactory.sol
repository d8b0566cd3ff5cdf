// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";

import { ICommissionLedger } from "./interfaces/ICommissionLedger.sol";
import { ILedgerFactory, LedgerRequest } from "./interfaces/ILedgerFactory.sol";
import { LedgerTerms } from "./interfaces/ILedgerCore.sol";

/// @title LedgerFactory
/// @notice Creates ledgers. The manual is interfaces/ILedgerFactory.sol.
contract LedgerFactory is ILedgerFactory {
    /// @inheritdoc ILedgerFactory
    address public immutable implementation;

    /// @inheritdoc ILedgerFactory
    mapping(address ledger => bool) public isLedger;

    constructor(address ledgerImplementation) {
        implementation = ledgerImplementation;
    }

    /// @inheritdoc ILedgerFactory
    function createLedger(LedgerRequest calldata request, bytes32 salt) external returns (address ledger) {
        _checkDuration("returnWindow", request.returnWindow, 0, 90 days);
        _checkDuration("planNotice", request.planNotice, 1 days, 365 days);
        _checkDuration("delay", request.delay, request.returnWindow == 0 ? 0 : 1 days, 90 days);
        uint256 least = request.delay > 1 hours ? request.delay : 1 hours;
        _checkDuration("adminDelay", request.adminDelay, least, 90 days);
        _checkDuration("capPeriod", request.capPeriod, 1 hours, 90 days);
        _checkUnit(request.unit);
        if (request.token.code.length == 0) revert TokenMissing(request.token);

        LedgerTerms memory terms = LedgerTerms({
            token: request.token,
            unit: request.unit,
            returnWindow: request.returnWindow,
            planNotice: request.planNotice,
            capPeriod: request.capPeriod,
            compact: request.compact,
            delay: request.delay
        });
        // The caller is part of the salt, so no one can take an address that another caller has announced.
        bytes32 ownSalt = keccak256(abi.encode(msg.sender, salt));
        ledger = Clones.cloneDeterministicWithImmutableArgs(implementation, abi.encode(terms), ownSalt);
        isLedger[ledger] = true;
        emit LedgerCreated(ledger, request.admin, request.token);
        ICommissionLedger(ledger).initialize(
            request.admin,
            request.adminDelay,
            request.plan,
            request.roles,
            request.recorders
        );
    }

    function _checkDuration(string memory field, uint256 given, uint256 least, uint256 most) private pure {
        if (given < least || given > most) revert DurationOutOfRange(field, given, least, most);
    }

    function _checkUnit(uint256 unit) private pure {
        uint256 rest = unit;
        while (rest != 0 && rest % 10 == 0) rest /= 10;
        if (rest != 1) revert UnitNotPowerOfTen(unit);
    }
}
