import { type Address, decodeEventLog, getAbiItem, type Hex, toEventSelector } from 'viem';
import { commissionLedgerAbi } from './abi.generated.ts';
import { decodeLines, type SettledLine } from './commission.ts';
import type { Entry, JournalEntry, LedgerLog } from './entries.ts';
import { UnexpectedLogError } from './errors.ts';
import { formatSaleRef, MAX_ID, type SaleRef, saleNumber, saleRefOf } from './ids.ts';
import { BPS, type Plan, planHash } from './plan.ts';

/**
 * From logs to entries, by fixed layout: the words of a log are read where they stand.
 *
 * A field that is wider than the journal holds is refused. The hash covers only the width, so without this a node could
 * change the rest and still fold to the right head.
 */

type EntryEvent =
  | 'LedgerOpened'
  | 'Enrolled'
  | 'PlanAnnounced'
  | 'RecorderSet'
  | 'RoleChanged'
  | 'AdminTransferSet'
  | 'AdminDelaySet'
  | 'FloatFunded'
  | 'BatchRecorded'
  | 'SaleReversed'
  | 'SaleSettled'
  | 'BatchSettled'
  | 'Payout';

function topicOf(name: EntryEvent): Hex {
  return toEventSelector(getAbiItem({ abi: commissionLedgerAbi, name }));
}

const SALE_SETTLED = topicOf('SaleSettled');

/** A line of a settlement, before the log that closes it. */
interface PendingLine {
  sale: number;
  line: SettledLine;
}

/** Decodes a log to its entry and the head that it claims. */
type Decoder = (log: LedgerLog, pending: PendingLine[]) => { entry: Entry; head: Hex };

