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

    /// @notice The batch is not the recorder's next one.
    error UnexpectedSequence(uint256 sequence, uint256 expected);
    /// @notice The plan in force is another one.
    error UnexpectedPlan(uint256 plan, uint256 inForce);
    /// @notice All batch numbers of the recorder are used.
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
    /// @notice The float does not cover what the plan can pay for these sales, or these opening balances.
    error FloatTooLow(uint256 free, uint256 needed);
    /// @notice What is left of the recorder's cap does not cover these sales, or what these reversals free.
    error CapExceeded(uint256 left, uint256 needed);
    /// @notice What is left of the recorder's count cap does not cover so many distributors or sales.
    error CountExceeded(uint256 left, uint256 needed);

    // ---- Reversal and settlement ----

    /// @notice There is no open batch with this number: never recorded, or settled already.
    error BatchNotOpen(uint256 batch);
    /// @notice Plan, time, number of sales, records or proof are not those of the batch.
    error BatchMismatch(uint256 batch);
    /// @notice The return window has ended; nothing of the batch can be reversed.
    error ReturnWindowOver(uint256 batch, uint256 endedAt);
    /// @notice The return window is open; nothing of the batch can be settled yet.
    error ReturnWindowOpen(uint256 batch, uint256 endsAt);
    /// @notice The batch has no sale with this index.
    error UnknownSale(uint256 batch, uint256 index);
    /// @notice The reversal or refund is of nothing, or of more than is left of the sale.
    error ReversalOutOfRange(uint256 sale, uint256 priceLeft, uint256 volumeLeft);
    /// @notice The batch was recorded by another recorder.
    error NotBatchRecorder(uint256 batch, address caller);
    /// @notice The batch was recorded after `change` had become effective, which must be applied first.
    error ChangesPending(uint256 batch, uint256 change);
    /// @notice The sale is not settled: it can be reversed, or will be settled soon.
    error SaleNotSettled(uint256 sale);
    /// @notice The batch is settled up to `settled` already.
    error NothingToSettle(uint256 batch, uint256 settled);

    // ---- Money ----

    /// @notice The cap is above the highest that a recorder can have.
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
    /// @notice A walk looks at 64 to 1,000 ids above the seller.
    error ReachOutOfRange(uint256 reach, uint256 least, uint256 most);
    /// @notice Too many plans are announced and have not started.
    error TooManyPlansPending(uint256 limit);
    /// @notice The plan has started, or was cancelled.
    error PlanNotPending(uint256 version);
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
    /// @notice The new sponsor's id is the present one. Where a sponsor has moved, the new id is another.
    error SponsorUnchanged(uint256 id, uint256 sponsor);
    /// @notice The new sponsor is the distributor or stands below them.
    error SponsorBelow(uint256 id, uint256 sponsor);
    /// @notice The upline of the new sponsor is longer than can be checked in one call.
    error UplineTooLong(uint256 sponsor, uint256 limit);
    /// @notice A correction, and the end of a membership for cause, need a reason.
    error ReasonMissing();

    // ---- Changes ----

    /// @notice Too much is announced and not applied.
    error TooManyPending(uint256 count, uint256 limit);
    /// @notice Changes are applied in the order of their announcement.
    error NotNextChange(uint256 change, uint256 next);
    /// @notice Every change that was announced is applied.
    error NoChangePending();
    /// @notice There is no such change, it was cancelled, or this is not its content.
    error ChangeMismatch(uint256 change);
    /// @notice The change is not effective yet.
    error ChangeTooEarly(uint256 change, uint256 effectiveAt);
    /// @notice The change is effective and can no longer be cancelled.
    error ChangeEffective(uint256 change, uint256 effectiveAt);
    /// @notice Batches that were recorded before the change are not settled.
    error BatchesOpen(uint256 change, uint256 batches);
    /// @notice The change is applied up to `done` already.
    error NothingToApply(uint256 change, uint256 done);
    /// @notice The caller may not cancel this kind of change.
    error NotAnnouncer(address caller, uint256 change);
    /// @notice The distributor is leaving already, by `change`.
    error AlreadyLeaving(uint256 id, uint256 change);
    /// @notice Opening balances come before the first sale.
    error SalesRecorded();
    /// @notice The period, a year or year x 100 + month, is above what a log of it holds.
    error PeriodOutOfRange(uint256 period, uint256 limit);
    /// @notice The successor was named already.
    error SuccessorKnown(address successor);

    // ---- Announced calls ----

    /// @notice A call begins with the four bytes of its selector.
    error MalformedAct(uint256 bytesGiven);
    /// @notice The call must be announced before it is made.
    error ActNotAnnounced(bytes32 act);
    /// @notice The call is announced already.
    error ActPending(bytes32 act, uint256 effectiveAt);
    /// @notice The call can be made only from then on.
    error ActTooEarly(bytes32 act, uint256 effectiveAt);
    /// @notice The call could be made until then; it must be announced anew.
    error ActVoid(bytes32 act, uint256 endedAt);
    /// @notice The admin's seat may not change hands faster than the ledger's delay.
    error AdminDelayTooShort(uint256 delay, uint256 least);
    /// @notice There is no recorder with this number, or it has no standby key.
    error UnknownRecorder(uint256 number);
    /// @notice The key is a recorder's already.
    error RecorderTaken(address key, uint256 number);
    /// @notice No more recorders can be set.
    error TooManyRecorders(uint256 limit);
    /// @notice The caller is neither the standby key nor the admin.
    error NotStandby(address caller, address standby);

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
    /// @notice The kind of a flag is below 256.
    error FlagKindOutOfRange(uint256 kind, uint256 limit);
    /// @notice The severity is 1, 2 or 3.
    error SeverityOutOfRange(uint256 severity, uint256 limit);
    /// @notice A review ends in the future and no later than `latest`.
    error ReviewOutOfRange(uint256 reviewBy, uint256 latest);
    /// @notice The flag is not on the caller.
    error NotFlagged(address caller, uint256 flag);
    /// @notice The flag was answered already.
    error AlreadyAnswered(uint256 flag);
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
