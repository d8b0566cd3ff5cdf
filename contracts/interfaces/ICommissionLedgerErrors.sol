// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Why a ledger refuses
/// @notice Each error carries the offending value and, where there is one, what would have been right.
interface ICommissionLedgerErrors {
    /// @notice The caller is not a recorder.
    error NotRecorder(address caller);
    /// @notice The packed records are empty or not a whole number of `recordBytes`.
    error MalformedRecords(uint256 bytesGiven, uint256 recordBytes);

    // ---- Enrolment ----

    /// @notice The id is not the next free one of its fragment, nor the first of the next fragment.
    error UnexpectedId(uint256 id, uint256 expected);
    /// @notice The sponsor has left, or has moved to another id.
    error SponsorGone(uint256 id, uint256 sponsor);
    /// @notice The sponsor is not enrolled.
    error UnknownSponsor(uint256 id, uint256 sponsor);
    /// @notice Only the first lane of a fragment may have a sponsor in another fragment.
    error SponsorOutsideFragment(uint256 id, uint256 sponsor);
    /// @notice The wallet already belongs to distributor `owner`.
    error WalletTaken(address wallet, uint256 owner);
    /// @notice The ledger itself and its token cannot be wallets: what is paid to them is lost.
    error UnusableWallet(address wallet);
    /// @notice All ids are used.
    error LedgerFull(uint256 fragments);
    /// @notice The company has filled its half of the journal; what is left is for settlements and payouts.
    error JournalFull(uint256 entries);

    // ---- Recording ----

    /// @notice The batch is not the next one.
    error UnexpectedSequence(uint256 sequence, uint256 expected);
    /// @notice All batch numbers are used.
    error TooManyBatches(uint256 limit);
    /// @notice The batch has more records than fit one batch.
    error BatchTooLarge(uint256 count, uint256 limit);
    /// @notice The seller of the record at `index` has no place in the tree.
    error UnknownSeller(uint256 index, uint256 seller);
    /// @notice The buyer class of the record at `index` is not retail (0), preferred (1) or self (2).
    error UnknownClass(uint256 index, uint256 class);
    /// @notice The record at `index` has no price.
    error ZeroPrice(uint256 index);
    /// @notice The volume of the record at `index` is above its price.
    error VolumeAbovePrice(uint256 index, uint256 price, uint256 volume);
    /// @notice The float does not cover what the plan can pay for these sales.
    error FloatTooLow(uint256 free, uint256 needed);
    /// @notice The recorder's cap for this period does not cover these sales, or what these reversals free.
    error CapExceeded(uint256 left, uint256 needed);

    // ---- Reversal and settlement ----

    /// @notice There is no open batch with this number: never recorded, or settled already.
    error BatchNotOpen(uint256 batch);
    /// @notice Plan, time, records or reversals are not those of the batch.
    error BatchMismatch(uint256 batch);
    /// @notice The return window has ended; nothing of the batch can be reversed.
    error ReturnWindowOver(uint256 batch, uint256 endedAt);
    /// @notice The return window is open; nothing of the batch can be settled yet.
    error ReturnWindowOpen(uint256 batch, uint256 endsAt);
    /// @notice The batch has no sale with this index.
    error UnknownSale(uint256 batch, uint256 index);
    /// @notice The reversal takes nothing back, or more than is left of the sale.
    error ReversalOutOfRange(uint256 sale, uint256 priceLeft, uint256 volumeLeft);
    /// @notice A batch that carried more reversals could become too dear to settle. Beyond the limit only reversals
    /// that take back all that is left of a sale are accepted.
    error TooManyReversals(uint256 count, uint256 limit);
    /// @notice The batch is settled up to `settled` already.
    error NothingToSettle(uint256 batch, uint256 settled);

    // ---- Money ----

    /// @notice The cap is above what a grant can hold.
    error CapTooHigh(uint256 cap, uint256 limit);
    /// @notice No tokens arrived.
    error NothingReceived();
    /// @notice The ledger would hold more than its accounts can count.
    error CustodyLimit(uint256 total, uint256 limit);
    /// @notice The wallet belongs to no distributor of this ledger.
    error UnknownWallet(address wallet);
    /// @notice Nothing is owed.
    error NothingOwed(address wallet);

    // ---- Plans and distributors, by number ----

