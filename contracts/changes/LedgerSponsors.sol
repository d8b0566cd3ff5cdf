// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerChangeQueue } from "./LedgerChangeQueue.sol";
import { ILedgerChanges } from "../interfaces/ILedgerChanges.sol";
import { Journal } from "../libraries/Journal.sol";
import { CHANGE_SPONSOR } from "../types/Change.sol";
import { Fragment, MAX_FRAGMENT, STATUS_CLOSED, STATUS_NONE, fragmentOf, laneOf } from "../types/Fragment.sol";
import { Totals } from "../types/Totals.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @title LedgerSponsors
/// @notice A mistaken sponsor, put right within a week of enrolment.
abstract contract LedgerSponsors is LedgerChangeQueue {
    uint256 internal constant SPONSOR_WINDOW = 7 days;
    /// @dev The longest upline that a correction looks through for a cycle: about 5 million gas.
    uint256 internal constant MAX_UPLINE = 2000;

    /// @inheritdoc ILedgerChanges
    function correctSponsor(
        uint256 id,
        address wallet,
        uint256 sponsor,
        bytes32 reason
    ) external returns (uint256 change) {
        // A key that was stopped does not go on in this way.
        if (_recorder().countCap() == 0) revert CountExceeded(0, 1);
        if (reason == 0) revert ReasonMissing();
        Totals totals = _totalsUnpaused();
        uint256 endsAt = _enrolledAt(id, wallet) + SPONSOR_WINDOW;
        if (block.timestamp >= endsAt) revert SponsorWindowOver(id, endsAt);
        _checkCorrection(id, sponsor);
        uint256 effectiveAt;
        bytes32 digest = keccak256(abi.encode(id, sponsor, reason));
        (change, effectiveAt) = _enqueue(CHANGE_SPONSOR, digest, 1);
        bytes32 newHead = Journal.correctionAnnounced(_head, change, id, sponsor, reason, effectiveAt);
        _commit(newHead, totals, 1);
        emit CorrectionAnnounced(change, id, sponsor, reason, effectiveAt, newHead);
        if (effectiveAt == block.timestamp) _applyCorrection(change, id, sponsor, digest);
    }

    /// @inheritdoc ILedgerChanges
    function applyCorrection(
        uint256 change,
        uint256 id,
        uint256 sponsor,
        bytes32 reason
    ) external returns (uint256 newId) {
        return _applyCorrection(change, id, sponsor, keccak256(abi.encode(id, sponsor, reason)));
    }

    /// @inheritdoc ILedgerChanges
    function movedTo(uint256 id) external view returns (uint256) {
        return fragmentOf(id) > MAX_FRAGMENT ? 0 : _fragments[fragmentOf(id)].movedTo(laneOf(id));
    }

    /// @dev Changes the sponsor, or lapses: what was right when it was announced may not fit any more.
    function _applyCorrection(
        uint256 change,
        uint256 id,
        uint256 sponsor,
        bytes32 digest
    ) private returns (uint256 newId) {
        _closeChange(change, _openChange(change, CHANGE_SPONSOR, digest));
        id = _presentId(id);
        if (sponsor != 0) sponsor = _presentId(sponsor);
        Totals totals = _totals;
        bool fits = _refusalOf(id, sponsor) == FITS;
        if (fits) (newId, totals) = _place(totals, id, sponsor);
        _commit(_enterApplied(_head, change, 1, newId, newId == 0), totals, 1);
    }

    uint256 private constant FITS = 0;
    uint256 private constant GONE = 1;
    uint256 private constant UNCHANGED = 2;
    uint256 private constant NO_SPONSOR = 3;
    uint256 private constant SPONSOR_GONE = 4;
    uint256 private constant BELOW = 5;
    uint256 private constant TOO_LONG = 6;

    /// @dev Refuses a correction that does not fit as things stand.
    function _checkCorrection(uint256 id, uint256 sponsor) private view {
        uint256 refusal = _refusalOf(id, sponsor);
        if (refusal == GONE) revert DistributorGone(id);
        if (refusal == UNCHANGED) revert SponsorUnchanged(id, sponsor);
        if (refusal == NO_SPONSOR) revert UnknownSponsor(id, sponsor);
        if (refusal == SPONSOR_GONE) revert SponsorGone(id, sponsor);
        if (refusal == BELOW) revert SponsorBelow(id, sponsor);
        if (refusal == TOO_LONG) revert UplineTooLong(sponsor, MAX_UPLINE);
    }

    /// @dev Why a correction does not fit, if it does not: the sponsor must be there and not stand below.
    function _refusalOf(uint256 id, uint256 sponsor) private view returns (uint256) {
        if (_statusOf(id) == STATUS_CLOSED) return GONE;
        if (_fragments[fragmentOf(id)].sponsorOf(fragmentOf(id), laneOf(id)) == sponsor) return UNCHANGED;
        if (sponsor == 0) return FITS;
        uint256 status = _statusOf(sponsor);
        if (status == STATUS_NONE) return NO_SPONSOR;
        if (status == STATUS_CLOSED) return SPONSOR_GONE;
        uint256 above = sponsor;
        for (uint256 looked = 0; above != 0; ++looked) {
            if (above == id) return BELOW;
            if (looked == MAX_UPLINE) return TOO_LONG;
            Fragment fragment = _fragments[fragmentOf(above)];
            uint256 moved = fragment.movedTo(laneOf(above));
            above = moved != 0 ? moved : fragment.sponsorOf(fragmentOf(above), laneOf(above));
        }
        return FITS;
    }

    /// @dev Puts a distributor below another sponsor; the id is 0 if that would take a fragment and there is none left.
    function _place(Totals totals, uint256 id, uint256 sponsor) private returns (uint256 newId, Totals) {
        uint256 number = fragmentOf(id);
        uint256 lane = laneOf(id);
        Fragment fragment = _fragments[number];
        if (lane == 0) {
            _fragments[number] = fragment.withFirstSponsor(sponsor);
            return (id, totals);
        }
        if (fragmentOf(sponsor) == number && laneOf(sponsor) < lane) {
            _fragments[number] = fragment.withLaneSponsor(lane, laneOf(sponsor));
            return (id, totals);
        }
        uint256 next = totals.fragments() + 1;
        if (next > MAX_FRAGMENT) return (0, totals);
        newId = next << 2;
        _fragments[next] = fragment.settleIn(lane, sponsor);
        _fragments[number] = fragment.moveAway(lane, newId);
        // A wallet's word finds its owner by the id that they had; a claim has only the id.
        uint256 enrolledAt = _unclaimed[id];
        if (enrolledAt != 0) {
            _unclaimed[newId] = enrolledAt;
            delete _unclaimed[id];
        }
        return (newId, totals.addFragment());
    }

    /// @dev When the distributor was enrolled; the wallet must be theirs, zero if they have none.
    function _enrolledAt(uint256 id, address wallet) private view returns (uint256 enrolledAt) {
        WalletWord word = _wallets[wallet];
        (uint256 owner, ) = _accountOf(word);
        enrolledAt = wallet == address(0) ? _unclaimed[id] : word.enrolledAt();
        if (enrolledAt == 0 || (wallet != address(0) && owner != id)) revert WalletMismatch(id, wallet);
    }
}
