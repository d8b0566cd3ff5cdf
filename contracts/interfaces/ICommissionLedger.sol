// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IAccessControlDefaultAdminRules } from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import { IERC5267 } from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import { ICommissionLedgerErrors } from "./ICommissionLedgerErrors.sol";
import { ICommissionLedgerEvents } from "./ICommissionLedgerEvents.sol";
import { ILedgerChanges } from "./ILedgerChanges.sol";
import { RecorderGrant, RoleGrant } from "./ILedgerFactory.sol";
import { ILedgerCore } from "./ILedgerCore.sol";
import { ILedgerPowers } from "./ILedgerPowers.sol";
import { Plan } from "../types/Plan.sol";

/// @title CommissionLedger
/// @notice One company's commission programme: who sponsors whom, what was sold, what each distributor is owed, and the
/// tokens that cover it.
///
/// Units. Prices and volumes are steps of 10,000 units, rates are basis points, so `price x rate` is exactly units. With a
/// token of 6 decimals and one base unit to a unit, a step is a cent, and "cents" below is what a step is called. How many
/// base units of the token make a unit is fixed when the ledger is created, so that any currency fits.
///
/// Ids. A distributor's id is `fragment << 2 | lane` (26 bits); 0 is nobody. A batch's number is
/// `(recorder - 1) << 24 | sequence`, a sale's `batch << 16 | index`.
///
/// Journal. Every change of state is an entry. `head` is the hash over all entries in order, `entryCount` their number,
/// and every entry's event carries the head after it (`SaleSettled` lines are covered by the `BatchSettled` that
/// follows them). Whoever folds the logs to the same head has them complete, in order and untouched.
///
/// Assumptions.
/// - The token does not take fees on transfers out and does not change balances by itself. What `fund` credits is what
///   has arrived, so a fee on the way in is only a smaller float.
/// - Tokens sent to the ledger without `fund` cover nothing until anyone sweeps them into the float.
///
/// Code. The EVM limits the code of a contract, so a ledger has three parts that share its storage: CommissionLedger does
/// what happens every day and hands every other call to LedgerPowers or LedgerChanges. All are fixed for good.
interface ICommissionLedger is
    ICommissionLedgerEvents,
    ICommissionLedgerErrors,
    ILedgerCore,
    ILedgerPowers,
    ILedgerChanges,
    IAccessControlDefaultAdminRules,
    IERC5267
{
    /// @notice Opens a new ledger. The factory calls it in the transaction that creates the clone.
    function initialize(
        address admin,
        uint48 adminDelay,
        Plan calldata plan,
        RoleGrant[] calldata roles,
        RecorderGrant[] calldata recorders
    ) external;
}
