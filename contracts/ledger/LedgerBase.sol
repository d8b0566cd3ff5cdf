// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";

import { ICommissionLedger, LedgerTerms } from "../interfaces/ICommissionLedger.sol";
import { Fragment } from "../types/Fragment.sol";
import { MAX_COMPANY_ENTRIES, Totals } from "../types/Totals.sol";

/// @dev A recorder's power in one slot, so that checking it and counting against it cost one slot.
struct RecorderGrant {
    uint64 cap;
    uint64 spent;
    uint40 period;
    /// What its reversals freed in `period`.
    uint64 freed;
}

/// @title LedgerBase
/// @notice All storage of a ledger, and the two words that every call ends with.
abstract contract LedgerBase is ICommissionLedger {
    /// @dev Hash over all entries in order.
    bytes32 internal _head;
    /// @dev Sums and counters.
    Totals internal _totals;
    /// @dev Digest (240 bits) of plan, time, records and reversals of an open batch | sales settled so far (16 bits).
    mapping(uint256 batch => uint256 word) internal _batches;
    /// @dev Terms in element 0, a row of rates for each rank after it.
    mapping(uint256 version => uint256[17] words) internal _plans;
    mapping(address account => RecorderGrant grant) internal _recorders;
    /// @dev Id of the person in the lowest 26 bits. Keyed by wallet and not by id, because this way one slot a person
    /// answers "what is owed to this wallet" and keeps a wallet from being enrolled twice.
    mapping(address wallet => uint256 word) internal _wallets;
    /// @dev One bit for each id that has no wallet yet.
    mapping(uint256 word => uint256 bits) internal _walletless;
    /// @dev Indexed by fragment number; a fixed array, so that finding a slot costs no hash.
    Fragment[1 << 24] internal _fragments;

    /// @dev Ends a call: the journal's head and the totals, with the entries it made.
    function _commit(bytes32 newHead, Totals totals, uint256 entries) internal {
        _head = newHead;
        _totals = totals.addEntries(entries);
    }

    /// @dev The totals, if the company may still add to the journal.
    function _totalsWithRoom() internal view returns (Totals totals) {
        totals = _totals;
        if (totals.entryCount() >= MAX_COMPANY_ENTRIES) revert JournalFull(totals.entryCount());
    }

    /// @dev The terms are in the clone's own code and cannot change.
    function _terms() internal view returns (LedgerTerms memory) {
        return abi.decode(Clones.fetchCloneArgs(address(this)), (LedgerTerms));
    }

    /// @dev Number of records in `bytesGiven`, which must be at least one and whole.
    function _countRecords(uint256 bytesGiven, uint256 recordBytes) internal pure returns (uint256 count) {
        count = bytesGiven / recordBytes;
        if (count == 0 || count * recordBytes != bytesGiven) revert MalformedRecords(bytesGiven, recordBytes);
    }
}
