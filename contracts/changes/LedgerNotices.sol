// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { ILedgerChanges } from "../interfaces/ILedgerChanges.sol";
import { LedgerAuthority } from "../ledger/LedgerAuthority.sol";
import { Journal } from "../libraries/Journal.sol";
import { BALANCE_BYTES, BalanceRecord, balanceAt } from "../types/BalanceRecord.sol";
import { Fragment, STATUS_CLOSED, STATUS_NONE, fragmentOf, laneOf } from "../types/Fragment.sol";
import { Totals } from "../types/Totals.sol";

/// @title LedgerNotices
/// @notice What a company brings along from before, and what it publishes.
abstract contract LedgerNotices is LedgerAuthority, ILedgerChanges {
    /// @inheritdoc ILedgerChanges
    function openBalances(bytes calldata records, bytes32 evidence) external onlyRole(DEFAULT_ADMIN_ROLE) {
        uint256 count = _countRecords(records.length, BALANCE_BYTES);
        Totals totals = _totalsWithRoom();
        if (totals.hasSales()) revert SalesRecorded();
        uint256 units = 0;
        for (uint256 i = 0; i < count; ++i) {
            BalanceRecord record = balanceAt(records, i);
            uint256 id = record.id();
            uint256 status = _statusOf(id);
            if (status == STATUS_NONE) revert UnknownDistributorAt(i, id);
            if (status == STATUS_CLOSED) revert DistributorGone(id);
            if (record.units() == 0) revert ZeroUnits();
            units += record.units();
            // Before the credit: what is there bounds every balance.
            if (units > totals.float()) revert FloatTooLow(totals.float(), units);
            Fragment fragment = _fragments[fragmentOf(id)];
            _fragments[fragmentOf(id)] = fragment.credit(laneOf(id), record.units());
        }
        // Otherwise the admin and one distributor would have the float at once.
        _useAct();
        bytes32 newHead = Journal.balancesOpened(_head, units, evidence, keccak256(records));
        _commit(newHead, totals.open(units), 1);
        emit BalancesOpened(units, evidence, records, newHead);
    }

    /// @inheritdoc ILedgerChanges
    function publishDisclosure(uint256 period, bytes32 root, bytes32 hash) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (period > type(uint32).max) revert PeriodOutOfRange(period, type(uint32).max);
        bytes32 newHead = Journal.disclosurePublished(_head, period, root, hash);
        _commit(newHead, _totalsWithRoom(), 1);
        emit DisclosurePublished(period, root, hash, newHead);
    }

    /// @inheritdoc ILedgerChanges
    function setSuccessor(address ledger) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (_successor != address(0)) revert SuccessorKnown(_successor);
        if (ledger == address(0) || ledger == address(this)) revert UnusableWallet(ledger);
        _successor = ledger;
        bytes32 newHead = Journal.successorSet(_head, ledger);
        _commit(newHead, _totals, 1);
        emit SuccessorSet(ledger, newHead);
    }

    /// @inheritdoc ILedgerChanges
    function successor() external view returns (address) {
        return _successor;
    }
}
