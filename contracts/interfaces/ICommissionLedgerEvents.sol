// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Plan } from "../types/Plan.sol";

/// @title What a ledger logs
/// @notice Each event is one entry of the journal and carries `head`, the journal's head after it, except
/// `SaleSettled`, which is a line of the `BatchSettled` entry that follows it. The bytes that enter the hash are given
/// in libraries/Journal.sol.
interface ICommissionLedgerEvents {
    /// @notice The ledger was opened. `termsHash` is keccak256(abi.encode(chain id, ledger, LedgerTerms)).
    event LedgerOpened(bytes32 termsHash, bytes32 head);

    /// @notice A distributor joined below `sponsor` (0: a root). A zero wallet is claimed later.
    event Enrolled(uint256 indexed id, uint256 indexed sponsor, address indexed wallet, bytes32 head);

    /// @notice A plan will be in force from `startsAt` on. `planHash` is keccak256(abi.encode(plan)).
    event PlanAnnounced(uint256 indexed version, bytes32 indexed planHash, uint256 startsAt, Plan plan, bytes32 head);

    /// @notice The recorder `number` with the key `recorder` has these caps per period from now on.
    event RecorderSet(address indexed recorder, uint256 indexed number, uint256 cap, uint256 countCap, bytes32 head);

    /// @notice `key` can replace the key of recorder `number` at once; zero: no key can.
    event StandbySet(uint256 indexed number, address indexed key, bytes32 head);

    /// @notice Recorder `number` has another key.
    event RecorderReplaced(uint256 indexed number, address indexed from, address indexed to, bytes32 head);

    /// @notice The admin can make the call `call` from `effectiveAt` on, for as long as the ledger's delay.
    event ActAnnounced(bytes32 indexed act, bytes call, uint256 effectiveAt, bytes32 head);

    /// @notice An announced call was cancelled.
    event ActCancelled(bytes32 indexed act, address indexed by, bytes32 head);

    /// @notice A plan was withdrawn before it started.
    event PlanCancelled(uint256 indexed version, bytes32 head);

    /// @notice `account` got or lost `role`.
    event RoleChanged(bytes32 indexed role, address indexed account, bool granted, bytes32 head);

    /// @notice The admin's seat is offered to `newAdmin`, who can take it from `acceptableFrom` on; zeros withdraw the
    /// offer, and a zero address with a time announces that the admin resigns.
    event AdminTransferSet(address indexed newAdmin, uint256 acceptableFrom, bytes32 head);

    /// @notice Transfers of the admin's seat will take `delay` seconds from `effectiveFrom` on; zeros
    /// withdraw a change that is not effective yet.
    event AdminDelaySet(uint256 delay, uint256 effectiveFrom, bytes32 head);

    /// @notice `from` added `units` to the float.
    event FloatFunded(address indexed from, uint256 units, bytes32 head);

    /// @notice A batch of sales was recorded under plan version `plan`, and `reserved` units were set aside for it.
    event BatchRecorded(
        uint256 indexed batch,
        uint256 indexed plan,
        address indexed recorder,
        uint256 recordedAt,
        uint256 reserved,
        bytes32 manifestRoot,
        bytes records,
        bytes32 head
    );

    /// @notice Part of a sale, or all of it, was taken back inside the return window.
    event SaleReversed(
        uint256 indexed sale,
        uint256 indexed seller,
        uint256 priceCents,
        uint256 volumeCents,
        bytes32 head
    );

    /// @notice A sale was settled for `volumeCents` of counted volume. Not in compact ledgers.
    /// @param credits One number for each level from the seller up: the last eight decimal digits are the id of the
    /// distributor paid, the digits before them the amount in units; 0 where a level stays unpaid.
    event SaleSettled(uint256 indexed sale, uint256 indexed seller, uint256 volumeCents, uint256[] credits);

    /// @notice Sales `from` to `until` (exclusive) of a batch were settled: `credited` units are owed to distributors now,
    /// `released` units went back to the float.
    /// @param sales Empty in readable ledgers. In compact ones the settled sales, each: seller (4 bytes) | counted
    /// volume in cents (4) | number of levels (1) | for each level 5 bytes: id (26 bits) | basis points (14 bits), 0 if
    /// unpaid.
    event BatchSettled(
        uint256 indexed batch,
        uint256 from,
        uint256 until,
        uint256 credited,
        uint256 released,
        bytes sales,
        bytes32 head
    );

    /// @notice `units` owed to distributor `id` were paid to their wallet.
    event Payout(uint256 indexed id, address indexed wallet, uint256 units, bytes32 head);

