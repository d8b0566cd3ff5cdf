// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ICommissionLedger, LedgerTerms } from "./interfaces/ICommissionLedger.sol";
import { LedgerMoney } from "./ledger/LedgerMoney.sol";
import { LedgerSales } from "./ledger/LedgerSales.sol";
import { Journal } from "./libraries/Journal.sol";
import { Plan } from "./types/Plan.sol";
import { Totals } from "./types/Totals.sol";

/// @title CommissionLedger
/// @notice One company's commission programme. The manual is interfaces/ICommissionLedger.sol.
/// @dev This contract is only the code; ledgers are clones that LedgerFactory makes, with their fixed terms in their own
/// code and no way to change either.
contract CommissionLedger is LedgerSales, LedgerMoney {
    constructor() {
        _disableInitializers();
    }

    /// @notice Opens a new ledger. The factory calls it in the transaction that creates the clone.
    function initialize(address admin, uint48 adminDelay, Plan calldata plan) external initializer {
        bytes32 termsHash = keccak256(abi.encode(block.chainid, address(this), _terms()));
        bytes32 newHead = Journal.opened(0, termsHash);
        _commit(newHead, _totals, 1);
        emit LedgerOpened(termsHash, newHead);
        __AccessControlDefaultAdminRules_init(adminDelay, admin);
        _enterAdminDelay(adminDelay, block.timestamp);
        _announce(plan, block.timestamp);
        _totals = _adoptDue(_totals);
    }

    /// @inheritdoc ICommissionLedger
    function head() external view returns (bytes32) {
        return _head;
    }

    /// @inheritdoc ICommissionLedger
    function entryCount() external view returns (uint256) {
        return _totals.entryCount();
    }

    /// @inheritdoc ICommissionLedger
    function terms() external view returns (LedgerTerms memory) {
        return _terms();
    }

    /// @inheritdoc ICommissionLedger
    function counts() external view returns (uint256 batches, uint256 fragments, uint256 plans) {
        Totals totals = _totals;
        return (totals.batchCount(), totals.fragmentCount(), totals.planCount());
    }
}
