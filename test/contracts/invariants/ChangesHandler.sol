// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { CLOSED, INACTIVE, ACTIVE } from "../CommissionModel.sol";
import { eq, vm } from "../Vm.sol";
import { SalesHandler } from "./SalesHandler.sol";
import { ILedgerChanges } from "../../../contracts/interfaces/ILedgerChanges.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";

/// @notice Standing, mistaken sponsors, leaving and having to: announced, cancelled, and applied by anyone.
abstract contract ChangesHandler is SalesHandler {
    uint256 private constant SPONSOR_WINDOW = 7 days;
    uint256 private constant MAX_CASES = 100;

    /// @notice Another rank, active or not.
    function setStanding(uint256 seed) external acting(seed) {
        bytes memory packed;
        bytes memory refusal;
        uint256 count = 1 + _draw(4);
        for (uint256 i = 0; i < count; ++i) {
            // Any lane of a fragment in use, empty ones too, but mostly distributors.
            uint256 id = _chance(16) ? 4 + _draw(4 * lanes.length) : distributors[_drawDistributor()].id;
            uint256 status =
                _chance(32)
                    ? 3 * _draw(2)
                    : _chance(3)
                        ? INACTIVE
                        : ACTIVE;
            packed = bytes.concat(packed, _standing(id, _draw(_chance(3) ? 16 : 5), status));
            if (refusal.length == 0) refusal = _standingRefusal(i, id, status);
        }
        _announceStanding(packed, refusal);
    }

    /// @notice Another sponsor, mostly for somebody new. Whoever cannot stay in their lane moves.
    function correctSponsor(uint256 seed) external acting(seed) {
        if (ids.length + _pendingCases() >= maxIds) return;
        uint256 recent = distributors.length - 1 < 6 ? distributors.length - 1 : 6;
        uint256 number = _chance(4) ? _drawDistributor() : distributors.length - 1 - _draw(recent);
        address wallet = _chance(16) ? _drawWallet() : distributors[number].wallet;
        uint256 sponsor =
            _chance(9)
                ? 0
                : _chance(16)
                    ? 4 + _draw(4 * lanes.length + 4)
                    : _drawId();
        bytes32 reason = bytes32(_chance(16) ? 0 : 1 + _draw(1 << 128));
        uint256 id = distributors[number].id;
        bytes memory refusal =
            reason == 0 ? abi.encodeWithSelector(ReasonMissing.selector) : _placeRefusal(number, wallet, sponsor);
        if (refusal.length == 0) refusal = _casesRefusal();
        bytes memory call = abi.encodeCall(ILedgerChanges.correctSponsor, (id, wallet, sponsor, reason));
        address recorder = _drawRecorder();
        bool isStopped = recorders[_recorderOf(recorder)].countCap == 0;
        if (isStopped) refusal = abi.encodeWithSelector(CountExceeded.selector, 0, 1);
        (bool done, bytes memory answer) = _attempt(recorder, call, refusal);
        if (!done) return;
        uint256 start = _effectiveFrom();
        _bookChange(BookedChange(SPONSOR, start, false, 0, "", id, sponsor, reason), answer);
        _enter(Journal.correctionAnnounced(head, changes.length, id, sponsor, reason, start));
        if (returnWindow == 0) _bookApplied(1);
    }

    /// @notice Somebody leaves, now and then.
    function leaveProgramme(uint256 seed) external acting(seed) {
        if (_chance(3)) _leave(_chance(4) ? _drawWallet() : _drawOwnedWallet());
    }

    function _leave(address wallet) private {
        Distributor storage distributor = distributors[ownerOf[wallet]];
        bytes memory refusal =
            ownerOf[wallet] == 0
                ? abi.encodeWithSelector(UnknownWallet.selector, wallet)
                : distributor.status == CLOSED
                    ? abi.encodeWithSelector(DistributorGone.selector, distributor.id)
                    : distributor.leaving != 0
                        ? abi.encodeWithSelector(AlreadyLeaving.selector, distributor.id, distributor.leaving)
                        : bytes("");
        (bool done, bytes memory answer) = _attempt(wallet, abi.encodeCall(ILedgerChanges.leaveProgramme, ()), refusal);
        if (!done) return;
        distributor.leaving = changes.length + 1;
        _bookEnding(LEAVING, distributor.id, 0, 0, answer);
    }

    /// @notice Somebody stays after all.
    function cancelLeaving(uint256 seed) external acting(seed) {
        address wallet = _drawOwnedWallet();
        for (uint256 i = 0; i < 8 && distributors[ownerOf[wallet]].leaving == 0; ++i) wallet = _drawOwnedWallet();
        // Often somebody who has only just made up their mind.
        if (_chance(2)) _leave(wallet);
        Distributor storage distributor = distributors[ownerOf[wallet]];
        bytes memory refusal =
            ownerOf[wallet] == 0
                ? abi.encodeWithSelector(UnknownWallet.selector, wallet)
                : _cancelRefusal(distributor.leaving);
        (bool done, ) = _attempt(wallet, abi.encodeCall(ILedgerChanges.cancelLeaving, ()), refusal);
        if (!done) return;
        _bookCancelled(distributor.leaving, wallet);
        distributor.leaving = 0;
    }

    /// @notice Compliance ends a membership for cause.
    function endMembership(uint256 seed) external acting(seed) {
        if (!_chance(4)) return;
        uint256 id = _chance(8) ? 4 + _draw(4 * lanes.length + 4) : _drawId();
        (bytes32 reason, bytes32 evidence) = (bytes32(_draw(1 << 128)), _drawWord());
        if (_chance(16)) reason = 0;
        bytes memory refusal =
            reason == 0
                ? abi.encodeWithSelector(ReasonMissing.selector)
                : numberOf[id] == 0
                    ? abi.encodeWithSelector(UnknownDistributor.selector, id)
                    : _isGone(id)
                        ? abi.encodeWithSelector(DistributorGone.selector, id)
                        : _casesRefusal();
        (bool done, bytes memory answer) = _attempt(
            abi.encodeCall(ILedgerChanges.endMembership, (id, reason, evidence)),
            refusal
        );
        if (done) _bookEnding(ENDING, id, reason, evidence, answer);
    }

    /// @notice A change is cancelled, or would be if it were not too late; a distributor's leaving only by themself.
    function cancelChange(uint256 seed) external acting(seed) {
        uint256 number =
            changes.length == 0 || _chance(8) ? _draw(changes.length + 2) : changes.length - _draw(_recent());
        address sender =
            _chance(6)
                ? _stranger()
                : _chance(4) && isGuardian
                    ? vm.addr(GUARDIAN_KEY)
                    : address(this);
        uint256 kind = number == 0 || number > changes.length ? 0 : changes[number - 1].kind;
        bool mayCancel = kind != LEAVING && (sender == address(this) || sender == vm.addr(GUARDIAN_KEY));
        bytes memory refusal =
            mayCancel ? _cancelRefusal(number) : abi.encodeWithSelector(NotAnnouncer.selector, sender, number);
        (bool done, ) = _attempt(sender, abi.encodeCall(ILedgerChanges.cancelChange, (number)), refusal);
        if (done) _bookCancelled(number, sender);
    }

    /// @notice Anyone applies the next change, whole or in part, perhaps after waiting for it and settling what is before it; or
    /// tries to with another number or another content.
    function applyChange(uint256 seed) external acting(seed) {
        if (nextChange <= changes.length && !_chance(4)) _prepareNext();
        uint256 number = _chance(8) ? 1 + _draw(changes.length + 2) : nextChange;
        if (number > changes.length) {
            _attempt(
                _stranger(),
                abi.encodeCall(ILedgerChanges.applyStanding, (number, hex"00000000", 1)),
                _dueRefusal(number)
            );
            return;
        }
        BookedChange memory change = changes[number - 1];
        bool isWrong = _chance(8);
        uint256 until = _chance(3) ? _draw(_sizeOf(change) + 1) : ALL;
        bytes memory refusal = _dueRefusal(number);
        if (refusal.length == 0 && (isWrong || change.isCancelled)) {
            refusal = abi.encodeWithSelector(ChangeMismatch.selector, number);
        }
        if (change.kind != STANDING) until = 1;
        else if (until > _sizeOf(change)) until = _sizeOf(change);
        if (refusal.length == 0 && until <= change.done) {
            refusal = abi.encodeWithSelector(NothingToApply.selector, number, change.done);
        }
        (bool done, bytes memory answer) = _attempt(_stranger(), _applying(number, change, until, isWrong), refusal);
        if (!done) return;
        uint256 newId = _bookApplied(until);
        if (change.kind == SPONSOR) eq(abi.decode(answer, (uint256)), newId, "new id");
    }

    /// @notice Anyone passes over what was cancelled.
    function skipCancelled(uint256 seed) external acting(seed) {
        uint256 most = 1 + _draw(3);
        if (nextChange <= changes.length && changes[nextChange - 1].isCancelled && _chance(2)) _prepareNext();
        uint256 skipped = 0;
        bytes memory refusal;
        uint256 first = nextChange;
        while (skipped < most && nextChange <= changes.length && changes[nextChange - 1].isCancelled) {
            refusal = _dueRefusal(nextChange);
            if (refusal.length != 0) break;
            ++skipped;
            ++nextChange;
        }
        uint256 after_ = nextChange;
        nextChange = first;
        (bool done, ) = _attempt(_stranger(), abi.encodeCall(ILedgerChanges.skipCancelled, (most)), refusal);
        if (done) nextChange = after_;
    }

    /// @dev Ranks and statuses for a line of distributors, most of them inactive.
    function _rankLine() internal {
        bytes memory packed;
        for (uint256 number = 9; number < distributors.length; ++number) {
            uint256 status = _chance(6) ? ACTIVE : INACTIVE;
            packed = bytes.concat(packed, _standing(distributors[number].id, _draw(6), status));
        }
        _announceStanding(packed, "");
        if (returnWindow == 0) return;
        vm.warp(time = changes[0].effectiveAt);
        ledger.applyStanding(1, packed, ALL);
        _bookApplied(packed.length / 4);
    }

    function _announceStanding(bytes memory packed, bytes memory refusal) private {
        bytes32 evidence = _drawWord();
        bytes memory call = abi.encodeCall(ILedgerChanges.setStanding, (packed, evidence));
        (bool done, bytes memory answer) = _attempt(call, refusal);
        if (!done) return;
        uint256 start = _effectiveFrom();
        _bookChange(BookedChange(STANDING, start, false, 0, packed, 0, 0, 0), answer);
        _enter(Journal.standingAnnounced(head, changes.length, address(this), evidence, keccak256(packed), start));
        if (returnWindow == 0) _bookApplied(packed.length / 4);
    }

    function _bookEnding(uint256 kind, uint256 id, bytes32 reason, bytes32 evidence, bytes memory answer) private {
        uint256 start = _effectiveFrom();
        _bookChange(BookedChange(kind, start, false, 0, "", id, 0, reason), answer);
        _enter(Journal.endingAnnounced(head, changes.length, id, kind == ENDING, reason, evidence, start));
        if (returnWindow == 0) _bookApplied(1);
    }

    function _bookChange(BookedChange memory change, bytes memory answer) private {
        changes.push(change);
        eq(abi.decode(answer, (uint256)), changes.length, "number of a change");
    }

    function _bookCancelled(uint256 number, address by) private {
        changes[number - 1].isCancelled = true;
        _enter(Journal.changeCancelled(head, number, by));
    }

    /// @dev Change after change, each when the batches before it are settled; then the batches that are left.
    function _catchUp() internal override {
        while (nextChange <= changes.length && time >= changes[nextChange - 1].effectiveAt) {
            if (!_settleDue(changes[nextChange - 1].effectiveAt)) return;
            BookedChange memory change = changes[nextChange - 1];
            if (change.isCancelled) {
                _attempt(_stranger(), abi.encodeCall(ILedgerChanges.skipCancelled, (1)), "");
                ++nextChange;
            } else {
                uint256 size = _sizeOf(change);
                _attempt(_stranger(), _applying(nextChange, change, size, false), "");
                _bookApplied(size);
            }
        }
        _settleDue(nextChange <= changes.length ? changes[nextChange - 1].effectiveAt : ALL);
    }

    /// @dev Settles all batches recorded before `start` whose window has ended. Whether none is left.
    function _settleDue(uint256 start) private returns (bool isDone) {
        isDone = true;
        for (uint256 i = 0; i < batches.length; ++i) {
            BookedBatch storage batch = batches[i];
            if (batch.settled == batch.sales.length || batch.recordedAt >= start) continue;
            if (time < batch.recordedAt + returnWindow) isDone = false;
            else _settle(i, ALL);
        }
    }

    /// @dev Waits for the next change and settles what was recorded before it.
    function _prepareNext() private {
        uint256 start = changes[nextChange - 1].effectiveAt;
        if (time < start) vm.warp(time = start);
        if (_chance(4)) return;
        for (uint256 i = 0; i < batches.length; ++i) {
            BookedBatch storage batch = batches[i];
            if (batch.settled == batch.sales.length || batch.recordedAt >= start) continue;
            if (time < batch.recordedAt + returnWindow) vm.warp(time = batch.recordedAt + returnWindow);
            _settle(i, ALL);
        }
    }

    function _applying(
        uint256 number,
        BookedChange memory change,
        uint256 until,
        bool isWrong
    ) private pure returns (bytes memory) {
        uint256 wrong = isWrong ? 1 : 0;
        if (change.kind == STANDING) {
            bytes memory records = isWrong ? bytes.concat(change.records, hex"00000000") : change.records;
            return abi.encodeCall(ILedgerChanges.applyStanding, (number, records, until));
        }
        if (change.kind == SPONSOR) {
            return
                abi.encodeCall(
                    ILedgerChanges.applyCorrection,
                    (number, change.id, change.sponsor ^ wrong, change.reason)
                );
        }
        return abi.encodeCall(ILedgerChanges.applyEnding, (number, change.id ^ wrong));
    }

    /// @dev Why change `number` cannot be applied now, whatever its content; empty if it can.
    function _dueRefusal(uint256 number) private view returns (bytes memory) {
        if (nextChange > changes.length) return abi.encodeWithSelector(NoChangePending.selector);
        uint256 start = changes[nextChange - 1].effectiveAt;
        if (time < start) return abi.encodeWithSelector(ChangeTooEarly.selector, nextChange, start);
        uint256 open = _openBefore(start);
        if (open != 0) return abi.encodeWithSelector(BatchesOpen.selector, nextChange, open);
        return number == nextChange ? bytes("") : abi.encodeWithSelector(NotNextChange.selector, number, nextChange);
    }

    function _cancelRefusal(uint256 number) private view returns (bytes memory) {
        if (number == 0 || number > changes.length || changes[number - 1].isCancelled) {
            return abi.encodeWithSelector(ChangeMismatch.selector, number);
        }
        uint256 start = number < nextChange ? 0 : _startOf(number);
        return time >= start ? abi.encodeWithSelector(ChangeEffective.selector, number, start) : bytes("");
    }

    /// @dev When the change becomes effective; of those that have become effective it is enough to say when one of them has.
    function _startOf(uint256 number) private view returns (uint256 start) {
        start = changes[changes.length - 1].effectiveAt;
        for (uint256 other = changes.length - 1; other >= number && other >= nextChange; --other) {
            if (changes[other - 1].effectiveAt == start) continue;
            start = changes[other - 1].effectiveAt;
            if (start <= time) break;
        }
    }

    function _standingRefusal(uint256 index, uint256 id, uint256 status) private view returns (bytes memory) {
        if (status != ACTIVE && status != INACTIVE)
            return abi.encodeWithSelector(UnknownStatus.selector, index, status);
        if (numberOf[id] == 0) return abi.encodeWithSelector(UnknownDistributorAt.selector, index, id);
        return _isGone(id) ? abi.encodeWithSelector(DistributorGone.selector, id) : bytes("");
    }

    function _placeRefusal(uint256 number, address wallet, uint256 sponsor) private view returns (bytes memory) {
        Distributor storage distributor = distributors[number];
        uint256 id = distributor.id;
        uint256 endsAt = distributor.enrolledAt + SPONSOR_WINDOW;
        if (paused) return abi.encodeWithSelector(RecordingPaused.selector);
        if (wallet != distributor.wallet) return abi.encodeWithSelector(WalletMismatch.selector, id, wallet);
        if (time >= endsAt) return abi.encodeWithSelector(SponsorWindowOver.selector, id, endsAt);
        if (distributor.status == CLOSED) return abi.encodeWithSelector(DistributorGone.selector, id);
        if (sponsor == distributor.sponsorId) return abi.encodeWithSelector(SponsorUnchanged.selector, id, sponsor);
        if (sponsor == 0) return "";
        uint256 above = numberOf[sponsor];
        if (above == 0) return abi.encodeWithSelector(UnknownSponsor.selector, id, sponsor);
        if (_isGone(sponsor)) return abi.encodeWithSelector(SponsorGone.selector, id, sponsor);
        return
            _isBelow(_standings(), above, number)
                ? abi.encodeWithSelector(SponsorBelow.selector, id, sponsor)
                : bytes("");
    }

    function _casesRefusal() private view returns (bytes memory) {
        if (returnWindow == 0 || _pendingCases() < MAX_CASES) return "";
        return abi.encodeWithSelector(TooManyPending.selector, MAX_CASES + 1, MAX_CASES);
    }

    /// @dev Whether nobody has this id any more, or whoever has it has left.
    function _isGone(uint256 id) private view returns (bool) {
        Distributor storage distributor = distributors[numberOf[id]];
        return distributor.id != id || distributor.status == CLOSED;
    }

    /// @dev The first midnight at least a day away; at once without a return window.
    function _effectiveFrom() private view returns (uint256) {
        return returnWindow == 0 ? time : ((time + delay + 1 days - 1) / 1 days) * 1 days;
    }

    function _recent() private view returns (uint256) {
        return changes.length < 4 ? changes.length : 4;
    }

    function _standing(uint256 id, uint256 rank, uint256 status) private pure returns (bytes4) {
        return bytes4(uint32((id << 6) | (rank << 2) | status));
    }
}
