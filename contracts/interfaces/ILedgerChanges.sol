// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title How distributors come to stand elsewhere
/// @notice Rank, activity, sponsor and membership; and what a company brings along and publishes. See ICommissionLedger for
/// units, ids and the journal.
///
/// A change is announced, becomes effective at a midnight (UTC) at least the ledger's delay away, and can be cancelled until
/// then. A batch settles with exactly the changes that were effective when it was recorded: when all batches recorded before
/// a change are settled, anyone can apply it, in the order of announcement, and later batches wait for that. A ledger
/// without a return window applies changes as they are announced.
interface ILedgerChanges {
    // ---- The ranker ----

    /// @notice Announces ranks and whether distributors are active.
    /// @dev Only a ranker. What is announced and not applied is limited to 20,000 records.
    /// @param records 4 bytes each: id (26 bits) | rank (4) | status (2), 1 active or 2 inactive.
    /// @param evidence Hash of the evidence, kept off the chain.
    /// @return change Number of the change.
    function setStanding(bytes calldata records, bytes32 evidence) external returns (uint256 change);

    // ---- The recorder ----

    /// @notice Announces another sponsor, inside 7 days after enrolment, because the first was a mistake.
    /// @dev Only a recorder. What is announced and not applied is limited to 100 corrections and endings.
    /// @param wallet The distributor's wallet, or zero if they have none.
    /// @param sponsor The right sponsor; 0 makes the distributor a root.
    /// @param reason Hash of the reason, kept off the chain.
    function correctSponsor(
        uint256 id,
        address wallet,
        uint256 sponsor,
        bytes32 reason
    ) external returns (uint256 change);

    // ---- Compliance ----

    /// @notice Announces the end of a membership for cause. What is owed stays owed.
    /// @dev Only compliance. It may be announced beside another ending of the same membership; the later one lapses.
    /// @param reason Hash of the reason, kept off the chain.
    /// @param evidence Hash of the evidence, kept off the chain.
    function endMembership(uint256 id, bytes32 reason, bytes32 evidence) external returns (uint256 change);

    // ---- The distributor ----

    /// @notice Announces that the caller leaves the programme for good: no more commissions for sales recorded from then on,
    /// and what is owed stays owed.
    function leaveProgramme() external returns (uint256 change);

    /// @notice Stays after all.
    function cancelLeaving() external;

    // ---- Anyone ----

    /// @notice Cancels a change that is not effective yet.
    /// @dev The admin, a guardian, or whoever may announce the like. A distributor's leaving only they cancel.
    function cancelChange(uint256 change) external;

    /// @notice Applies records of a change of standing, up to `until`. Whoever has left meanwhile is passed over.
    function applyStanding(uint256 change, bytes calldata records, uint256 until) external;

    /// @notice Applies a correction. A distributor in lane 0, or who stays inside their fragment, keeps their id. Anybody
    /// else moves to lane 0 of the next fragment, with balance, rank and wallet; whoever stands below them follows. It lapses
    /// if it does not fit any more.
    /// @param id As announced.
    /// @param sponsor As announced.
    /// @return newId The distributor's id from now on; 0 if the correction has lapsed.
    function applyCorrection(
        uint256 change,
        uint256 id,
        uint256 sponsor,
        bytes32 reason
    ) external returns (uint256 newId);

    /// @notice Applies that a distributor has left, or had to.
    function applyEnding(uint256 change, uint256 id) external;

    /// @notice Passes over cancelled changes from the next on, at most so many, up to one that was not cancelled.
    /// @dev Reverts as a whole if one of them could not be applied yet: ask for fewer.
    function skipCancelled(uint256 most) external;

    // ---- The admin ----

    /// @notice Credits what distributors are owed from before this ledger, out of the float, before the first sale, as
    /// announced.
    /// @dev Only the admin.
    /// @param records 12 bytes each: id (4) | units (8).
    /// @param evidence Hash of where the figures come from.
    function openBalances(bytes calldata records, bytes32 evidence) external;

    /// @notice Publishes an income disclosure.
    /// @dev Only the admin.
    /// @param period The month, year x 100 + month, or the year.
    /// @param root Root over what each distributor has earned, net.
    /// @param hash Of the published document.
    function publishDisclosure(uint256 period, bytes32 root, bytes32 hash) external;

    /// @notice Names the ledger in which the programme goes on, once.
    /// @dev Only the admin.
    function setSuccessor(address ledger) external;

    // ---- Views ----

    /// @notice Where the changes are.
    /// @return next The change to be applied next.
    /// @return announced Changes announced so far.
    /// @return startsAt When the next change becomes effective, or has; 0 if none is pending.
    /// @return openBatches Batches that have to be settled before it can be applied, as far as it is known now.
    /// @return era How many times changes were applied together.
    function changes()
        external
        view
        returns (uint256 next, uint256 announced, uint256 startsAt, uint256 openBatches, uint256 era);

    /// @notice A change by its number.
    /// @return kind 1 standing, 2 sponsor, 3 leaving, 4 ending for cause; 0 for none.
    /// @return size Records in it.
    /// @return done Records applied.
    /// @return cancelled Whether it was cancelled.
    /// @return applied Whether it is behind: applied, lapsed or passed over.
    function changeOf(
        uint256 change
    ) external view returns (uint256 kind, uint256 size, uint256 done, bool cancelled, bool applied);

    /// @notice Id under which a distributor goes on whose sponsor was corrected; 0 if they have not moved.
    function movedTo(uint256 id) external view returns (uint256);

    /// @notice The ledger in which the programme goes on; zero if there is none.
    function successor() external view returns (address);
}
