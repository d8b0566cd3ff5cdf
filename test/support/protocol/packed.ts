import type { Entry, SettledLine } from '@plumbline/protocol';
import { concatHex, encodePacked, type Hex, keccak256, toHex } from 'viem';

/**
 * An entry's kind and content as contracts/libraries/Journal.sol lists them, packed by viem: shares nothing with the
 * writer in protocol.
 */
export function contentOf(entry: Entry): Hex {
  const pack = (types: string[], values: unknown[]) => encodePacked(types as never, values as never) as Hex;
  switch (entry.kind) {
    case 'opened':
      return pack(['uint8', 'bytes32'], [1, entry.termsHash]);
    case 'enrolled':
      return pack(['uint8', 'uint32', 'uint32', 'address'], [2, entry.id, entry.sponsor, entry.wallet]);
    case 'planAnnounced':
      return pack(
        ['uint8', 'uint16', 'uint40', 'bytes32'],
        [3, entry.version, entry.startsAt, entry.planHash],
      );
    case 'recorderSet':
      return pack(
        ['uint8', 'uint8', 'address', 'uint64', 'uint32'],
        [4, entry.number, entry.recorder, entry.cap, entry.countCap],
      );
    case 'roleChanged':
      return pack(['uint8', 'bytes32', 'address', 'bool'], [5, entry.role, entry.account, entry.granted]);
    case 'adminTransferSet':
      return pack(['uint8', 'address', 'uint48'], [6, entry.newAdmin, entry.acceptableFrom]);
    case 'adminDelaySet':
      return pack(['uint8', 'uint48', 'uint48'], [7, entry.delay, entry.effectiveFrom]);
    case 'floatFunded':
      return pack(['uint8', 'address', 'uint64'], [8, entry.from, entry.units]);
    case 'batchRecorded':
      return pack(
        ['uint8', 'uint32', 'uint16', 'address', 'uint40', 'uint64', 'bytes32', 'bytes32'],
        [
          9,
          entry.batch,
          entry.plan,
          entry.recorder,
          entry.recordedAt,
          entry.reserved,
          entry.manifestRoot,
          keccak256(entry.records),
        ],
      );
    case 'saleReversed':
      return pack(
        ['uint8', 'uint48', 'uint32', 'uint32', 'uint32'],
        [10, entry.batch * 65_536 + entry.index, entry.seller, entry.priceCents, entry.volumeCents],
      );
    case 'batchSettled':
      return pack(
        ['uint8', 'uint32', 'uint16', 'uint16', 'uint64', 'uint64', 'bytes32'],
        [
          11,
          entry.batch,
          entry.from,
          entry.until,
          entry.credited,
          entry.released,
          keccak256(concatHex(entry.lines.map(packLine))),
        ],
      );
    case 'payout':
      return pack(['uint8', 'uint32', 'address', 'uint64'], [12, entry.id, entry.wallet, entry.units]);
    case 'standingAnnounced':
      return pack(
        ['uint8', 'uint32', 'address', 'bytes32', 'bytes32', 'uint40'],
        [13, entry.change, entry.ranker, entry.evidence, keccak256(entry.records), entry.effectiveAt],
      );
    case 'correctionAnnounced':
      return pack(
        ['uint8', 'uint32', 'uint32', 'uint32', 'bytes32', 'uint40'],
        [14, entry.change, entry.id, entry.sponsor, entry.reason, entry.effectiveAt],
      );
    case 'endingAnnounced':
      return pack(
        ['uint8', 'uint32', 'uint32', 'bool', 'bytes32', 'bytes32', 'uint40'],
        [15, entry.change, entry.id, entry.forCause, entry.reason, entry.evidence, entry.effectiveAt],
      );
    case 'walletSet': {
      const how = { claimed: 1, changed: 2, recovered: 3 }[entry.how];
      return pack(
        ['uint8', 'uint32', 'address', 'address', 'uint8'],
        [16, entry.id, entry.from, entry.to, how],
      );
    }
    case 'recoverySet':
      return pack(
        ['uint8', 'uint32', 'address', 'address', 'uint40'],
        [17, entry.id, entry.from, entry.to, entry.executableFrom],
      );
    case 'holdSet':
      return pack(['uint8', 'uint32', 'uint40', 'bytes32'], [18, entry.id, entry.until, entry.reason]);
    case 'flagRaised':
      return pack(
        ['uint8', 'uint32', 'uint8', 'uint48', 'uint8', 'uint8', 'bytes32', 'uint40'],
        [
          19,
          entry.flag,
          { distributor: 0, sale: 1 }[entry.subjectKind],
          entry.subject,
          entry.flagKind,
          entry.severity,
          entry.evidence,
          entry.reviewBy,
        ],
      );
    case 'flagClosed': {
      const outcome = { cleared: 1, corrected: 2, upheld: 3 }[entry.outcome];
      return pack(['uint8', 'uint32', 'uint8', 'bytes32'], [20, entry.flag, outcome, entry.evidence]);
    }
    case 'floatWithdrawn':
      return pack(['uint8', 'address', 'uint64'], [21, entry.to, entry.units]);
    case 'pauseSet':
      return pack(['uint8', 'address', 'bool'], [22, entry.by, entry.paused]);
    case 'payoutRedirected':
      return pack(
        ['uint8', 'uint32', 'address', 'address', 'uint64'],
        [23, entry.id, entry.wallet, entry.to, entry.units],
      );
    case 'changeCancelled':
      return pack(['uint8', 'uint32', 'address'], [24, entry.change, entry.by]);
    case 'changeApplied':
      return pack(
        ['uint8', 'uint32', 'uint32', 'uint32', 'bool'],
        [25, entry.change, entry.until, entry.newId, entry.lapsed],
      );
    case 'actAnnounced':
      return pack(['uint8', 'bytes32', 'uint40'], [26, keccak256(entry.call), entry.effectiveAt]);
    case 'actCancelled':
      return pack(['uint8', 'bytes32', 'address'], [27, entry.act, entry.by]);
    case 'planCancelled':
      return pack(['uint8', 'uint16'], [28, entry.version]);
    case 'balancesOpened':
      return pack(
        ['uint8', 'uint64', 'bytes32', 'bytes32'],
        [29, entry.units, entry.evidence, keccak256(entry.records)],
      );
    case 'refundedLate':
      return pack(
        ['uint8', 'uint48', 'uint32', 'bytes32'],
        [30, entry.batch * 65_536 + entry.index, entry.priceCents, entry.evidence],
      );
    case 'disclosurePublished':
      return pack(['uint8', 'uint32', 'bytes32', 'bytes32'], [31, entry.period, entry.root, entry.hash]);
    case 'flagAnswered':
      return pack(['uint8', 'uint32', 'uint32', 'bytes32'], [32, entry.flag, entry.id, entry.answer]);
    case 'successorSet':
      return pack(['uint8', 'address'], [33, entry.successor]);
    case 'surplusSwept':
      return pack(['uint8', 'uint64'], [34, entry.units]);
    case 'standbySet':
      return pack(['uint8', 'uint8', 'address'], [35, entry.number, entry.key]);
    case 'recorderReplaced':
      return pack(['uint8', 'uint8', 'address', 'address'], [36, entry.number, entry.from, entry.to]);
  }
}

function packLine({ seller, volumeCents, credits }: SettledLine): Hex {
  return concatHex([
    encodePacked(['uint32', 'uint32', 'uint8'], [seller, Number(volumeCents), credits.length]),
    ...credits.map(({ id, bps }) => toHex((BigInt(id) << 14n) | BigInt(bps), { size: 5 })),
  ]);
}