const decoders = new Map<Hex, Decoder>([
  [
    topicOf('LedgerOpened'),
    (log) => ({ entry: { kind: 'opened', termsHash: word(log, 0) }, head: word(log, 1) }),
  ],
  [
    topicOf('Enrolled'),
    (log) => ({
      entry: {
        kind: 'enrolled',
        id: topicNumber(log, 1, 4),
        sponsor: topicNumber(log, 2, 4),
        wallet: topicAddress(log, 3),
      },
      head: word(log, 0),
    }),
  ],
  [topicOf('PlanAnnounced'), decodePlanAnnounced],
  [
    topicOf('RecorderSet'),
    (log) => ({
      entry: { kind: 'recorderSet', recorder: topicAddress(log, 1), cap: wordBigInt(log, 0, 8) },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('RoleChanged'),
    (log) => ({
      entry: {
        kind: 'roleChanged',
        role: topic(log, 1),
        account: topicAddress(log, 2),
        granted: wordBoolean(log, 0),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('AdminTransferSet'),
    (log) => ({
      entry: {
        kind: 'adminTransferSet',
        newAdmin: topicAddress(log, 1),
        acceptableFrom: wordNumber(log, 0, 6),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('AdminDelaySet'),
    (log) => ({
      entry: { kind: 'adminDelaySet', delay: wordNumber(log, 0, 6), effectiveFrom: wordNumber(log, 1, 6) },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('FloatFunded'),
    (log) => ({
      entry: { kind: 'floatFunded', from: topicAddress(log, 1), units: wordBigInt(log, 0, 8) },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('BatchRecorded'),
    (log) => ({
      entry: {
        kind: 'batchRecorded',
        batch: topicNumber(log, 1, 4),
        plan: topicNumber(log, 2, 2),
        recorder: topicAddress(log, 3),
        recordedAt: wordNumber(log, 0, 5),
        reserved: wordBigInt(log, 1, 8),
        manifestRoot: word(log, 2),
        records: bytesAt(log, 3),
      },
      head: word(log, 4),
    }),
  ],
  [
    topicOf('SaleReversed'),
    (log) => ({
      entry: {
        kind: 'saleReversed',
        ...saleRefOf(topicNumber(log, 1, 6)),
        seller: topicNumber(log, 2, 4),
        priceCents: wordBigInt(log, 0, 4),
        volumeCents: wordBigInt(log, 1, 4),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('BatchSettled'),
    (log, pending) => {
      const [batch, from] = [topicNumber(log, 1, 4), wordNumber(log, 0, 2)];
      return {
        entry: {
          kind: 'batchSettled',
          batch,
          from,
          until: wordNumber(log, 1, 2),
          credited: wordBigInt(log, 2, 8),
          released: wordBigInt(log, 3, 8),
          lines: settledLines(log, { batch, index: from }, pending),
        },
        head: word(log, 5),
      };
    },
  ],
  [
    topicOf('Payout'),
    (log) => ({
      entry: {
        kind: 'payout',
        id: topicNumber(log, 1, 4),
        wallet: topicAddress(log, 2),
        units: wordBigInt(log, 0, 8),
      },
      head: word(log, 1),
    }),
  ],
]);

/** The first topics of all logs that make up the journal: what to ask a node for. */
export const journalTopics: readonly Hex[] = [...decoders.keys(), SALE_SETTLED];

/**
 * Decodes a ledger's logs, in order and whole blocks at a time, to its entries.
 * @throws UnexpectedLogError for a log that is no entry or has a field that no entry can have, and for settlement lines
 * without their closing log.
 * @throws MalformedError if the packed sales of a compact settlement are cut off.
 */
export function decodeEntries(logs: readonly LedgerLog[]): JournalEntry[] {
  const entries: JournalEntry[] = [];
  let pending: PendingLine[] = [];
  for (const log of logs) {
    const [selector] = log.topics;
    if (selector === SALE_SETTLED) {
      pending.push(decodeSaleSettled(log));
      continue;
    }
    const decode = selector && decoders.get(selector);
    if (!decode) throw new UnexpectedLogError(`log ${where(log)} is not of the journal: topic ${selector}`);
    const { entry, head } = decode(log, pending);
    if (entry.kind === 'batchSettled') pending = [];
    if (pending.length > 0) throw new UnexpectedLogError(`log ${where(log)} stands inside a settlement`);
    const { blockNumber, blockHash, transactionHash, logIndex } = log;
    entries.push({ entry, head, blockNumber, blockHash, transactionHash, logIndex });
  }
  if (pending.length > 0) {
    throw new UnexpectedLogError(`${pending.length} settled sales at the end without their closing log`);
  }
  return entries;
}

/** In readable events an id takes the last eight decimal digits of a credit. */
const ID_DECIMALS = 100_000_000n;

function decodeSaleSettled(log: LedgerLog): PendingLine {
  const volumeCents = wordBigInt(log, 0, 4);
  const count = wordNumber(log, 2, 1);
  const credits = Array.from({ length: count }, (_, level) => {
    const value = wordBigInt(log, 3 + level, 10);
    const id = Number(value % ID_DECIMALS);
    const amount = value / ID_DECIMALS;
    const bps = volumeCents === 0n ? 0n : amount / volumeCents;
    if (volumeCents === 0n || bps > BPS || bps * volumeCents !== amount || id > MAX_ID) {
      throw new UnexpectedLogError(
        `log ${where(log)} pays ${amount} units to ${id} at level ${level}, which no rate makes of ${volumeCents} cents`,
      );
    }
    return { id, bps: Number(bps) };
  });
  return { sale: topicNumber(log, 1, 6), line: { seller: topicNumber(log, 2, 4), volumeCents, credits } };
}

/** The sales of a settlement that begins at `first`: from the logs before it, or in a compact ledger from its own bytes. */
function settledLines(log: LedgerLog, first: SaleRef, pending: readonly PendingLine[]): SettledLine[] {
  const packed = bytesAt(log, 4);
  const start = saleNumber(first);
  const stray = pending.find(({ sale }, i) => packed !== '0x' || sale !== start + i);
  if (stray) {
    throw new UnexpectedLogError(
      `sale ${formatSaleRef(saleRefOf(stray.sale))} has no place in the settlement of log ${where(log)}`,
    );
  }
  return packed === '0x' ? pending.map(({ line }) => line) : decodeLines(packed);
}

/** Plans are rare and nested: viem's decoder reads them. */
function decodePlanAnnounced(log: LedgerLog): { entry: Entry; head: Hex } {
  const { plan, hash } = readPlan(log);
  // The journal covers the hash, and the hash covers the plan.
  if (hash !== topic(log, 2)) {
    throw new UnexpectedLogError(`log ${where(log)} has another plan than its hash ${topic(log, 2)} names`);
  }
  return {
    entry: {
      kind: 'planAnnounced',
      version: topicNumber(log, 1, 2),
      startsAt: wordNumber(log, 0, 5),
      planHash: hash,
      plan,
    },
    head: word(log, 2),
  };
}

function readPlan(log: LedgerLog): { plan: Plan; hash: Hex } {
  try {
    const { plan } = decodeEventLog({
      abi: commissionLedgerAbi,
      eventName: 'PlanAnnounced',
      topics: [...log.topics] as [Hex, ...Hex[]],
      data: log.data,
    }).args;
    return { plan, hash: planHash(plan) };
  } catch (cause) {
    throw new UnexpectedLogError(`log ${where(log)} has no plan that can be read`, { cause });
  }
}

function where(log: LedgerLog): string {
  return `${log.logIndex} of block ${log.blockNumber}`;
}

/** What stands in a word before a field, by the field's width in bytes. */
const PADDING = Array.from({ length: 33 }, (_, width) => '0'.repeat(64 - 2 * width));

/** The digits of a field of `width` bytes at the end of a word of 64 digits. */
function narrow(log: LedgerLog, value: string, width: number): string {
  const padding = PADDING[width] ?? '';
  if (!value.startsWith(padding)) {
    throw new UnexpectedLogError(`log ${where(log)} has a field of more than ${width} bytes: 0x${value}`);
  }
  return value.slice(padding.length);
}

function notHex(log: LedgerLog, value: string): UnexpectedLogError {
  return new UnexpectedLogError(`log ${where(log)} is not hex: ${value}`);
}

/** Digits that go into an entry as they are. */
function hex(log: LedgerLog, value: string): Hex {
  const lower = value.toLowerCase();
  if (!/^[0-9a-f]*$/.test(lower)) throw notHex(log, value);
  return `0x${lower}`;
}

function numberOf(log: LedgerLog, value: string): number {
  const number = Number(`0x${value}`);
  if (Number.isNaN(number)) throw notHex(log, value);
  return number;
}

function topicDigits(log: LedgerLog, index: number): string {
  const value = log.topics[index];
  if (value?.length !== 66) throw new UnexpectedLogError(`log ${where(log)} has no whole topic ${index}`);
  return value.slice(2);
}

function topic(log: LedgerLog, index: number): Hex {
  return hex(log, topicDigits(log, index));
}

/** For fields of at most 6 bytes. */
function topicNumber(log: LedgerLog, index: number, width: number): number {
  return numberOf(log, narrow(log, topicDigits(log, index), width));
}

function topicAddress(log: LedgerLog, index: number): Address {
  return hex(log, narrow(log, topicDigits(log, index), 20));
}

/** Word number `index` of the data, as 64 hex digits. */
function digits(log: LedgerLog, index: number): string {
  const value = log.data.slice(2 + 64 * index, 66 + 64 * index);
  if (value.length !== 64) throw new UnexpectedLogError(`log ${where(log)} is cut off before word ${index}`);
  return value;
}

function word(log: LedgerLog, index: number): Hex {
  return hex(log, digits(log, index));
}

/** For fields of at most 6 bytes. */
function wordNumber(log: LedgerLog, index: number, width: number): number {
  return numberOf(log, narrow(log, digits(log, index), width));
}

function wordBoolean(log: LedgerLog, index: number): boolean {
  const value = wordNumber(log, index, 1);
  if (value > 1) throw new UnexpectedLogError(`log ${where(log)} has neither true nor false: ${value}`);
  return value === 1;
}

function wordBigInt(log: LedgerLog, index: number, width: number): bigint {
  const value = narrow(log, digits(log, index), width);
  try {
    return BigInt(`0x${value}`);
  } catch {
    throw notHex(log, value);
  }
}

/** The dynamic bytes whose offset is word number `index`. */
function bytesAt(log: LedgerLog, index: number): Hex {
  const offset = wordNumber(log, index, 4) / 32;
  const length = wordNumber(log, offset, 4);
  const start = 2 + 64 * (offset + 1);
  const value = log.data.slice(start, start + 2 * length);
  if (value.length !== 2 * length)
    throw new UnexpectedLogError(`log ${where(log)} is cut off inside its bytes`);
  return hex(log, value);
}
