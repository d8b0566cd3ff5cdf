// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Plan } from "../types/Plan.sol";

/// @title What else a ledger lets each party do
/// @notice Plans, recorders, standing, wallets, holds, flags. See ICommissionLedger for units, ids and the journal.
interface ILedgerPowers {
    // ---- The admin ----

    /// @notice Announces a plan. It comes into force after the notice period and never touches a recorded batch.
    /// @dev Only the admin.
    /// @return version The plan's version.
    function announcePlan(Plan calldata plan) external returns (uint256 version);

    /// @notice Lets `recorder` enrol, record and reverse. In a period it may reserve at most `cap` units, and free at
    /// most as many by reversals; 0 ends it.
    /// @dev Only the admin.
    function setRecorder(address recorder, uint256 cap) external;

    /// @notice Takes free float out. What is reserved or owed is out of reach.
    /// @dev Only the admin.
    function withdrawFloat(uint256 units, address to) external;

    /// @notice Proposes to replace a lost wallet. The replacement is public for 14 days, in which the wallet's owner
    /// can cancel it.
    /// @dev Only the admin.
    /// @param newWallet The wallet to replace it by; zero withdraws the proposal, so that a better one can be made.
    function proposeRecovery(address wallet, address newWallet) external;

    /// @notice Replaces a lost wallet whose owner has not cancelled.
    /// @dev Only the admin.
    function recoverWallet(address wallet) external;

    /// @notice Pauses or resumes enrolling and recording. Settlement, reversal and payout cannot be paused.
    /// @dev A guardian may pause; the admin may do both.
    function setPaused(bool paused) external;

    // ---- The recorder ----

    /// @notice Corrects a mistaken sponsor, within 7 days of enrolment.
    /// @dev Only a recorder. A distributor in lane 0, or who stays inside their fragment, keeps their id. Any other
    /// distributor moves to lane 0 of the next fragment, with balance, rank and wallet; their downline follows.
    /// @param wallet The distributor's wallet, or zero if they have none.
    /// @param sponsor The right sponsor; 0 makes the distributor a root.
    /// @param reason Hash of the reason, kept off the chain.
    /// @return newId The distributor's id from now on.
    function correctSponsor(
        uint256 id,
        address wallet,
        uint256 sponsor,
        bytes32 reason
    ) external returns (uint256 newId);

    // ---- The ranker ----

    /// @notice Sets ranks and whether distributors are active, as settlements from now on will see them.
    /// @dev Only a ranker.
    /// @param records 4 bytes each: id (26 bits) | rank (4) | status (2), 1 active or 2 inactive.
    /// @param evidence Hash of the evidence, kept off the chain.
    function setStanding(bytes calldata records, bytes32 evidence) external;

    // ---- Compliance ----

    /// @notice Holds the payouts of a wallet for at most 30 days; an active hold can only be shortened. After it
    /// ends the wallet stays free for at least 7 days.
    /// @dev Only compliance.
    /// @param until When the hold ends by itself.
    /// @param reason Hash of the reason, kept off the chain.
    function hold(address wallet, uint256 until, bytes32 reason) external;

    /// @notice Ends a hold at once.
    /// @dev Only compliance.
    function releaseHold(address wallet, bytes32 reason) external;

    /// @notice Flags a distributor (0) or a sale (1) for review, in public. It moves no money.
    /// @dev Only compliance.
    /// @return flag Number of the flag, from 1.
    function raiseFlag(uint256 subjectKind, uint256 subject, bytes32 reason) external returns (uint256 flag);

    /// @notice Ends a review: 1 nothing was wrong, 2 it was corrected, 3 it is a breach of the rules.
    /// @dev Only compliance.
    function closeFlag(uint256 flag, uint256 outcome, bytes32 evidence) external;

    // ---- The distributor ----

    /// @notice Leaves the programme for good: no more commissions, and what is owed stays owed.
    /// @dev Only the wallet's owner.
    function leaveProgramme() external;

    /// @notice Gives a distributor who was enrolled without a wallet the one that a registrar vouches for. Anyone may
    /// call it.
    /// @param signature The registrar's, by EIP-712 (or EIP-1271) over
    /// `ClaimVoucher(uint256 id,address wallet,uint256 deadline)`.
    function claimWallet(
        uint256 id,
        address wallet,
        uint256 deadline,
        address registrar,
        bytes calldata signature
    ) external;

    /// @notice Moves the caller to another wallet, which must agree. It ends a recovery that is under way.
    /// @param signature The new wallet's, by EIP-712 (or EIP-1271) over
    /// `WalletConsent(uint256 id,address from,address to,uint256 nonce,uint256 deadline)`.
    function changeWallet(address newWallet, uint256 deadline, bytes calldata signature) external;

    /// @notice Cancels a recovery of the caller's wallet.
    function cancelRecovery() external;

    /// @notice Pays out everything owed to `wallet` to another address, as its owner has signed. Anyone may call it.
    /// @param signature The wallet's, by EIP-712 (or EIP-1271) over
    /// `WithdrawTo(uint256 id,address wallet,address to,uint256 nonce,uint256 deadline)`.
    /// @return units Units paid.
    function withdrawTo(
        address wallet,
        address to,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 units);

    // ---- Views ----

    /// @notice A plan by its version, from 1.
    /// @return plan Its terms.
    /// @return startsAt Unix time from which new batches use it.
    /// @return hash Its name: keccak256 of the ABI-encoded plan.
    function planOf(uint256 version) external view returns (Plan memory plan, uint256 startsAt, bytes32 hash);

    /// @notice Version of the plan that a batch recorded now would use.
    function currentPlan() external view returns (uint256);

    /// @notice What the ledger knows of a wallet; zeros if it belongs to no distributor.
    /// @return id The distributor's.
    /// @return enrolledAt Unix time.
    /// @return heldUntil Unix time; 0 if payouts were never held.
    /// @return nonce What the owner's next signature must carry.
    function walletOf(
        address wallet
    ) external view returns (uint256 id, uint256 enrolledAt, uint256 heldUntil, uint256 nonce);

    /// @notice Unix time at which a distributor without a wallet was enrolled; 0 for any other id.
    function unclaimedSince(uint256 id) external view returns (uint256);

    /// @notice The recovery of a wallet that is under way; zeros if there is none.
    function recoveryOf(address wallet) external view returns (address newWallet, uint256 executableFrom);

    /// @notice State of a flag: 0 open, else its outcome.
    function flagOf(uint256 flag) external view returns (uint256 outcome);

    /// @notice Whether enrolling and recording are paused.
    function isPaused() external view returns (bool);

    /// @notice Id under which a distributor goes on whose sponsor was corrected; 0 if they have not moved.
    function movedTo(uint256 id) external view returns (uint256);

    // The names are those of constants, as with OpenZeppelin's roles.
    // solhint-disable func-name-mixedcase

    /// @notice The role that sets ranks and activity.
    function RANKER_ROLE() external pure returns (bytes32);

    /// @notice The role that holds and flags.
    function COMPLIANCE_ROLE() external pure returns (bytes32);

    /// @notice The role that pauses recording.
    function GUARDIAN_ROLE() external pure returns (bytes32);

    /// @notice The role that vouches for the wallets of distributors enrolled without one.
    function REGISTRAR_ROLE() external pure returns (bytes32);

    /// @notice The role that signs a storefront's quotes.
    function QUOTER_ROLE() external pure returns (bytes32);
}
