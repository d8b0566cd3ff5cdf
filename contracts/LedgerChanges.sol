// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerMembership } from "./changes/LedgerMembership.sol";
import { LedgerNotices } from "./changes/LedgerNotices.sol";
import { LedgerSponsors } from "./changes/LedgerSponsors.sol";
import { LedgerStanding } from "./changes/LedgerStanding.sol";

/// @title LedgerChanges
/// @notice The part of a ledger's code that changes who stands where. The manual is interfaces/ICommissionLedger.sol.
/// @dev It has no state: CommissionLedger runs it on its own storage.
contract LedgerChanges is LedgerStanding, LedgerSponsors, LedgerMembership, LedgerNotices {
    constructor() {
        _disableInitializers();
    }
}
