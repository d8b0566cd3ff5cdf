// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Journal
/// @notice The hash chain over a ledger's entries: `head = keccak256(head | kind | content)`.
/// @dev `kind` is one byte, `content` the entry's fields back to back, big-endian, of fixed width in bytes:
///
///     1 Opened          termsHash (32)
///     2 Enrolled        id (4) sponsor (4) wallet (20)
///     3 PlanAnnounced   version (2) startsAt (5) planHash (32)
///     4 RecorderSet     number (1) recorder (20) cap (8) countCap (4)
///     5 RoleChanged     role (32) account (20) granted (1)
///     6 AdminTransfer   newAdmin (20) acceptableFrom (6)
///     7 AdminDelay      delay (6) effectiveFrom (6)
///     8 FloatFunded     from (20) units (8)
///     9 BatchRecorded   batch (4) plan (2) recorder (20) recordedAt (5) reserved (8) manifestRoot (32) keccak256(records) (32)
///    10 SaleReversed    sale (6) seller (4) price (4) volume (4)
///    11 BatchSettled    batch (4) from (2) until (2) credited (8) released (8) keccak256(sales) (32)
///    12 Payout          id (4) wallet (20) units (8)
///    13 StandingAnnounced change (4) ranker (20) evidence (32) keccak256(records) (32) effectiveAt (5)
///    14 CorrectionAnnounced change (4) id (4) sponsor (4) reason (32) effectiveAt (5)
///    15 EndingAnnounced change (4) id (4) forCause (1) reason (32) evidence (32) effectiveAt (5)
///    16 WalletSet       id (4) from (20) to (20) how (1)
///    17 RecoverySet     id (4) from (20) to (20) executableFrom (5)
///    18 HoldSet         id (4) until (5) reason (32)
///    19 FlagRaised      flag (4) subjectKind (1) subject (6) kind (1) severity (1) evidence (32) reviewBy (5)
///    20 FlagClosed      flag (4) outcome (1) evidence (32)
///    21 FloatWithdrawn  to (20) units (8)
///    22 PauseSet        by (20) paused (1)
///    23 PayoutRedirected id (4) wallet (20) to (20) units (8)
///    24 ChangeCancelled change (4) by (20)
///    25 ChangeApplied   change (4) until (4) newId (4) lapsed (1)
///    26 ActAnnounced    keccak256(call) (32) effectiveAt (5)
///    27 ActCancelled    keccak256(call) (32) by (20)
///    28 PlanCancelled   version (2)
///    29 BalancesOpened  units (8) evidence (32) keccak256(records) (32)
///    30 RefundedLate    sale (6) price (4) evidence (32)
///    31 DisclosurePublished period (4) root (32) hash (32)
///    32 FlagAnswered    flag (4) id (4) answer (32)
///    33 SuccessorSet    successor (20)
///    34 SurplusSwept    units (8)
///    35 StandbySet      number (1) key (20)
///    36 RecorderReplaced number (1) from (20) to (20)
///
/// `sales` are the settled sales in the packed form of the compact event, whichever form the ledger logs.
/// TypeScript twin: packages/protocol/src/journal/hashing.ts
library Journal {
    function opened(bytes32 head, bytes32 termsHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(1), termsHash));
    }

    /// @dev In scratch memory, which the 61 bytes fit: an enrolment makes an entry for each distributor. Id and sponsor have
    /// passed through 32 bits.
    function enrolled(bytes32 head, uint256 id, uint256 sponsor, address wallet) internal pure returns (bytes32 hash) {
        uint256 content = (2 << 248) | (id << 216) | (sponsor << 184) | (uint256(uint160(wallet)) << 24);
        assembly ("memory-safe") {
            mstore(0, head)
            mstore(32, content)
            hash := keccak256(0, 61)
        }
    }

    function planAnnounced(
        bytes32 head,
        uint256 version,
        uint256 startsAt,
        bytes32 hash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(3), uint16(version), uint40(startsAt), hash));
    }

    function recorderSet(
        bytes32 head,
        uint256 number,
        address recorder,
        uint256 cap,
        uint256 countCap
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(4), uint8(number), recorder, uint64(cap), uint32(countCap)));
    }

    function roleChanged(bytes32 head, bytes32 role, address account, bool granted) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(5), role, account, granted));
    }

    function adminTransfer(bytes32 head, address newAdmin, uint256 acceptableFrom) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(6), newAdmin, uint48(acceptableFrom)));
    }

    function adminDelay(bytes32 head, uint256 delay, uint256 effectiveFrom) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(7), uint48(delay), uint48(effectiveFrom)));
    }

    function floatFunded(bytes32 head, address from, uint256 units) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(8), from, uint64(units)));
    }

    function batchRecorded(
        bytes32 head,
        uint256 batch,
        uint256 plan,
        address recorder,
        uint256 recordedAt,
        uint256 reserved,
        bytes32 manifestRoot,
        bytes32 recordsHash
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    head,
                    uint8(9),
                    uint32(batch),
                    uint16(plan),
                    recorder,
                    uint40(recordedAt),
                    uint64(reserved),
                    manifestRoot,
                    recordsHash
                )
            );
    }

    function saleReversed(
        bytes32 head,
        uint256 sale,
        uint256 seller,
        uint256 price,
        uint256 volume
    ) internal pure returns (bytes32) {
        return
            keccak256(abi.encodePacked(head, uint8(10), uint48(sale), uint32(seller), uint32(price), uint32(volume)));
    }

    function batchSettled(
        bytes32 head,
        uint256 batch,
        uint256 from,
        uint256 until,
        uint256 credited,
        uint256 released,
        bytes32 salesHash
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    head,
                    uint8(11),
                    uint32(batch),
                    uint16(from),
                    uint16(until),
                    uint64(credited),
                    uint64(released),
                    salesHash
                )
            );
    }

    function payout(bytes32 head, uint256 id, address wallet, uint256 units) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(12), uint32(id), wallet, uint64(units)));
    }

    function standingAnnounced(
        bytes32 head,
        uint256 change,
        address ranker,
        bytes32 evidence,
        bytes32 recordsHash,
        uint256 effectiveAt
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(head, uint8(13), uint32(change), ranker, evidence, recordsHash, uint40(effectiveAt))
            );
    }

    function correctionAnnounced(
        bytes32 head,
        uint256 change,
        uint256 id,
        uint256 sponsor,
        bytes32 reason,
        uint256 effectiveAt
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    head,
                    uint8(14),
                    uint32(change),
                    uint32(id),
                    uint32(sponsor),
                    reason,
                    uint40(effectiveAt)
                )
            );
    }

    function endingAnnounced(
        bytes32 head,
        uint256 change,
        uint256 id,
        bool forCause,
        bytes32 reason,
        bytes32 evidence,
        uint256 effectiveAt
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    head,
                    uint8(15),
                    uint32(change),
                    uint32(id),
                    forCause,
                    reason,
                    evidence,
                    uint40(effectiveAt)
                )
            );
    }

    function walletSet(
        bytes32 head,
        uint256 id,
        address from,
        address to,
        uint256 how
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(16), uint32(id), from, to, uint8(how)));
    }

    function recoverySet(
        bytes32 head,
        uint256 id,
        address from,
        address to,
        uint256 executableFrom
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(17), uint32(id), from, to, uint40(executableFrom)));
    }

    function holdSet(bytes32 head, uint256 id, uint256 until, bytes32 reason) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(18), uint32(id), uint40(until), reason));
    }

    function flagRaised(
        bytes32 head,
        uint256 flag,
        uint256 subjectKind,
        uint256 subject,
        uint256 kind,
        uint256 severity,
        bytes32 evidence,
        uint256 reviewBy
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    head,
                    uint8(19),
                    uint32(flag),
                    uint8(subjectKind),
                    uint48(subject),
                    uint8(kind),
                    uint8(severity),
                    evidence,
                    uint40(reviewBy)
                )
            );
    }

    function flagClosed(bytes32 head, uint256 flag, uint256 outcome, bytes32 evidence) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(20), uint32(flag), uint8(outcome), evidence));
    }

    function floatWithdrawn(bytes32 head, address to, uint256 units) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(21), to, uint64(units)));
    }

    function pauseSet(bytes32 head, address by, bool paused) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(22), by, paused));
    }

    function payoutRedirected(
        bytes32 head,
        uint256 id,
        address wallet,
        address to,
        uint256 units
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(23), uint32(id), wallet, to, uint64(units)));
    }

    function changeCancelled(bytes32 head, uint256 change, address by) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(24), uint32(change), by));
    }

    function changeApplied(
        bytes32 head,
        uint256 change,
        uint256 until,
        uint256 newId,
        bool lapsed
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(25), uint32(change), uint32(until), uint32(newId), lapsed));
    }

    function actAnnounced(bytes32 head, bytes32 act, uint256 effectiveAt) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(26), act, uint40(effectiveAt)));
    }

    function actCancelled(bytes32 head, bytes32 act, address by) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(27), act, by));
    }

    function planCancelled(bytes32 head, uint256 version) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(28), uint16(version)));
    }

    function balancesOpened(
        bytes32 head,
        uint256 units,
        bytes32 evidence,
        bytes32 recordsHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(29), uint64(units), evidence, recordsHash));
    }

    function refundedLate(bytes32 head, uint256 sale, uint256 price, bytes32 evidence) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(30), uint48(sale), uint32(price), evidence));
    }

    function disclosurePublished(
        bytes32 head,
        uint256 period,
        bytes32 root,
        bytes32 hash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(31), uint32(period), root, hash));
    }

    function flagAnswered(bytes32 head, uint256 flag, uint256 id, bytes32 answer) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(32), uint32(flag), uint32(id), answer));
    }

    function successorSet(bytes32 head, address successor) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(33), successor));
    }

    function surplusSwept(bytes32 head, uint256 units) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(34), uint64(units)));
    }

    function standbySet(bytes32 head, uint256 number, address key) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(35), uint8(number), key));
    }

    function recorderReplaced(bytes32 head, uint256 number, address from, address to) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(36), uint8(number), from, to));
    }
}
