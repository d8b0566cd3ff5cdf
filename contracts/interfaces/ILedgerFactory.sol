// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Plan } from "../types/Plan.sol";

/// @notice A role that a ledger is created with.
struct RoleGrant {
    bytes32 role;
    address account;
}

/// @notice A recorder that a ledger is created with: what `setRecorder` takes.
struct RecorderGrant {
    address key;
    uint256 cap;
    uint256 countCap;
}

/// @notice What a company asks for when it creates a ledger.
struct LedgerRequest {
    /// The stablecoin that commissions are paid in.
    address token;
    /// Token base units to one ledger unit: a power of ten, so that 10,000 units are a step of price that suits the
    /// currency. 1 makes it a cent of a dollar with 6 decimals.
    uint96 unit;
    /// Seconds in which a sale can be reversed, at most 90 days; 14 days is usual.
    uint32 returnWindow;
    /// Seconds of notice before a new plan, from 1 day to 365 days.
    uint32 planNotice;
    /// Seconds of a recorder's cap period, from 1 hour to 90 days.
    uint32 capPeriod;
    /// Whether settlements are logged packed.
    bool compact;
    /// The company's multisig.
    address admin;
    /// Seconds before an offered admin's seat can be taken, from 1 hour and from `delay` to 90 days.
    uint48 adminDelay;
    /// Seconds before a new power, or a change of who stands where, takes effect: from 1 day to 90 days. A ledger without
    /// a return window may do without.
    uint32 delay;
    /// The first plan; in force at once, because nothing is recorded yet.
    Plan plan;
    /// The first roles and recorders; whatever comes later takes the delay.
    RoleGrant[] roles;
    RecorderGrant[] recorders;
}

/// @title LedgerFactory
/// @notice Creates ledgers as minimal clones of one implementation. It keeps no power over them.
interface ILedgerFactory {
    /// @notice A company's ledger was created.
    event LedgerCreated(address indexed ledger, address indexed admin, address indexed token);

    /// @notice The unit is not a power of ten.
    error UnitNotPowerOfTen(uint256 unit);
    /// @notice There is no code at the token's address.
    error TokenMissing(address token);
    /// @notice A duration is outside its limits.
    error DurationOutOfRange(string field, uint256 given, uint256 least, uint256 most);

    /// @notice Creates a ledger at an address that depends only on the caller, `salt` and the request's fixed terms.
    function createLedger(LedgerRequest calldata request, bytes32 salt) external returns (address ledger);

    /// @notice The code that all ledgers share.
    function implementation() external view returns (address);

    /// @notice Whether this factory created `ledger`.
    function isLedger(address ledger) external view returns (bool);
}
