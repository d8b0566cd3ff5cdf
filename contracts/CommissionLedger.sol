// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Initializable } from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

import { ILedgerCore, LedgerTerms } from "./interfaces/ILedgerCore.sol";
import { LedgerDistributors } from "./ledger/LedgerDistributors.sol";
import { LedgerMoney } from "./ledger/LedgerMoney.sol";
import { LedgerRouter } from "./ledger/LedgerRouter.sol";
import { LedgerSales } from "./ledger/LedgerSales.sol";
import { RoleIds } from "./ledger/RoleIds.sol";
import { Totals } from "./types/Totals.sol";

/// @title CommissionLedger
/// @notice One company's commission programme. The manual is interfaces/ICommissionLedger.sol.
/// @dev This contract is only the code; ledgers are clones that LedgerFactory makes, with their fixed terms in their own
/// code and no way to change either. It has every function of a ledger: those of every day, and by LedgerRouter those of
/// the other parts.
contract CommissionLedger is LedgerDistributors, LedgerSales, LedgerMoney, RoleIds, Initializable, LedgerRouter {
    constructor(address powers, address changesPart) LedgerRouter(powers, changesPart) {
        // The other parts run on this storage, so that it is here that nobody may open a ledger but in a clone.
        _disableInitializers();
    }

    /// @inheritdoc ILedgerCore
    function head() external view returns (bytes32) {
        return _head;
    }

    /// @inheritdoc ILedgerCore
    function entryCount() external view returns (uint256) {
        return _totals.entries();
    }

    /// @inheritdoc ILedgerCore
    function terms() external view returns (LedgerTerms memory) {
        return _terms();
    }

    /// @inheritdoc ILedgerCore
    function counts() external view returns (uint256 fragments, uint256 plans, uint256 recorders) {
        Totals totals = _totals;
        return (totals.fragments(), totals.plans(), _recorderKeys.length);
    }
}
