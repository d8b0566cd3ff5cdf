// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { IAccessControlDefaultAdminRules } from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import { IERC5267 } from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import { ICommissionLedgerErrors } from "./ICommissionLedgerErrors.sol";
import { ICommissionLedgerEvents } from "./ICommissionLedgerEvents.sol";
import { ILedgerCore } from "./ILedgerCore.sol";
import { ILedgerPowers } from "./ILedgerPowers.sol";
import { Plan } from "../types/Plan.sol";

/// @title CommissionLedger
/// @notice One company's commission programme: who sponsors whom, what was sold, what each distributor is owed, and the
/// tokens that cover it.
///
/// Units. Prices and volumes are cents, rates are basis points, so `cents x basis points` is exactly base units of a
/// 6-decimal token. "Units" below are such base units; a token with more decimals is scaled when it comes in or goes
/// out.
///
/// Ids. A distributor's id is `fragment << 2 | lane` (26 bits); 0 is no distributor. A sale's number is
/// `batch << 16 | index`.
///
/// Journal. Every change of state is an entry. `head` is the hash over all entries in order, `entryCount` their number,
/// and every entry's event carries the head after it (`SaleSettled` lines are covered by the `BatchSettled` that
/// follows them). Whoever folds the logs to the same head has them complete, in order and untouched.
///
/// Assumptions.
/// - The token does not take fees on transfers out and does not change balances by itself. What `fund` credits is what
///   has arrived, so a fee on the way in is only a smaller float.
/// - Tokens sent to the ledger without `fund` belong to no one and cover nothing.
///
/// Code. The EVM limits the code of a contract, so a ledger has two parts that share its storage: CommissionLedger
/// handles the daily calls and delegates every other call to LedgerPowers. Neither can be replaced.
interface ICommissionLedger is
    ILedgerCore,
    ILedgerPowers,
    ICommissionLedgerEvents,
    ICommissionLedgerErrors,
    IAccessControlDefaultAdminRules,
    IERC5267
{
    /// @notice Opens a new ledger. The factory calls it in the transaction that creates the clone.
    function initialize(address admin, uint48 adminDelay, Plan calldata plan) external;
}
