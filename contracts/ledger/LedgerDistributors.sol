// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { LedgerRecorders } from "./LedgerRecorders.sol";
import { ILedgerCore, LedgerTerms } from "../interfaces/ILedgerCore.sol";
import { Journal } from "../libraries/Journal.sol";
import {
    Fragment,
    LANES,
    MAX_FRAGMENT,
    STATUS_ACTIVE,
    STATUS_CLOSED,
    STATUS_NONE,
    STATUS_SHIFT,
    fragmentOf,
    laneOf
} from "../types/Fragment.sol";
import { DISTRIBUTOR_BYTES, DistributorRecord, distributorAt } from "../types/DistributorRecord.sol";
import { RecorderWord } from "../types/RecorderWord.sol";
import { Totals } from "../types/Totals.sol";
import { WalletWord, newWalletWord } from "../types/WalletWord.sol";

/// @title LedgerDistributors
/// @notice The sponsor tree and the wallets. Nothing here pays anybody: enrolling is free and earns nothing.
abstract contract LedgerDistributors is LedgerRecorders {
    /// @inheritdoc ILedgerCore
    function enrol(bytes calldata distributors) external {
        RecorderWord recorder = _recorder();
        uint256 count = _countRecords(distributors.length, DISTRIBUTOR_BYTES);
        bytes32 newHead = _head;
        Totals totals = _totalsUnpaused();
        LedgerTerms memory fixedTerms = _terms();
        _recorders[msg.sender] = _spendCount(recorder, fixedTerms.capPeriod, count);
        address token = fixedTerms.token;
        for (uint256 i = 0; i < count;) {
            DistributorRecord distributor = distributorAt(distributors, i);
            uint256 id = distributor.id();
            uint256 sponsor = distributor.sponsor();
            address wallet = distributor.wallet();
            totals = _place(totals, id, sponsor);
            if (wallet == address(0)) {
                _unclaimed[id] = block.timestamp;
            } else {
                _checkPayable(wallet, token);
                _takeWallet(wallet, newWalletWord(id, block.timestamp));
            }
            newHead = Journal.enrolled(newHead, id, sponsor, wallet);
            emit Enrolled(id, sponsor, wallet, newHead);
            // Below the number of records in calldata.
            unchecked {
                ++i;
            }
        }
        _commit(newHead, totals, count);
    }

    /// @inheritdoc ILedgerCore
    function accountOf(uint256 id) external view returns (uint256 sponsor, uint256 owed, uint256 rank, uint256 status) {
        if (!_isEnrolled(id)) revert UnknownDistributor(id);
        uint256 lane = laneOf(id);
        Fragment fragment = _fragments[fragmentOf(id)];
        return (
            fragment.sponsorOf(fragmentOf(id), lane),
            fragment.balanceOf(lane),
            fragment.rankOf(lane),
            fragment.statusOf(lane)
        );
    }

    /// @inheritdoc ILedgerCore
    function idOf(address wallet) external view returns (uint256 id) {
        (id, ) = _accountOf(_wallets[wallet]);
    }

    /// @inheritdoc ILedgerCore
    function owedTo(address wallet) external view returns (uint256) {
        (uint256 id, Fragment fragment) = _accountOf(_wallets[wallet]);
        return fragment.balanceOf(laneOf(id));
    }

    /// @inheritdoc ILedgerCore
    function fragmentsOf(uint256 from, uint256 count) external view returns (uint256[] memory words) {
        words = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) words[i] = Fragment.unwrap(_fragments[from + i]);
    }

    /// @dev Gives a distributor a wallet that is nobody's. By hand, because the compiler would look its slot up twice.
    function _takeWallet(address wallet, WalletWord word) private {
        mapping(address wallet => WalletWord word) storage wallets = _wallets;
        uint256 slot;
        WalletWord before;
        assembly ("memory-safe") {
            mstore(0, wallet)
            mstore(32, wallets.slot)
            slot := keccak256(0, 64)
            before := sload(slot)
        }
        if (WalletWord.unwrap(before) != 0) {
            (uint256 owner, ) = _accountOf(before);
            revert WalletTaken(wallet, owner);
        }
        assembly ("memory-safe") {
            sstore(slot, word)
        }
    }

    /// @dev Puts a distributor into the tree.
    function _place(Totals totals, uint256 id, uint256 sponsor) private returns (Totals) {
        // Numbers of fragments, below 2^24.
        unchecked {
            uint256 number = fragmentOf(id);
            uint256 lane = laneOf(id);
            uint256 next = totals.fragments() + 1;
            if (lane == 0) {
                if (next > MAX_FRAGMENT) revert LedgerFull(MAX_FRAGMENT);
                if (number != next) revert UnexpectedId(id, next << 2);
                if (sponsor != 0) {
                    uint256 above = fragmentOf(sponsor);
                    _checkSponsor(id, sponsor, above < next ? _load(above).statusOf(laneOf(sponsor)) : STATUS_NONE);
                }
                _store(number, Fragment.wrap(STATUS_ACTIVE << STATUS_SHIFT).withFirstSponsor(sponsor));
                return totals.addFragment();
            }
            if (number == 0 || number >= next) revert UnexpectedId(id, next << 2);
            Fragment fragment = _load(number);
            // Lanes fill from the lowest.
            bool isNext = fragment.statusOf(lane) == STATUS_NONE && fragment.statusOf(lane - 1) != STATUS_NONE;
            if (!isNext) {
                uint256 free = fragment.occupancy();
                revert UnexpectedId(id, free < LANES ? (number << 2) | free : next << 2);
            }
            if (fragmentOf(sponsor) != number || laneOf(sponsor) >= lane) revert SponsorOutsideFragment(id, sponsor);
            _checkSponsor(id, sponsor, fragment.statusOf(laneOf(sponsor)));
            _store(number, fragment.place(lane, sponsor));
            return totals;
        }
    }

    /// @dev A fragment in use: without another look at the bounds of the array.
    function _load(uint256 index) private view returns (Fragment fragment) {
        assembly ("memory-safe") {
            fragment := sload(add(_fragments.slot, index))
        }
    }

    /// @dev The same, to write.
    function _store(uint256 index, Fragment fragment) private {
        assembly ("memory-safe") {
            sstore(add(_fragments.slot, index), fragment)
        }
    }

    function _checkSponsor(uint256 id, uint256 sponsor, uint256 status) private pure {
        // Active and inactive are 1 and 2, and nothing less 1 is a large number: one jump for both.
        unchecked {
            if (status - 1 < 2) return;
        }
        if (status == STATUS_CLOSED) revert SponsorGone(id, sponsor);
        revert UnknownSponsor(id, sponsor);
    }
}
