// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { RecorderGrant, RoleGrant } from "./interfaces/ILedgerFactory.sol";
import { Journal } from "./libraries/Journal.sol";
import { LedgerCompliance } from "./powers/LedgerCompliance.sol";
import { LedgerPlans } from "./powers/LedgerPlans.sol";
import { LedgerWallets } from "./powers/LedgerWallets.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { ChangeQueue } from "./types/ChangeQueue.sol";
import { newEra } from "./types/Era.sol";
import { Plan } from "./types/Plan.sol";

/// @title LedgerPowers
/// @notice The part of a ledger's code for everything but the daily calls. The manual is
/// interfaces/ICommissionLedger.sol.
/// @dev It has no state: CommissionLedger runs it on its own storage.
contract LedgerPowers is LedgerPlans, LedgerCompliance, LedgerWallets {
    constructor() EIP712("Plumbline CommissionLedger", "1") {
        _disableInitializers();
    }

    /// @notice Opens a new ledger. The factory calls it in the transaction that creates the clone.
    function initialize(
        address admin,
        uint48 adminDelay,
        Plan calldata plan,
        RoleGrant[] calldata roles,
        RecorderGrant[] calldata recorders
    ) external initializer {
        bytes32 termsHash = keccak256(abi.encode(block.chainid, address(this), _terms()));
        bytes32 newHead = Journal.opened(0, termsHash);
        _commit(newHead, _totals, 1);
        emit LedgerOpened(termsHash, newHead);
        __AccessControlDefaultAdminRules_init(adminDelay, admin);
        _enterAdminDelay(adminDelay, block.timestamp);
        _announce(plan, block.timestamp);
        _totals = _adoptDue(_totals);
        for (uint256 i = 0; i < roles.length; ++i) {
            if (roles[i].role == DEFAULT_ADMIN_ROLE) revert AccessControlEnforcedDefaultAdminRules();
            _grantRole(roles[i].role, roles[i].account);
        }
        for (uint256 i = 0; i < recorders.length; ++i) {
            _setRecorder(recorders[i].key, recorders[i].cap, recorders[i].countCap);
        }
        // The first era and the first change.
        _eras[0] = newEra(block.timestamp);
        _queue = ChangeQueue.wrap(0).nextChange();
    }
}
