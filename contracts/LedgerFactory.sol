// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
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
        _checkDuration("planNotice", request.planNotice, 0, 365 days);
        _checkDuration("adminDelay", request.adminDelay, 1 hours, 90 days);
        _checkDuration("capPeriod", request.capPeriod, 1 hours, 90 days);
        uint256 decimals = IERC20Metadata(request.token).decimals();
        if (decimals < 6 || decimals > 18) revert UnsupportedDecimals(request.token, decimals);

        LedgerTerms memory terms = LedgerTerms({
            token: request.token,
            // At most 10^12.
            unit: uint96(10 ** (decimals - 6)),
            returnWindow: request.returnWindow,
            planNotice: request.planNotice,
            capPeriod: request.capPeriod,
            compact: request.compact
        });
        // The caller is part of the salt, so no one can take an address that another caller has announced.
        bytes32 ownSalt = keccak256(abi.encode(msg.sender, salt));
        ledger = Clones.cloneDeterministicWithImmutableArgs(implementation, abi.encode(terms), ownSalt);
        isLedger[ledger] = true;
        emit LedgerCreated(ledger, request.admin, request.token);
        ICommissionLedger(ledger).initialize(request.admin, request.adminDelay, request.plan);
    }

    function _checkDuration(string memory field, uint256 given, uint256 least, uint256 most) private pure {
        if (given < least || given > most) revert DurationOutOfRange(field, given, least, most);
    }
}
