import { keccak_256 } from '@noble/hashes/sha3.js';
import { type Address, bytesToHex, encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { ByteWriter } from '../encoding/bytes.ts';
import { parseBytes } from '../encoding/digits.ts';
import { JournalMismatchError } from '../errors.ts';
import { saleNumber } from '../ids.ts';
import { type Entry, FLAG_OUTCOMES, FLAG_SUBJECTS, type JournalEntry, WALLET_CHANGES } from './entries.ts';
import { recordBytes } from './recorded-sales.ts';
import { packedLines } from './settled-lines.ts';

/** The hash chain over a ledger's entries. Twin of contracts/libraries/Journal.sol. */

/** The head before the first entry. */
export const GENESIS_HEAD: Hex = `0x${'0'.repeat(64)}`;

/** Keccak-256. */
export type Keccak = (bytes: Uint8Array) => Uint8Array;

/** Head (32 bytes), kind (1) and the longest content (103). */
const MAX_ENTRY_BYTES = 136;

/**
 * The head after `entry`: `keccak256(head | kind | content)`.
 * @throws MalformedError if a field of the entry is wider than the journal holds.
 */
export function extendHead(head: Hex, entry: Entry): Hex {
  return foldInto(new ByteWriter(MAX_ENTRY_BYTES), head, entry, keccak_256);
}

/**
 * Folds entries one after the other onto a head and compares each new head with the one that the log claims.
 * @param head Head before the first of them.
 * @param count Number of entries before the first of them; only for the error.
 * @param keccak A faster implementation, for callers that fold millions of entries.
 * @returns The head after the last.
 * @throws JournalMismatchError at the first entry whose head differs.
 */
export function foldEntries(
  head: Hex,
  count: number,
  entries: Iterable<JournalEntry>,
  keccak: Keccak = keccak_256,
): Hex {
  const writer = new ByteWriter(MAX_ENTRY_BYTES);
  let folded = head;
  let number = count;
  for (const { entry, head: claimed } of entries) {
    folded = foldInto(writer, folded, entry, keccak);
    if (folded !== claimed) throw new JournalMismatchError(number, entry.kind, folded, claimed);
    number++;
  }
  return folded;
}

function foldInto(writer: ByteWriter, head: Hex, entry: Entry, keccak: Keccak): Hex {
  writer.clear().hex(head, 32);
  writeEntry(writer, entry, keccak);
  return bytesToHex(keccak(writer.bytes()));
}

/** What a ledger was created with. Twin of LedgerTerms in contracts/interfaces/ILedgerCore.sol. */
export interface LedgerTerms {
  token: Address;
  /** Token base units per ledger unit. */
  unit: bigint;
  /** Seconds. */
  returnWindow: number;
  planNotice: number;
  capPeriod: number;
  compact: boolean;
  /** Seconds before a new power, or a change of who stands where, takes effect. */
  delay: number;
}

/** The hash in a ledger's first entry, which ties the journal to its chain, its address and its terms. */
export function termsHash(chainId: number, ledger: Address, terms: LedgerTerms): Hex {
  const encoded = encodeAbiParameters(
    [
      { type: 'uint256' },
      { type: 'address' },
      { type: 'address' },
      { type: 'uint96' },
      { type: 'uint32' },
      { type: 'uint32' },
      { type: 'uint32' },
      { type: 'bool' },
      { type: 'uint32' },
    ],
    [
      BigInt(chainId),
      ledger,
      terms.token,
      terms.unit,
      terms.returnWindow,
      terms.planNotice,
      terms.capPeriod,
      terms.compact,
      terms.delay,
    ],
  );
  return keccak256(encoded);
}

function writeEntry(writer: ByteWriter, entry: Entry, keccak: Keccak): void {
  switch (entry.kind) {
    case 'opened':
      writer.uint(1, 1).hex(entry.termsHash, 32);
      return;
    case 'enrolled':
      writer.uint(2, 1).uint(entry.id, 4).uint(entry.sponsor, 4).hex(entry.wallet, 20);
      return;
    case 'planAnnounced':
      writer.uint(3, 1).uint(entry.version, 2).uint(entry.startsAt, 5).hex(entry.planHash, 32);
      return;
    case 'recorderSet':
      writer
        .uint(4, 1)
        .uint(entry.number, 1)
        .hex(entry.recorder, 20)
        .uint64(entry.cap)
        .uint(entry.countCap, 4);
      return;
    case 'roleChanged':
      writer.uint(5, 1).hex(entry.role, 32).hex(entry.account, 20).uint(Number(entry.granted), 1);
      return;
    case 'adminTransferSet':
      writer.uint(6, 1).hex(entry.newAdmin, 20).uint(entry.acceptableFrom, 6);
      return;
    case 'adminDelaySet':
      writer.uint(7, 1).uint(entry.delay, 6).uint(entry.effectiveFrom, 6);
      return;
    case 'floatFunded':
      writer.uint(8, 1).hex(entry.from, 20).uint64(entry.units);
      return;
    case 'batchRecorded':
      writer.uint(9, 1).uint(entry.batch, 4).uint(entry.plan, 2).hex(entry.recorder, 20);
      writer.uint(entry.recordedAt, 5).uint64(entry.reserved).hex(entry.manifestRoot, 32);
      writer.raw(keccak(recordBytes(entry)));
      return;
    case 'saleReversed':
      writer.uint(10, 1).uint(saleNumber(entry), 6).uint(entry.seller, 4);
      writer.uint(Number(entry.priceCents), 4).uint(Number(entry.volumeCents), 4);
      return;
    case 'batchSettled':
      writer.uint(11, 1).uint(entry.batch, 4).uint(entry.from, 2).uint(entry.until, 2);
      writer.uint64(entry.credited).uint64(entry.released);
      writer.raw(keccak(packedLines(entry)));
      return;
    case 'payout':
      writer.uint(12, 1).uint(entry.id, 4).hex(entry.wallet, 20).uint64(entry.units);
      return;
    case 'standingAnnounced':
      writer.uint(13, 1).uint(entry.change, 4).hex(entry.ranker, 20).hex(entry.evidence, 32);
      writer.raw(keccak(parseBytes(entry.records))).uint(entry.effectiveAt, 5);
      return;
    case 'correctionAnnounced':
      writer.uint(14, 1).uint(entry.change, 4).uint(entry.id, 4).uint(entry.sponsor, 4).hex(entry.reason, 32);
      writer.uint(entry.effectiveAt, 5);
      return;
    case 'endingAnnounced':
      writer.uint(15, 1).uint(entry.change, 4).uint(entry.id, 4).uint(Number(entry.forCause), 1);
      writer.hex(entry.reason, 32).hex(entry.evidence, 32).uint(entry.effectiveAt, 5);
      return;
    case 'walletSet':
      writer.uint(16, 1).uint(entry.id, 4).hex(entry.from, 20).hex(entry.to, 20);
      writer.uint(1 + WALLET_CHANGES.indexOf(entry.how), 1);
      return;
    case 'recoverySet':
      writer.uint(17, 1).uint(entry.id, 4).hex(entry.from, 20).hex(entry.to, 20);
      writer.uint(entry.executableFrom, 5);
      return;
    case 'holdSet':
      writer.uint(18, 1).uint(entry.id, 4).uint(entry.until, 5).hex(entry.reason, 32);
      return;
    case 'flagRaised':
      writer.uint(19, 1).uint(entry.flag, 4).uint(FLAG_SUBJECTS.indexOf(entry.subjectKind), 1);
      writer.uint(entry.subject, 6).uint(entry.flagKind, 1).uint(entry.severity, 1);
      writer.hex(entry.evidence, 32).uint(entry.reviewBy, 5);
      return;
    case 'flagClosed':
      writer
        .uint(20, 1)
        .uint(entry.flag, 4)
        .uint(1 + FLAG_OUTCOMES.indexOf(entry.outcome), 1);
      writer.hex(entry.evidence, 32);
      return;
    case 'floatWithdrawn':
      writer.uint(21, 1).hex(entry.to, 20).uint64(entry.units);
      return;
    case 'pauseSet':
      writer.uint(22, 1).hex(entry.by, 20).uint(Number(entry.paused), 1);
      return;
    case 'payoutRedirected':
      writer.uint(23, 1).uint(entry.id, 4).hex(entry.wallet, 20).hex(entry.to, 20).uint64(entry.units);
      return;
    case 'changeCancelled':
      writer.uint(24, 1).uint(entry.change, 4).hex(entry.by, 20);
      return;
    case 'changeApplied':
      writer.uint(25, 1).uint(entry.change, 4).uint(entry.until, 4).uint(entry.newId, 4);
      writer.uint(Number(entry.lapsed), 1);
      return;
    case 'actAnnounced':
      writer.uint(26, 1).hex(entry.act, 32).uint(entry.effectiveAt, 5);
      return;
    case 'actCancelled':
      writer.uint(27, 1).hex(entry.act, 32).hex(entry.by, 20);
      return;
    case 'planCancelled':
      writer.uint(28, 1).uint(entry.version, 2);
      return;
    case 'balancesOpened':
      writer
        .uint(29, 1)
        .uint64(entry.units)
        .hex(entry.evidence, 32)
        .raw(keccak(parseBytes(entry.records)));
      return;
    case 'refundedLate':
      writer.uint(30, 1).uint(saleNumber(entry), 6).uint(Number(entry.priceCents), 4).hex(entry.evidence, 32);
      return;
    case 'disclosurePublished':
      writer.uint(31, 1).uint(entry.period, 4).hex(entry.root, 32).hex(entry.hash, 32);
      return;
    case 'flagAnswered':
      writer.uint(32, 1).uint(entry.flag, 4).uint(entry.id, 4).hex(entry.answer, 32);
      return;
    case 'successorSet':
      writer.uint(33, 1).hex(entry.successor, 20);
      return;
    case 'surplusSwept':
      writer.uint(34, 1).uint64(entry.units);
      return;
    case 'standbySet':
      writer.uint(35, 1).uint(entry.number, 1).hex(entry.key, 20);
      return;
    case 'recorderReplaced':
      writer.uint(36, 1).uint(entry.number, 1).hex(entry.from, 20).hex(entry.to, 20);
      return;
  }
}