    /// @notice There is no plan of this kind.
    error UnknownPlanKind(uint256 kind);
    /// @notice There is no such compression for this kind of plan.
    error UnknownCompression(uint256 compression);
    /// @notice A plan by generation has a boundary rank from 1 to 15, any other has 0.
    error BoundaryRankOutOfRange(uint256 boundaryRank, uint256 least, uint256 most);
    /// @notice The plan has too few or too many rows of rates.
    error PlanRowsOutOfRange(uint256 rows, uint256 limit);
    /// @notice A row has too few or too many levels; the seller counts as one. A plan by difference has two.
    error PlanLevelsOutOfRange(uint256 levels, uint256 limit);
    /// @notice A rate, weight or ceiling is above the whole.
    error BpsAboveWhole(uint256 bps);
    /// @notice The plan could pay more than its own ceiling.
    error CeilingExceeded(uint256 totalBps, uint256 ceilingBps);
    /// @notice No more plans can be announced.
    error TooManyPlans(uint256 limit);
    /// @notice There is no plan with this version.
    error UnknownPlan(uint256 version);
    /// @notice No distributor has this id.
    error UnknownDistributor(uint256 id);

    // ---- Standing and place ----

    /// @notice The status of the record at `index` is not active (1) or inactive (2).
    error UnknownStatus(uint256 index, uint256 status);
    /// @notice No distributor has the id of the record at `index`.
    error UnknownDistributorAt(uint256 index, uint256 id);
    /// @notice The distributor has left the programme, or has moved to another id.
    error DistributorGone(uint256 id);
    /// @notice The distributor was enrolled too long ago for another sponsor.
    error SponsorWindowOver(uint256 id, uint256 endedAt);
    /// @notice The new sponsor is the present one.
    error SponsorUnchanged(uint256 id, uint256 sponsor);
    /// @notice The new sponsor is the distributor or stands below them.
    error SponsorBelow(uint256 id, uint256 sponsor);
    /// @notice The upline of the new sponsor is longer than can be checked in one call.
    error UplineTooLong(uint256 sponsor, uint256 limit);
    /// @notice A correction needs a reason.
    error ReasonMissing();

    // ---- Wallets ----

    /// @notice The wallet is not the distributor's; zero stands for a distributor without one.
    error WalletMismatch(uint256 id, address wallet);
    /// @notice The distributor has a wallet, or there is no such distributor.
    error NothingToClaim(uint256 id);
    /// @notice The signature has expired.
    error SignatureExpired(uint256 deadline);
    /// @notice The signer has not signed this.
    error WrongSignature(address signer);
    /// @notice The signer of the voucher is no registrar.
    error NotRegistrar(address signer);
    /// @notice A recovery of this wallet is already under way.
    error RecoveryPending(address wallet, uint256 executableFrom);
    /// @notice There is no recovery of this wallet.
    error NoRecovery(address wallet);
    /// @notice The owner can still cancel the recovery.
    error RecoveryTooEarly(address wallet, uint256 executableFrom);

    // ---- Powers ----

    /// @notice Payouts to this wallet are held.
    error PayoutHeld(address wallet, uint256 until);
    /// @notice A hold must end in the future and no later than `latest`.
    error HoldOutOfRange(uint256 until, uint256 latest);
    /// @notice After a hold the wallet must have been free for a while before the next.
    error HoldTooSoon(address wallet, uint256 possibleFrom);
    /// @notice The wallet is not held.
    error NotHeld(address wallet);
    /// @notice A flag is on a distributor (0) or a sale (1) that is there.
    error UnknownSubject(uint256 subjectKind, uint256 subject);
    /// @notice There is no open flag with this number.
    error FlagNotOpen(uint256 flag);
    /// @notice The outcome is not 1, 2 or 3.
    error UnknownOutcome(uint256 outcome);
    /// @notice No more flags can be raised.
    error TooManyFlags(uint256 limit);
    /// @notice The free float is less than the units asked for.
    error FloatExceeded(uint256 free, uint256 units);
    /// @notice Nothing was asked for.
    error ZeroUnits();
    /// @notice Enrolling and recording are paused.
    error RecordingPaused();
    /// @notice Recording is already paused, or already not paused.
    error PauseUnchanged(bool paused);
    /// @notice The caller is neither guardian nor admin.
    error NotGuardian(address caller);
}
