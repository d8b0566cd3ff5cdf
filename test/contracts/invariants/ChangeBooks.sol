// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import { CLOSED, Standing } from "../CommissionModel.sol";
import { LedgerBooks } from "./LedgerBooks.sol";
import { Journal } from "../../../contracts/libraries/Journal.sol";

/// @notice Changes of standing, sponsor and membership: as announced, and what becomes of the tree when they are applied.
abstract contract ChangeBooks is LedgerBooks {
    struct BookedChange {
        uint256 kind;
        uint256 effectiveAt;
        bool isCancelled;
        /// Records applied.
        uint256 done;
        /// Of a change of standing.
        bytes records;
        /// Of all others, as announced.
        uint256 id;
        uint256 sponsor;
        bytes32 reason;
    }

    uint256 internal constant STANDING = 1;
    uint256 internal constant SPONSOR = 2;
    uint256 internal constant LEAVING = 3;
    uint256 internal constant ENDING = 4;
    /// @dev Ids of those who will have moved, as far as it is only looked ahead: behind all that a ledger can give.
    uint256 private constant FUTURE_IDS = 1 << 40;

    /// Index is the change's number minus one.
    BookedChange[] internal changes;
    uint256 internal nextChange = 1;

    /// @dev Who stands where for a batch recorded at `time`: as applied, and with the changes that are effective by then.
    function _effectiveAt(uint256 time) internal view returns (Standing[] memory all) {
        all = _standings();
        for (uint256 number = nextChange; number <= changes.length; ++number) {
            BookedChange memory change = changes[number - 1];
            if (change.effectiveAt > time) break;
            if (!change.isCancelled) _change(all, change, change.records.length / 4, FUTURE_IDS + 4 * number);
        }
    }

    /// @dev Books that the next change is applied up to record `until`.
    function _bookApplied(uint256 until) internal returns (uint256 newId) {
        BookedChange storage change = changes[nextChange - 1];
        Standing[] memory all = _standings();
        bool lapsed;
        (newId, lapsed) = _change(all, change, until, (lanes.length + 1) << 2);
        if (newId >> 2 > lanes.length) _bookId(newId, numberOf[change.id]);
        for (uint256 number = 1; number < all.length; ++number) {
            Distributor storage distributor = distributors[number];
            Standing memory standing = all[number];
            if (distributor.id != standing.id) distributor.id = standing.id;
            if (distributor.sponsor != standing.sponsor) distributor.sponsor = standing.sponsor;
            if (distributor.sponsorId != standing.sponsorId) distributor.sponsorId = standing.sponsorId;
            if (distributor.rank != standing.rank) distributor.rank = standing.rank;
            if (distributor.status != standing.status) distributor.status = standing.status;
        }
        _enter(Journal.changeApplied(head, nextChange, until, newId, lapsed));
        change.done = until;
        if (until == _sizeOf(change)) ++nextChange;
    }

    function _sizeOf(BookedChange memory change) internal pure returns (uint256) {
        return change.kind == STANDING ? change.records.length / 4 : 1;
    }

    /// @dev The batches that must be settled before the next change: all that were recorded before it is effective.
    function _openBefore(uint256 effectiveAt) internal view returns (uint256 open) {
        for (uint256 i = 0; i < batches.length; ++i) {
            bool isOpen = batches[i].settled < batches[i].sales.length;
            if (isOpen && batches[i].recordedAt < effectiveAt) ++open;
        }
    }

    function _pendingCases() internal view returns (uint256 count) {
        for (uint256 number = nextChange; number <= changes.length; ++number) {
            BookedChange storage change = changes[number - 1];
            if (!change.isCancelled && (change.kind == SPONSOR || change.kind == ENDING)) ++count;
        }
    }

    /// @dev Changes `all`. Whoever has left meanwhile keeps no standing, and what does not fit any more lapses.
    function _change(
        Standing[] memory all,
        BookedChange memory change,
        uint256 until,
        uint256 freeId
    ) private view returns (uint256 newId, bool lapsed) {
        if (change.kind == STANDING) {
            for (uint256 i = change.done; i < until; ++i) {
                uint256 record = _recordOf(change.records, i);
                Standing memory other = all[numberOf[record >> 6]];
                if (other.status != CLOSED) (other.rank, other.status) = ((record >> 2) & 15, record & 3);
            }
            return (0, false);
        }
        Standing memory standing = all[numberOf[change.id]];
        if (standing.status == CLOSED) return (0, true);
        if (change.kind != SPONSOR) {
            (standing.rank, standing.status) = (0, CLOSED);
            return (0, false);
        }
        uint256 above = numberOf[change.sponsor];
        uint256 sponsorId = all[above].id;
        if (standing.sponsorId == sponsorId || all[above].status == CLOSED) return (0, true);
        if (_isBelow(all, above, numberOf[change.id])) return (0, true);
        uint256 lane = standing.id & 3;
        bool stays = lane == 0 || (sponsorId >> 2 == standing.id >> 2 && sponsorId & 3 < lane);
        newId = stays ? standing.id : freeId;
        (standing.id, standing.sponsor, standing.sponsorId) = (newId, above, sponsorId);
    }

    /// @dev Whether `other` is `number` or stands below.
    function _isBelow(Standing[] memory all, uint256 other, uint256 number) internal pure returns (bool) {
        for (; other != 0; other = all[other].sponsor) if (other == number) return true;
        return false;
    }

    function _recordOf(bytes memory records, uint256 index) private pure returns (uint256 record) {
        assembly ("memory-safe") {
            record := shr(224, mload(add(add(records, 32), mul(index, 4))))
        }
    }
}