    /// @notice `units` owed to distributor `id` were paid to `to`, as the owner of their wallet has signed.
    event PayoutRedirected(uint256 indexed id, address indexed wallet, address indexed to, uint256 units, bytes32 head);

    /// @notice Ranks and statuses will change at `effectiveAt`, for good reason, named by `evidence`. Each record has 4
    /// bytes: id (26 bits) | rank (4) | status (2).
    event StandingAnnounced(
        uint256 indexed change,
        address indexed ranker,
        bytes32 indexed evidence,
        bytes records,
        uint256 effectiveAt,
        bytes32 head
    );

    /// @notice The sponsor of distributor `id` will be put right at `effectiveAt`.
    event CorrectionAnnounced(
        uint256 indexed change,
        uint256 indexed id,
        uint256 indexed sponsor,
        bytes32 reason,
        uint256 effectiveAt,
        bytes32 head
    );

    /// @notice The membership of distributor `id` ends at `effectiveAt`, by their own wish or for cause. What is owed to them
    /// stays owed.
    event EndingAnnounced(
        uint256 indexed change,
        uint256 indexed id,
        bool forCause,
        bytes32 reason,
        bytes32 evidence,
        uint256 effectiveAt,
        bytes32 head
    );

    /// @notice A change was cancelled before it was effective.
    event ChangeCancelled(uint256 indexed change, address indexed by, bytes32 head);

    /// @notice A change was applied, up to record `until`. A corrected distributor has `newId` from now on, with balance, rank
    /// and wallet, and whoever stands below follows. `lapsed`: it did not fit any more, and nothing has changed.
    event ChangeApplied(uint256 indexed change, uint256 until, uint256 indexed newId, bool lapsed, bytes32 head);

    /// @notice Distributors are owed `units` in all from before this ledger. Each record has 12 bytes: id (4) | units (8).
    event BalancesOpened(uint256 units, bytes32 indexed evidence, bytes records, bytes32 head);

    /// @notice The company has refunded part of a settled sale, or all of it, at its own cost.
    event RefundedLate(uint256 indexed sale, uint256 priceCents, bytes32 evidence, bytes32 head);

    /// @notice The income disclosure of `period` has this root and this hash.
    event DisclosurePublished(uint256 indexed period, bytes32 root, bytes32 hash, bytes32 head);

    /// @notice The programme goes on in another ledger.
    event SuccessorSet(address indexed successor, bytes32 head);

    /// @notice `units` that had come without `fund` were added to the float.
    event SurplusSwept(uint256 units, bytes32 head);

    /// @notice Distributor `id` is paid to `to` from now on, no longer to `from` (zero: no wallet until now).
    /// @param how 1 claimed with a voucher, 2 changed by its owner, 3 recovered by the company.
    event WalletSet(uint256 indexed id, address indexed from, address indexed to, uint256 how, bytes32 head);

    /// @notice The company may replace the wallet `from` of distributor `id` by `to` from `executableFrom` on, if its
    /// owner does not cancel; zeros: cancelled.
    event RecoverySet(
        uint256 indexed id,
        address indexed from,
        address indexed to,
        uint256 executableFrom,
        bytes32 head
    );

    /// @notice Payouts to distributor `id` are held until `until`; a time that has come ends a hold.
    event HoldSet(uint256 indexed id, uint256 until, bytes32 indexed reason, bytes32 head);

    /// @notice A distributor (`subjectKind` 0) or a sale (1) was flagged for review, which ends by itself at `reviewBy`. It
    /// changes nobody's money.
    event FlagRaised(
        uint256 indexed flag,
        uint256 indexed subjectKind,
        uint256 indexed subject,
        uint256 kind,
        uint256 severity,
        bytes32 evidence,
        uint256 reviewBy,
        bytes32 head
    );

    /// @notice The distributor who is flagged has answered.
    event FlagAnswered(uint256 indexed flag, uint256 indexed id, bytes32 answer, bytes32 head);

    /// @notice A review ended. Outcome 1: nothing was wrong; 2: it was put right; 3: it stands as a breach of the
    /// rules.
    event FlagClosed(uint256 indexed flag, uint256 indexed outcome, bytes32 evidence, bytes32 head);

    /// @notice The company took free float out.
    event FloatWithdrawn(address indexed to, uint256 units, bytes32 head);

    /// @notice Enrolling and recording were paused or resumed.
    event PauseSet(address indexed by, bool paused, bytes32 head);

    /// @notice A payout to `wallet` failed, is held or has nothing to pay, and was skipped; what is owed stays owed.
    /// Not an entry: nothing has changed.
    event PayoutSkipped(uint256 indexed id, address indexed wallet, uint256 units);
}
