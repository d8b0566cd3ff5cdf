// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Totals
/// @notice The ledger's sums and counters in one storage word, written once by every call that changes the ledger.
/// @dev Bits, from the lowest:
///
///     0..49    float     base units free to cover new sales
///     50..99   reserved  base units set aside for recorded sales that are not settled
///     100..149 owed      base units credited to distributors and not paid out
///     150..181 entries   journal entries so far
///     182..205 fragments fragments in use; the last fragment has this number
///     206..221 plan      version of the plan in force
///     222..237 due       the last version whose time has come, cancelled or not
///     238..253 plans     versions announced so far
///     254      paused    whether enrolling and recording are paused
///     255      selling   whether a sale was ever recorded
///
/// `float + reserved + owed` stays below 2^50 (`MAX_CUSTODY`), so the three fields cannot run into one another.
type Totals is uint256;

using TotalsLib for Totals global;

uint256 constant MAX_CUSTODY = (1 << 50) - 1;
uint256 constant MAX_PLANS = 65_535;
/// @dev What enrolments, batches, reversals and funding may fill of the 2^32 entries, so that there is
/// ample room left for settlements and payouts.
uint256 constant MAX_COMPANY_ENTRIES = 1 << 31;

/// @title TotalsLib
/// @notice Reads and changes `Totals`. The names of the fields are those of the layout above.
library TotalsLib {
    uint256 private constant UNITS_MASK = (1 << 50) - 1;
    uint256 private constant RESERVED_AT = 50;
    uint256 private constant OWED_AT = 100;
    uint256 private constant ENTRIES_AT = 150;
    uint256 private constant FRAGMENTS_AT = 182;
    uint256 private constant PLAN_AT = 206;
    uint256 private constant DUE_AT = 222;
    uint256 private constant PLANS_AT = 238;
    uint256 private constant PAUSED_AT = 254;
    uint256 private constant SELLING_AT = 255;

    function float(Totals self) internal pure returns (uint256) {
        return Totals.unwrap(self) & UNITS_MASK;
    }

    function reserved(Totals self) internal pure returns (uint256) {
        return (Totals.unwrap(self) >> RESERVED_AT) & UNITS_MASK;
    }

    function owed(Totals self) internal pure returns (uint256) {
        return (Totals.unwrap(self) >> OWED_AT) & UNITS_MASK;
    }

    function entries(Totals self) internal pure returns (uint256) {
        return uint32(Totals.unwrap(self) >> ENTRIES_AT);
    }

    function fragments(Totals self) internal pure returns (uint256) {
        return uint24(Totals.unwrap(self) >> FRAGMENTS_AT);
    }

    function plan(Totals self) internal pure returns (uint256) {
        return uint16(Totals.unwrap(self) >> PLAN_AT);
    }

    function due(Totals self) internal pure returns (uint256) {
        return uint16(Totals.unwrap(self) >> DUE_AT);
    }

    function plans(Totals self) internal pure returns (uint256) {
        return uint16(Totals.unwrap(self) >> PLANS_AT);
    }

    function isPaused(Totals self) internal pure returns (bool) {
        return (Totals.unwrap(self) >> PAUSED_AT) & 1 == 1;
    }

    function hasSales(Totals self) internal pure returns (bool) {
        return Totals.unwrap(self) >> SELLING_AT == 1;
    }

    /// @notice Moves `units` from the float to reserved. The caller has checked that the float covers them.
    function reserve(Totals self, uint256 units) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) + (units << RESERVED_AT) - units);
    }

    /// @notice Moves `units` from reserved back to the float.
    function release(Totals self, uint256 units) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) - (units << RESERVED_AT) + units);
    }

    /// @notice Moves `units` from reserved to owed.
    function pay(Totals self, uint256 units) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) + (units << OWED_AT) - (units << RESERVED_AT));
    }

    /// @notice Moves `units` from the float to owed, as an opening balance. The caller has checked that the float covers them.
    function open(Totals self, uint256 units) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) + (units << OWED_AT) - units);
    }

    /// @notice Adds `units` received to the float. The caller has checked the limit of custody.
    function deposit(Totals self, uint256 units) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) + units);
    }

    /// @notice Takes `units` from the float. The caller has checked that the float covers them.
    function take(Totals self, uint256 units) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) - units);
    }

    /// @notice Takes `units` that are paid out from owed.
    function disburse(Totals self, uint256 units) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) - (units << OWED_AT));
    }

    function addEntries(Totals self, uint256 count) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) + (count << ENTRIES_AT));
    }

    /// @dev The caller has checked that there is room.
    function addFragment(Totals self) internal pure returns (Totals) {
        unchecked {
            return Totals.wrap(Totals.unwrap(self) + (1 << FRAGMENTS_AT));
        }
    }

    /// @dev The caller has checked that there is room.
    function addPlan(Totals self) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) + (1 << PLANS_AT));
    }

    /// @notice Puts plan `version` in force, with `dueVersion` the last whose time has come.
    function adopt(Totals self, uint256 version, uint256 dueVersion) internal pure returns (Totals) {
        uint256 others = Totals.unwrap(self) & ~(uint256(type(uint32).max) << PLAN_AT);
        return Totals.wrap(others | (version << PLAN_AT) | (dueVersion << DUE_AT));
    }

    function withSales(Totals self) internal pure returns (Totals) {
        return Totals.wrap(Totals.unwrap(self) | (1 << SELLING_AT));
    }

    /// @notice Pauses or resumes enrolling and recording.
    function setPaused(Totals self, bool paused) internal pure returns (Totals) {
        uint256 bit = 1 << PAUSED_AT;
        return Totals.wrap(paused ? Totals.unwrap(self) | bit : Totals.unwrap(self) & ~bit);
    }
}
