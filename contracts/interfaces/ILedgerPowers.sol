// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ILedgerRoleIds } from "./ILedgerRoleIds.sol";
import { Plan } from "../types/Plan.sol";

/// @title What a ledger lets each party do besides
/// @notice Roles, plans, recorders, wallets, holds, flags. See ICommissionLedger for units, ids and the journal.
interface ILedgerPowers is ILedgerRoleIds {
    // ---- The admin ----

    /// @notice Announces a plan. It comes into force after the notice period and never touches a recorded batch.
    /// @dev Only the admin. At most 8 may be announced and not started.
    /// @return version The plan's version.
    function announcePlan(Plan calldata plan) external returns (uint256 version);

    /// @notice Withdraws a plan that has not started.
    /// @dev The admin or a guardian.
    function cancelPlan(uint256 version) external;

    /// @notice Announces a call that gives power or takes out money: `grantRole`, `setRecorder` that raises a cap or names a
    /// new key, `setStandby`, `withdrawFloat`, `openBalances`, and `revokeRole` of a guardian. The admin can make this very call when the
    /// ledger's delay is over, for as long again. A ledger without a delay needs no announcement.
    /// @dev Only the admin.
    /// @param act The call, selector and arguments.
    /// @return id keccak256 of it.
    function announce(bytes calldata act) external returns (bytes32 id);

    /// @notice Cancels an announced call.
    /// @dev The admin or a guardian; the removal of a guardian only the admin.
    function cancel(bytes32 act) external;

    /// @notice Lets `key` enrol, record and reverse, inside caps that no stretch of one period exceeds. A new key becomes the
    /// next recorder's; lower caps hold at once, higher ones are announced.
    /// @dev Only the admin.
    /// @param cap Units that may be reserved in a period; as many may be freed by reversals. 0 ends both.
    /// @param countCap Distributors and sales that may be recorded in a period. 0 ends corrections of sponsors as well.
    function setRecorder(address key, uint256 cap, uint256 countCap) external;

    /// @notice Names a key that can replace a recorder's at once; zero takes it back, without announcement.
    /// @dev Only the admin.
    function setStandby(uint256 number, address key) external;

    /// @notice Puts the standby key in the place of a recorder's key: number, sequence, caps and batches go along.
    /// @dev The admin or the standby key.
    function replaceRecorder(uint256 number) external;

    /// @notice Takes free float out, as announced. What is reserved or owed is out of reach.
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

    /// @notice Flags a distributor (0) or a sale (1) for review, in public. It changes nobody's money, and ends by itself.
    /// @dev Only compliance.
    /// @param kind What is suspected, by a number that the programme publishes; below 256.
    /// @param severity 1 to 3.
    /// @param evidence Hash of the evidence, kept off the chain.
    /// @param reviewBy When the flag ends by itself, at most 90 days away.
    /// @return flag Number of the flag, from 1.
    function raiseFlag(
        uint256 subjectKind,
        uint256 subject,
        uint256 kind,
        uint256 severity,
        bytes32 evidence,
        uint256 reviewBy
    ) external returns (uint256 flag);

    /// @notice Ends a review: 1 nothing was wrong, 2 it was corrected, 3 it is a breach of the rules.
    /// @dev Only compliance.
    function closeFlag(uint256 flag, uint256 outcome, bytes32 evidence) external;

    // ---- The distributor ----

    /// @notice Answers a flag on the caller, once, while it is under review.
    /// @param answer Hash of the answer, kept off the chain.
    function answerFlag(uint256 flag, bytes32 answer) external;

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

    /// @notice State of a flag.
    /// @return outcome 0 if none was given.
    /// @return reviewBy When it ends by itself.
    /// @return isOpen Whether it is under review.
    function flagOf(uint256 flag) external view returns (uint256 outcome, uint256 reviewBy, bool isOpen);

    /// @notice When an announced call can be made, unix time; 0 if it is not announced.
    function actOf(bytes32 act) external view returns (uint256 effectiveAt);

    /// @notice Whether a plan was cancelled before it started.
    function isPlanCancelled(uint256 version) external view returns (bool);

    /// @notice Whether enrolling and recording are paused.
    function isPaused() external view returns (bool);
}
