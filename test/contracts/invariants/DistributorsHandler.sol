// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { eq } from "../Vm.sol";
import { LedgerDriver } from "./LedgerDriver.sol";
import { ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { ILedgerPowers } from "../../../contracts/interfaces/ILedgerPowers.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";

/// @notice Who stands where: enrolment, standing, mistaken sponsors, leaving.
abstract contract DistributorsHandler is LedgerDriver {
    uint256 private constant SPONSOR_WINDOW = 7 days;

    /// @notice Somebody in a free lane, or up to four distributors in a new fragment.
    function enrol(uint256 seed) external acting(seed) {
        if (ids.length + 4 > mostIds) return;
        bytes32 totals = _solvency();
        uint256 number = 1 + _draw(lanes.length);
        bool isNew = lanes[number - 1] == 4 || _chance(2);
        if (isNew) number = lanes.length + 1;
        uint256 lane = isNew ? 0 : lanes[number - 1];
        uint256 id = (number << 2) | lane;
        // One in nine is a root.
        uint256 sponsor = isNew ? (_chance(9) ? 0 : _drawId()) : (number << 2) | _draw(lane);
        address wallet =
            _chance(16)
                ? _drawWallet()
                : _chance(4)
                    ? address(0)
                    : _drawFreeWallet();

        bytes memory refusal = paused ? abi.encodeWithSelector(RecordingPaused.selector) : bytes("");
        if (refusal.length == 0 && distributors[numberOf[sponsor]].id != sponsor) {
            refusal = abi.encodeWithSelector(SponsorGone.selector, id, sponsor);
        } else if (refusal.length == 0 && distributors[numberOf[sponsor]].status == CLOSED) {
            refusal = abi.encodeWithSelector(SponsorGone.selector, id, sponsor);
        } else if (refusal.length == 0) {
            refusal = _takenRefusal(wallet);
        }
        bytes memory packed = _distributor(id, sponsor, wallet);
        if (refusal.length == 0) {
            _bookDistributor(id, sponsor, wallet, time);
            for (uint256 more = isNew ? _draw(4) : 0; more != 0; --more) {
                sponsor = (number << 2) | _draw(++lane);
                wallet = _chance(4) ? address(0) : _drawFreeWallet();
                packed = bytes.concat(packed, _distributor((number << 2) | lane, sponsor, wallet));
                _bookDistributor((number << 2) | lane, sponsor, wallet, time);
            }
        }
        _attempt(abi.encodeCall(ILedgerCore.enrol, (packed)), refusal);
        require(_solvency() == totals, "enrolment pays");
    }

    /// @notice Another rank, active or not.
    function setStanding(uint256 seed) external acting(seed) {
        bytes memory packed;
        bytes memory refusal;
        uint256 count = 1 + _draw(4);
        uint256[3][] memory records = new uint256[3][](count);
        for (uint256 i = 0; i < count; ++i) {
            // Any lane of a fragment in use, empty ones too, but mostly distributors.
            uint256 id = _chance(16) ? 4 + _draw(4 * lanes.length) : distributors[_drawDistributor()].id;
            uint256 status =
                _chance(32)
                    ? 3 * _draw(2)
                    : _chance(3)
                        ? INACTIVE
                        : ACTIVE;
            records[i] = [id, _draw(_chance(3) ? 16 : 5), status];
            packed = bytes.concat(packed, bytes4(uint32((id << 6) | (records[i][1] << 2) | status)));
            if (refusal.length == 0) refusal = _standingRefusal(i, id, status);
        }
        bytes32 evidence = _drawWord();
        (bool done, ) = _attempt(abi.encodeCall(ILedgerPowers.setStanding, (packed, evidence)), refusal);
        if (!done) return;
        for (uint256 i = 0; i < count; ++i) {
            Distributor storage distributor = distributors[numberOf[records[i][0]]];
            (distributor.rank, distributor.status) = (records[i][1], records[i][2]);
        }
        _enter(Journal.standingSet(head, address(this), evidence, keccak256(packed)));
    }

    /// @notice Another sponsor, mostly for somebody new. Whoever cannot stay in their lane moves.
    function correctSponsor(uint256 seed) external acting(seed) {
        if (ids.length >= mostIds) return;
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
        bytes memory call = abi.encodeCall(
            ILedgerPowers.correctSponsor,
            (distributors[number].id, wallet, sponsor, reason)
        );
        bytes memory refusal =
            reason == 0 ? abi.encodeWithSelector(ReasonMissing.selector) : _placeRefusal(number, wallet, sponsor);
        (bool done, bytes memory answer) = _attempt(call, refusal);
        if (done) eq(abi.decode(answer, (uint256)), _bookSponsor(number, sponsor, reason), "new id");
    }

    /// @notice Somebody leaves, now and then.
    function leaveProgramme(uint256 seed) external acting(seed) {
        if (!_chance(3)) return;
        address wallet = _chance(4) ? _drawWallet() : _drawOwnedWallet();
        Distributor storage distributor = distributors[ownerOf[wallet]];
        bytes memory refusal =
            ownerOf[wallet] == 0
                ? abi.encodeWithSelector(UnknownWallet.selector, wallet)
                : distributor.status == CLOSED
                    ? abi.encodeWithSelector(DistributorGone.selector, distributor.id)
                    : bytes("");
        (bool done, ) = _attempt(wallet, abi.encodeCall(ILedgerPowers.leaveProgramme, ()), refusal);
        if (!done) return;
        (distributor.rank, distributor.status) = (0, CLOSED);
        _enter(Journal.distributorLeft(head, distributor.id));
    }

    /// @dev Distributors in one line, in full fragments, most of them inactive.
    function _enrolLine(uint256 length) internal {
        bytes memory packed;
        bytes memory standings;
        for (uint256 i = 0; i < length; ++i) {
            uint256 id = 4 + i;
            address wallet = i < 8 ? wallets[i] : address(0);
            packed = bytes.concat(packed, _distributor(id, i == 0 ? 0 : id - 1, wallet));
            _bookDistributor(id, i == 0 ? 0 : id - 1, wallet, time);
        }
        ledger.enrol(packed);
        for (uint256 i = 8; i < length; ++i) {
            Distributor storage distributor = distributors[1 + i];
            (distributor.rank, distributor.status) = (_draw(6), _chance(6) ? ACTIVE : INACTIVE);
            uint256 record = (distributor.id << 6) | (distributor.rank << 2) | distributor.status;
            standings = bytes.concat(standings, bytes4(uint32(record)));
        }
        if (length <= 8) return;
        ledger.setStanding(standings, 0);
        _enter(Journal.standingSet(head, address(this), 0, keccak256(standings)));
    }

    function _standingRefusal(uint256 index, uint256 id, uint256 status) private view returns (bytes memory) {
        if (status != ACTIVE && status != INACTIVE)
            return abi.encodeWithSelector(UnknownStatus.selector, index, status);
        uint256 number = numberOf[id];
        if (number == 0) return abi.encodeWithSelector(UnknownDistributorAt.selector, index, id);
        bool isGone = distributors[number].id != id || distributors[number].status == CLOSED;
        return isGone ? abi.encodeWithSelector(DistributorGone.selector, id) : bytes("");
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
        if (distributors[above].id != sponsor || distributors[above].status == CLOSED) {
            return abi.encodeWithSelector(SponsorGone.selector, id, sponsor);
        }
        for (; above != 0; above = distributors[above].sponsor) {
            if (above == number) return abi.encodeWithSelector(SponsorBelow.selector, id, sponsor);
        }
        return "";
    }

    function _bookSponsor(uint256 number, uint256 sponsor, bytes32 reason) private returns (uint256 newId) {
        Distributor storage distributor = distributors[number];
        uint256 id = distributor.id;
        uint256 lane = id & 3;
        bool stays = lane == 0 || (sponsor >> 2 == id >> 2 && sponsor & 3 < lane);
        newId = stays ? id : (lanes.length + 1) << 2;
        if (!stays) _bookId(newId, number);
        (distributor.id, distributor.sponsorId, distributor.sponsor) = (newId, sponsor, numberOf[sponsor]);
        _enter(Journal.sponsorCorrected(head, id, newId, sponsor, reason));
    }

    function _solvency() private view returns (bytes32) {
        (uint256 held, uint256 float, uint256 set, uint256 due) = ledger.solvency();
        return keccak256(abi.encode(held, float, set, due));
    }
}
