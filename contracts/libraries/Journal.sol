// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Journal
/// @notice The hash chain over a ledger's entries: `head = keccak256(head | kind | content)`.
/// @dev `kind` is one byte, `content` the entry's fields back to back, big-endian, of fixed width in bytes:
///
///     1 Opened          termsHash (32)
///     2 Enrolled        id (4) sponsor (4) wallet (20)
///     3 PlanAnnounced   version (2) startsAt (5) planHash (32)
///     4 RecorderSet     recorder (20) cap (8)
///     5 RoleChanged     role (32) account (20) granted (1)
///     6 AdminTransfer   newAdmin (20) acceptableFrom (6)
///     7 AdminDelay      delay (6) effectiveFrom (6)
///     8 FloatFunded     from (20) units (8)
///     9 BatchRecorded   batch (4) plan (2) recorder (20) recordedAt (5) reserved (8) manifestRoot (32) keccak256(records) (32)
///    10 SaleReversed    sale (6) seller (4) price (4) volume (4)
///    11 BatchSettled    batch (4) from (2) until (2) credited (8) released (8) keccak256(sales) (32)
///    12 Payout          id (4) wallet (20) units (8)
///    13 StandingSet     ranker (20) evidence (32) keccak256(records) (32)
///    14 SponsorCorrected id (4) newId (4) sponsor (4) reason (32)
///    15 DistributorLeft      id (4)
///    16 WalletSet       id (4) from (20) to (20) how (1)
///    17 RecoverySet     id (4) from (20) to (20) executableFrom (5)
///    18 HoldSet         id (4) until (5) reason (32)
///    19 FlagRaised      flag (4) subjectKind (1) subject (6) reason (32)
///    20 FlagClosed      flag (4) outcome (1) evidence (32)
///    21 FloatWithdrawn  to (20) units (8)
///    22 PauseSet        by (20) paused (1)
///    23 PayoutRedirected id (4) wallet (20) to (20) units (8)
///
/// `sales` are the settled sales in the packed form of the compact event, whichever form the ledger logs.
/// TypeScript twin: packages/protocol/src/journal/hashing.ts
library Journal {
    function opened(bytes32 head, bytes32 termsHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(1), termsHash));
    }

    function enrolled(bytes32 head, uint256 id, uint256 sponsor, address wallet) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(2), uint32(id), uint32(sponsor), wallet));
    }

    function planAnnounced(
        bytes32 head,
        uint256 version,
        uint256 startsAt,
        bytes32 hash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(3), uint16(version), uint40(startsAt), hash));
    }

    function recorderSet(bytes32 head, address recorder, uint256 cap) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(4), recorder, uint64(cap)));
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

    function standingSet(
        bytes32 head,
        address ranker,
        bytes32 evidence,
        bytes32 recordsHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(13), ranker, evidence, recordsHash));
    }

    function sponsorCorrected(
        bytes32 head,
        uint256 id,
        uint256 newId,
        uint256 sponsor,
        bytes32 reason
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(14), uint32(id), uint32(newId), uint32(sponsor), reason));
    }

    function distributorLeft(bytes32 head, uint256 id) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(15), uint32(id)));
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
        bytes32 reason
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(head, uint8(19), uint32(flag), uint8(subjectKind), uint48(subject), reason));
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
}
