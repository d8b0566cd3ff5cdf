// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import { ICommissionLedgerErrors } from "../interfaces/ICommissionLedgerErrors.sol";
import { ICommissionLedgerEvents } from "../interfaces/ICommissionLedgerEvents.sol";
import { LedgerTerms } from "../interfaces/ILedgerCore.sol";
import { Change } from "../types/Change.sol";
import { ChangeQueue } from "../types/ChangeQueue.sol";
import { Era } from "../types/Era.sol";
import { FlagWord } from "../types/FlagWord.sol";
import { Fragment, MAX_FRAGMENT, STATUS_NONE, fragmentOf, laneOf } from "../types/Fragment.sol";
import { PlanRow } from "../types/PlanRow.sol";
import { PlanTerms } from "../types/PlanTerms.sol";
import { RecorderWord } from "../types/RecorderWord.sol";
import { MAX_COMPANY_ENTRIES, Totals } from "../types/Totals.sol";
import { WalletWord } from "../types/WalletWord.sol";

/// @dev A replacement of a wallet that its owner can still cancel.
struct Recovery {
    address newWallet;
    uint40 executableFrom;
}

/// @title LedgerBase
/// @notice All storage of a ledger, and what its parts share.
abstract contract LedgerBase is ICommissionLedgerEvents, ICommissionLedgerErrors, ReentrancyGuardTransient {
    /// @dev Hash over all entries in order.
    bytes32 internal _head;
    /// @dev Sums and counters.
    Totals internal _totals;
    /// @dev Digest (240 bits) of plan, time and present records of an open batch | sales settled so far (16 bits).
    mapping(uint256 batch => uint256 word) internal _batches;
    /// @dev Terms in element 0, a row of rates for each rank after it.
    mapping(uint256 version => uint256[17] words) internal _plans;
    mapping(address key => RecorderWord word) internal _recorders;
    /// @dev Keyed by wallet and not by id, because this way one slot a distributor answers "what is owed to this
    /// wallet" and keeps a wallet from being enrolled twice.
    mapping(address wallet => WalletWord word) internal _wallets;
    /// @dev When a distributor without a wallet was enrolled; 0 for every other id.
    mapping(uint256 id => uint256 enrolledAt) internal _unclaimed;
    /// @dev Indexed by fragment number; a fixed array, so that finding a slot costs no hash.
    Fragment[1 << 24] internal _fragments;
    /// @dev Flag number index + 1.
    FlagWord[] internal _flags;
    mapping(address wallet => Recovery recovery) internal _recoveries;
    /// @dev Where the changes of standing, sponsor and membership are, and the eras between them.
    ChangeQueue internal _queue;
    mapping(uint256 era => Era word) internal _eras;
    mapping(uint256 number => Change word) internal _changes;
    /// @dev Keys of the recorders by number less 1.
    address[] internal _recorderKeys;
    mapping(uint256 number => address key) internal _standbys;
    /// @dev By the hash of the admin's call: when it can be made (40 bits) | whether no guardian may cancel it.
    mapping(bytes32 act => uint256 word) internal _acts;
    address internal _successor;

    /// @dev The word of the caller, who must be a recorder.
    function _recorder() internal view returns (RecorderWord word) {
        word = _recorders[msg.sender];
        if (word.number() == 0) revert NotRecorder(msg.sender);
    }

    /// @dev Ends a call: the journal's head and the totals, with the entries it made. Every change of the ledger is an
    /// entry, so here it is refused to a contract that the token calls in the middle of a transfer.
    function _commit(bytes32 newHead, Totals totals, uint256 entries) internal nonReentrantView {
        _commitGuarded(newHead, totals, entries);
    }

    /// @dev The same for a call that moves tokens and holds the guard itself.
    function _commitGuarded(bytes32 newHead, Totals totals, uint256 entries) internal {
        _head = newHead;
        _totals = totals.addEntries(entries);
    }

    /// @dev The totals, if the company may still add to the journal.
    function _totalsWithRoom() internal view returns (Totals totals) {
        totals = _totals;
        if (totals.entries() >= MAX_COMPANY_ENTRIES) revert JournalFull(totals.entries());
    }

    /// @dev The same, if enrolling and recording are not paused.
    function _totalsUnpaused() internal view returns (Totals totals) {
        totals = _totalsWithRoom();
        if (totals.isPaused()) revert RecordingPaused();
    }

    /// @dev The terms are in the clone's own code, behind the 45 bytes of the proxy, and cannot change. A struct in
    /// memory has the layout of its ABI encoding; LedgerFactory wrote it, so it needs no check.
    function _terms() internal view returns (LedgerTerms memory fixedTerms) {
        assembly ("memory-safe") {
            extcodecopy(address(), fixedTerms, 45, 224)
        }
    }

    /// @dev Number of records in `bytesGiven`, which must be at least one and whole.
    function _countRecords(uint256 bytesGiven, uint256 recordBytes) internal pure returns (uint256 count) {
        count = bytesGiven / recordBytes;
        if (count == 0 || count * recordBytes != bytesGiven) revert MalformedRecords(bytesGiven, recordBytes);
    }

    function _statusOf(uint256 id) internal view returns (uint256) {
        return fragmentOf(id) > MAX_FRAGMENT ? STATUS_NONE : _fragments[fragmentOf(id)].statusOf(laneOf(id));
    }

    /// @dev The id under which a distributor is now. Nobody moves twice.
    function _presentId(uint256 id) internal view returns (uint256) {
        uint256 moved = _fragments[fragmentOf(id)].movedTo(laneOf(id));
        return moved == 0 ? id : moved;
    }

    function _isEnrolled(uint256 id) internal view returns (bool) {
        return _statusOf(id) != STATUS_NONE;
    }

    /// @dev The word of a wallet that is a distributor's, with the id that they have now.
    function _wordOf(address wallet) internal view returns (WalletWord word) {
        word = _wallets[wallet];
        if (word.id() == 0) revert UnknownWallet(wallet);
        (uint256 id, ) = _accountOf(word);
        return word.withId(id);
    }

    /// @dev Whose a wallet is, and the fragment they are in. A correction of a sponsor may have moved them since the word was
    /// written: it does not touch the word, because nobody who can change a wallet may hold a correction up.
    function _accountOf(WalletWord word) internal view returns (uint256 id, Fragment fragment) {
        id = word.id();
        fragment = _fragments[fragmentOf(id)];
        uint256 moved = fragment.movedTo(laneOf(id));
        if (moved != 0) (id, fragment) = (moved, _fragments[fragmentOf(moved)]);
    }

    /// @dev A wallet that a distributor may take.
    function _checkWallet(address wallet, address token) internal view {
        _checkPayable(wallet, token);
        WalletWord word = _wallets[wallet];
        if (word.id() == 0) return;
        (uint256 owner, ) = _accountOf(word);
        revert WalletTaken(wallet, owner);
    }

    /// @dev What is paid to the zero address, to the ledger or to its token is lost.
    function _checkPayable(address to, address token) internal view {
        if (to == address(0) || to == address(this) || to == token) revert UnusableWallet(to);
    }

    function _planTerms(uint256 version) internal view returns (PlanTerms) {
        return PlanTerms.wrap(_plans[version][0]);
    }

    function _planRow(uint256 version, uint256 row) internal view returns (PlanRow) {
        return PlanRow.wrap(_plans[version][1 + row]);
    }

    /// @dev Puts the newest plan in force whose time has come and that was not cancelled. Versions start in order, because
    /// each is announced later than the one before with the same notice; few can be pending at a time.
    function _adoptDue(Totals totals) internal view returns (Totals) {
        uint256 due = totals.due();
        uint256 version = totals.plan();
        for (uint256 plans = totals.plans(); due < plans; ++due) {
            PlanTerms planTerms = _planTerms(due + 1);
            if (planTerms.startsAt() > block.timestamp) break;
            if (!planTerms.isCancelled()) version = due + 1;
        }
        return due == totals.due() ? totals : totals.adopt(version, due);
    }
}
