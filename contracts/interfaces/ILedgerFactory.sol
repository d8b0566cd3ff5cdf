// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Plan } from "../types/Plan.sol";

/// @notice What a company asks for when it creates a ledger.
struct LedgerRequest {
    /// The stablecoin that commissions are paid in; 6 to 18 decimals.
    address token;
    /// Seconds in which a sale can be reversed, at most 90 days; 14 days is usual.
    uint32 returnWindow;
    /// Seconds of notice before a new plan, at most 365 days.
    uint32 planNotice;
    /// Seconds of a recorder's cap period, from 1 hour to 90 days.
    uint32 capPeriod;
    /// Whether settlements are logged packed.
    bool compact;
    /// The company's multisig.
    address admin;
    /// Seconds before an offered admin's seat can be taken, from 1 hour to 90 days.
    uint48 adminDelay;
    /// The first plan; in force at once, because nothing is recorded yet.
    Plan plan;
}

/// @title LedgerFactory
/// @notice Creates ledgers as minimal clones of one implementation. It keeps no power over them.
interface ILedgerFactory {
    /// @notice A company's ledger was created.
    event LedgerCreated(address indexed ledger, address indexed admin, address indexed token);

    /// @notice The token has fewer than 6 or more than 18 decimals.
    error UnsupportedDecimals(address token, uint256 decimals);
    /// @notice A duration is outside its limits.
    error DurationOutOfRange(string field, uint256 given, uint256 least, uint256 most);

    /// @notice Creates a ledger at an address that depends only on the caller, `salt` and the request's fixed terms.
    function createLedger(LedgerRequest calldata request, bytes32 salt) external returns (address ledger);

    /// @notice The code that all ledgers share.
    function implementation() external view returns (address);

    /// @notice Whether this factory created `ledger`.
    function isLedger(address ledger) external view returns (bool);
}
