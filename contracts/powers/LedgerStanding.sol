// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRoles } from "./LedgerRoles.sol";
import { ILedgerPowers } from "../interfaces/ILedgerPowers.sol";
import { Journal } from "../libraries/Journal.sol";
import {
    Fragment,
    MAX_FRAGMENT,
    STATUS_ACTIVE,
    STATUS_CLOSED,
    STATUS_INACTIVE,
    STATUS_NONE,
    fragmentOf,
    laneOf
} from "../types/Fragment.sol";
import { STANDING_BYTES, StandingRecord, standingAt } from "../types/StandingRecord.sol";
import { Totals } from "../types/Totals.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @title LedgerStanding
/// @notice Where distributors stand: rank and activity, a mistaken sponsor, leaving.
abstract contract LedgerStanding is LedgerRoles {
    uint256 internal constant SPONSOR_WINDOW = 7 days;
    /// @dev The longest upline that a correction looks through for a cycle: about 5 million gas.
    uint256 internal constant MAX_UPLINE = 2000;

    /// @inheritdoc ILedgerPowers
    function setStanding(bytes calldata records, bytes32 evidence) external onlyRole(RANKER_ROLE) {
        uint256 count = _countRecords(records.length, STANDING_BYTES);
        for (uint256 i = 0; i < count; ++i) {
            StandingRecord record = standingAt(records, i);
            uint256 id = record.id();
            uint256 status = record.status();
            if (status != STATUS_ACTIVE && status != STATUS_INACTIVE) revert UnknownStatus(i, status);
            Fragment fragment = _fragments[fragmentOf(id)];
            uint256 present = fragment.statusOf(laneOf(id));
            if (present == STATUS_NONE) revert UnknownDistributorAt(i, id);
            if (present == STATUS_CLOSED) revert DistributorGone(id);
            _fragments[fragmentOf(id)] = fragment.withStanding(laneOf(id), record.rank(), status);
        }
        bytes32 newHead = Journal.standingSet(_head, msg.sender, evidence, keccak256(records));
        _commit(newHead, _totalsWithRoom(), 1);
        emit StandingSet(msg.sender, evidence, records, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function correctSponsor(
        uint256 id,
        address wallet,
        uint256 sponsor,
        bytes32 reason
    ) external onlyRecorder returns (uint256 newId) {
        if (reason == 0) revert ReasonMissing();
        Totals totals = _totalsUnpaused();
        _checkCorrectable(id, wallet);
        uint256 number = fragmentOf(id);
        uint256 lane = laneOf(id);
        Fragment fragment = _fragments[number];
        if (fragment.sponsorOf(number, lane) == sponsor) revert SponsorUnchanged(id, sponsor);
        _checkNotBelow(id, sponsor);

        newId = id;
        if (lane == 0) {
            _fragments[number] = fragment.withFirstSponsor(sponsor);
        } else if (fragmentOf(sponsor) == number && laneOf(sponsor) < lane) {
            _fragments[number] = fragment.withLaneSponsor(lane, laneOf(sponsor));
        } else {
            uint256 next = totals.fragments() + 1;
            if (next > MAX_FRAGMENT) revert LedgerFull(MAX_FRAGMENT);
            newId = next << 2;
            totals = totals.addFragment();
            _fragments[next] = fragment.settleIn(lane, sponsor);
            _fragments[number] = fragment.moveAway(lane, newId);
            if (wallet != address(0)) {
                _wallets[wallet] = _wallets[wallet].withId(newId);
            } else {
                _unclaimed[newId] = _unclaimed[id];
                delete _unclaimed[id];
            }
        }
        bytes32 newHead = Journal.sponsorCorrected(_head, id, newId, sponsor, reason);
        _commit(newHead, totals, 1);
        emit SponsorCorrected(id, newId, sponsor, reason, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function leaveProgramme() external {
        uint256 id = _wallets[msg.sender].id();
        if (id == 0) revert UnknownWallet(msg.sender);
        Fragment fragment = _fragments[fragmentOf(id)];
        if (fragment.statusOf(laneOf(id)) == STATUS_CLOSED) revert DistributorGone(id);
        _fragments[fragmentOf(id)] = fragment.close(laneOf(id));
        bytes32 newHead = Journal.distributorLeft(_head, id);
        _commit(newHead, _totals, 1);
        emit DistributorLeft(id, newHead);
    }

    /// @inheritdoc ILedgerPowers
    function movedTo(uint256 id) external view returns (uint256) {
        return fragmentOf(id) > MAX_FRAGMENT ? 0 : _fragments[fragmentOf(id)].movedTo(laneOf(id));
    }

    /// @dev The wallet is the distributor's, and the distributor was enrolled a short while ago and has not left.
    function _checkCorrectable(uint256 id, address wallet) private view {
        WalletWord word = _wallets[wallet];
        uint256 enrolledAt = wallet == address(0) ? _unclaimed[id] : word.enrolledAt();
        if (enrolledAt == 0 || (wallet != address(0) && word.id() != id)) revert WalletMismatch(id, wallet);
        uint256 endsAt = enrolledAt + SPONSOR_WINDOW;
        if (block.timestamp >= endsAt) revert SponsorWindowOver(id, endsAt);
        if (_statusOf(id) == STATUS_CLOSED) revert DistributorGone(id);
    }

    /// @dev The sponsor is enrolled or 0, and the distributor is not in their upline.
    function _checkNotBelow(uint256 id, uint256 sponsor) private view {
        if (sponsor == 0) return;
        uint256 status = _statusOf(sponsor);
        if (status == STATUS_NONE) revert UnknownSponsor(id, sponsor);
        if (status == STATUS_CLOSED) revert SponsorGone(id, sponsor);
        uint256 above = sponsor;
        for (uint256 looked = 0; above != 0; ++looked) {
            if (above == id) revert SponsorBelow(id, sponsor);
            if (looked == MAX_UPLINE) revert UplineTooLong(sponsor, MAX_UPLINE);
            Fragment fragment = _fragments[fragmentOf(above)];
            uint256 moved = fragment.movedTo(laneOf(above));
            above = moved != 0 ? moved : fragment.sponsorOf(fragmentOf(above), laneOf(above));
        }
    }
}
