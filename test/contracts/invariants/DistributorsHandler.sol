// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerDriver } from "./LedgerDriver.sol";
import { ILedgerChanges } from "../../../contracts/interfaces/ILedgerChanges.sol";
import { ILedgerCore } from "../../../contracts/interfaces/ILedgerCore.sol";
import { CLOSED } from "../CommissionModel.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";

/// @notice Who joins, and what they bring along.
abstract contract DistributorsHandler is LedgerDriver {
    /// @notice Somebody in a free lane, or up to four distributors in a new fragment.
    function enrol(uint256 seed) external acting(seed) {
        if (ids.length + 4 > maxIds) return;
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
        uint256 more = isNew ? _draw(4) : 0;
        address key = _drawRecorder();
        uint256 left = ledger.recorderOf(key).countLeft;
        if (!paused && left < 1 + more) {
            for (uint256 i = 0; i < more; ++i) packed = bytes.concat(packed, _distributor(0, 0, address(0)));
            _attempt(
                key,
                abi.encodeCall(ILedgerCore.enrol, (packed)),
                abi.encodeWithSelector(CountExceeded.selector, left, 1 + more)
            );
            return;
        }
        if (refusal.length == 0) {
            _bookDistributor(id, sponsor, wallet, time);
            for (; more != 0; --more) {
                sponsor = (number << 2) | _draw(++lane);
                wallet = _chance(4) ? address(0) : _drawFreeWallet();
                packed = bytes.concat(packed, _distributor((number << 2) | lane, sponsor, wallet));
                _bookDistributor((number << 2) | lane, sponsor, wallet, time);
            }
        }
        _attempt(key, abi.encodeCall(ILedgerCore.enrol, (packed)), refusal);
        require(_solvency() == totals, "enrolment pays");
    }

    /// @dev Distributors in one line, in full fragments.
    function _enrolLine(uint256 length) internal {
        bytes memory packed;
        for (uint256 i = 0; i < length; ++i) {
            uint256 id = 4 + i;
            address wallet = i < 8 ? wallets[i] : address(0);
            packed = bytes.concat(packed, _distributor(id, i == 0 ? 0 : id - 1, wallet));
            _bookDistributor(id, i == 0 ? 0 : id - 1, wallet, time);
        }
        ledger.enrol(packed);
    }

    /// @notice Balances from before the ledger, which come before its first sale.
    function openBalances(uint256 seed) external acting(seed) {
        uint256[2][] memory owing = new uint256[2][](1 + _draw(3));
        bytes memory packed;
        uint256 sum = 0;
        bytes memory refusal = batches.length == 0 ? bytes("") : abi.encodeWithSelector(SalesRecorded.selector);
        for (uint256 i = 0; i < owing.length; ++i) {
            uint256 number = _drawDistributor();
            owing[i] = [number, _chance(16) ? 0 : 1 + _draw(_chance(8) ? free + 2 : 1 << 30)];
            uint256 id = distributors[number].id;
            packed = bytes.concat(packed, abi.encodePacked(uint32(id), uint64(owing[i][1])));
            sum += owing[i][1];
            if (refusal.length != 0) continue;
            if (distributors[number].status == CLOSED) refusal = abi.encodeWithSelector(DistributorGone.selector, id);
            else if (owing[i][1] == 0) refusal = abi.encodeWithSelector(ZeroUnits.selector);
            else if (sum > free) refusal = abi.encodeWithSelector(FloatTooLow.selector, free, sum);
        }
        bytes32 evidence = _drawWord();
        bytes memory call = abi.encodeCall(ILedgerChanges.openBalances, (packed, evidence));
        if (refusal.length == 0 && _chance(4)) refusal = _actRefusal(call);
        else if (refusal.length == 0) _announceAndWait(call);
        (bool done, ) = _attempt(call, refusal);
        if (!done) return;
        delete actFrom[keccak256(call)];
        for (uint256 i = 0; i < owing.length; ++i) {
            distributors[owing[i][0]].owed += owing[i][1];
            distributors[owing[i][0]].credited += owing[i][1];
        }
        (free, owed, opened) = (free - sum, owed + sum, opened + sum);
        _enter(Journal.balancesOpened(head, sum, evidence, keccak256(packed)));
    }

    function _solvency() private view returns (bytes32) {
        (uint256 held, uint256 float, uint256 set, uint256 due) = ledger.solvency();
        return keccak256(abi.encode(held, float, set, due));
    }
}
