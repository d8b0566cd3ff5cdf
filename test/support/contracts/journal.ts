/**
 * A reader of the journal, written from the comment in contracts/libraries/Journal.sol alone and sharing nothing with
 * the packages that are checked by the same comment.
 */
import {
  concat,
  dataLength,
  dataSlice,
  getBytes,
  id as hashOf,
  keccak256,
  type LogDescription,
  solidityPacked,
} from 'ethers';
import type { ICommissionLedger } from '../../../types/interfaces/ICommissionLedger.ts';

/** The kinds of entries by their events: the number, and the fields in order with their widths in Solidity's names. */
const KINDS: Record<string, [kind: number, fields: Record<string, string>]> = {
  LedgerOpened: [1, { termsHash: 'bytes32' }],
  Enrolled: [2, { id: 'uint32', sponsor: 'uint32', wallet: 'address' }],
  PlanAnnounced: [3, { version: 'uint16', startsAt: 'uint40', planHash: 'bytes32' }],
  RecorderSet: [4, { number: 'uint8', recorder: 'address', cap: 'uint64', countCap: 'uint32' }],
  RoleChanged: [5, { role: 'bytes32', account: 'address', granted: 'bool' }],
  AdminTransferSet: [6, { newAdmin: 'address', acceptableFrom: 'uint48' }],
  AdminDelaySet: [7, { delay: 'uint48', effectiveFrom: 'uint48' }],
  FloatFunded: [8, { from: 'address', units: 'uint64' }],
  BatchRecorded: [
    9,
    {
      batch: 'uint32',
      plan: 'uint16',
      recorder: 'address',
      recordedAt: 'uint40',
      reserved: 'uint64',
      manifestRoot: 'bytes32',
      records: 'hash',
    },
  ],
  SaleReversed: [10, { sale: 'uint48', seller: 'uint32', priceCents: 'uint32', volumeCents: 'uint32' }],
  BatchSettled: [
    11,
    {
      batch: 'uint32',
      from: 'uint16',
      until: 'uint16',
      credited: 'uint64',
      released: 'uint64',
      sales: 'hash',
    },
  ],
  Payout: [12, { id: 'uint32', wallet: 'address', units: 'uint64' }],
  StandingAnnounced: [
    13,
    { change: 'uint32', ranker: 'address', evidence: 'bytes32', records: 'hash', effectiveAt: 'uint40' },
  ],
  CorrectionAnnounced: [
    14,
    { change: 'uint32', id: 'uint32', sponsor: 'uint32', reason: 'bytes32', effectiveAt: 'uint40' },
  ],
  EndingAnnounced: [
    15,
    {
      change: 'uint32',
      id: 'uint32',
      forCause: 'bool',
      reason: 'bytes32',
      evidence: 'bytes32',
      effectiveAt: 'uint40',
    },
  ],
  WalletSet: [16, { id: 'uint32', from: 'address', to: 'address', how: 'uint8' }],
  RecoverySet: [17, { id: 'uint32', from: 'address', to: 'address', executableFrom: 'uint40' }],
  HoldSet: [18, { id: 'uint32', until: 'uint40', reason: 'bytes32' }],
  FlagRaised: [
    19,
    {
      flag: 'uint32',
      subjectKind: 'uint8',
      subject: 'uint48',
      kind: 'uint8',
      severity: 'uint8',
      evidence: 'bytes32',
      reviewBy: 'uint40',
    },
  ],
  FlagClosed: [20, { flag: 'uint32', outcome: 'uint8', evidence: 'bytes32' }],
  FloatWithdrawn: [21, { to: 'address', units: 'uint64' }],
  PauseSet: [22, { by: 'address', paused: 'bool' }],
  PayoutRedirected: [23, { id: 'uint32', wallet: 'address', to: 'address', units: 'uint64' }],
  ChangeCancelled: [24, { change: 'uint32', by: 'address' }],
  ChangeApplied: [25, { change: 'uint32', until: 'uint32', newId: 'uint32', lapsed: 'bool' }],
  ActAnnounced: [26, { act: 'bytes32', effectiveAt: 'uint40' }],
  ActCancelled: [27, { act: 'bytes32', by: 'address' }],
  PlanCancelled: [28, { version: 'uint16' }],
  BalancesOpened: [29, { units: 'uint64', evidence: 'bytes32', records: 'hash' }],
  RefundedLate: [30, { sale: 'uint48', priceCents: 'uint32', evidence: 'bytes32' }],
  DisclosurePublished: [31, { period: 'uint32', root: 'bytes32', hash: 'bytes32' }],
  FlagAnswered: [32, { flag: 'uint32', id: 'uint32', answer: 'bytes32' }],
  SuccessorSet: [33, { successor: 'address' }],
  SurplusSwept: [34, { units: 'uint64' }],
  StandbySet: [35, { number: 'uint8', key: 'address' }],
  RecorderReplaced: [36, { number: 'uint8', from: 'address', to: 'address' }],
};

/** What OpenZeppelin logs once when a ledger is opened; it is no part of the manual. */
const INITIALIZED = hashOf('Initialized(uint64)');

/** How many kinds of entries there are. */
export const KIND_COUNT = Object.keys(KINDS).length;

/** A sale as a settlement paid it: basis points and id for each level. */
interface Line {
  sale: bigint;
  seller: bigint;
  volume: bigint;
  credits: { id: bigint; bps: bigint }[];
}

export interface Fold {
  head: string;
  entries: bigint;
  /** The kinds of entries that were there. */
  kinds: Set<number>;
  /** Hashes of the entries' contents, which do not depend on what came before. */
  contents: string[];
  lines: Line[];
  /** What each id is owed, by the logs alone. */
  owed: Map<bigint, bigint>;
}

/** Folds all logs of a ledger and checks each event's head on the way. */
export async function foldJournal(ledger: ICommissionLedger): Promise<Fold> {
  const logs = await ledger.runner!.provider!.getLogs({ address: ledger, fromBlock: 0 });
  const known = logs.filter(({ topics }) => topics[0] !== INITIALIZED);
  const events = known.map((log) => {
    const event = ledger.interface.parseLog(log);
    if (event === null) throw new Error(`A log of the ledger is not in its manual: ${log.topics[0]}.`);
    return event;
  });
  return foldEvents(`0x${'00'.repeat(32)}`, events);
}

/** Folds events onto a head and checks each event's head on the way. What is owed begins with nothing. */
export function foldEvents(head: string, events: LogDescription[]): Fold {
  const fold: Fold = { head, entries: 0n, kinds: new Set(), contents: [], lines: [], owed: new Map() };
  // Ids, as announced, of corrections by their change.
  const corrections = new Map<bigint, bigint>();
  // Lines of the settlement that is being read.
  let pending: Line[] = [];
  for (const event of events) {
    const { name, args } = event;
    if (name === 'SaleSettled') pending.push(readableLine(event));
    // OpenZeppelin's own events and `PayoutSkipped` are no entries.
    if (!event.fragment.inputs.some((input) => input.name === 'head')) continue;
    if (name === 'BatchSettled') {
      const { batch, from, until, sales } = args;
      if (sales !== '0x') pending = compactLines(BigInt(batch) << 16n, Number(from), sales);
      checkRange(pending, BigInt(batch), from, until);
    }
    const [kind, content] = entryOf(event, pending);
    fold.head = keccak256(concat([fold.head, content]));
    if (fold.head !== args.head) throw new Error(`Entry ${fold.entries} (${name}) gives another head.`);
    fold.entries += 1n;
    fold.kinds.add(kind);
    fold.contents.push(keccak256(content));
    if (name === 'BatchSettled') {
      credit(fold.owed, pending, args.credited);
      fold.lines.push(...pending);
      pending = [];
    }
    follow(fold.owed, corrections, event);
  }
  if (pending.length > 0) throw new Error('Settled sales without the settlement they belong to.');
  return fold;
}

function entryOf({ name, args }: LogDescription, pending: Line[]): [kind: number, content: string] {
  const known = KINDS[name];
  if (known === undefined) throw new Error(`The journal has no entry for ${name}.`);
  const [kind, fields] = known;
  const content = Object.entries(fields).map(([field, type]) => {
    if (type !== 'hash') return solidityPacked([type], [args[field]]);
    return keccak256(field === 'sales' ? concat(pending.map(packLine)) : args[field]);
  });
  return [kind, concat([solidityPacked(['uint8'], [kind]), ...content])];
}

/** What is owed after a payout, an opening balance, or after a distributor has moved to another id. */
function follow(
  owed: Map<bigint, bigint>,
  corrections: Map<bigint, bigint>,
  { name, args }: LogDescription,
): void {
  const add = (id: bigint, units: bigint) => owed.set(id, (owed.get(id) ?? 0n) + units);
  if (name === 'Payout' || name === 'PayoutRedirected') add(args.id, -BigInt(args.units));
  if (name === 'BalancesOpened') {
    for (let at = 0; at < dataLength(args.records); at += 12) {
      const field = (from: number, to: number) => BigInt(dataSlice(args.records, at + from, at + to));
      add(field(0, 4), field(4, 12));
    }
  }
  if (name === 'CorrectionAnnounced') corrections.set(args.change, args.id);
  if (name === 'ChangeApplied' && args.newId !== 0n) {
    // Nobody moves twice: whoever has moved keeps the id that they have then.
    const id = corrections.get(args.change)!;
    if (args.newId === id) return;
    const balance = owed.get(id) ?? 0n;
    add(args.newId, balance);
    owed.set(id, 0n);
  }
}

/** `SaleSettled` gives amounts; the rate is the amount over the volume, exactly. */
function readableLine({ args }: LogDescription): Line {
  const volume: bigint = args.volumeCents;
  const credits = [...(args.credits as bigint[])].map((value) => {
    const amount = value / 100_000_000n;
    if (amount % volume !== 0n) throw new Error(`${amount} is not a whole rate of ${volume}.`);
    return { id: value % 100_000_000n, bps: amount / volume };
  });
  return { sale: args.sale, seller: args.seller, volume, credits };
}

function compactLines(firstSale: bigint, from: number, sales: string): Line[] {
  const lines: Line[] = [];
  const number = (at: number, bytes: number) => BigInt(dataSlice(sales, at, at + bytes));
  for (let at = 0; at < dataLength(sales); ) {
    const levels = getBytes(sales)[at + 8]!;
    const credits = Array.from({ length: levels }, (_, level) => {
      const value = number(at + 9 + 5 * level, 5);
      return { id: value >> 14n, bps: value & 0x3fffn };
    });
    const sale = firstSale | BigInt(from + lines.length);
    lines.push({ sale, seller: number(at, 4), volume: number(at + 4, 4), credits });
    at += 9 + 5 * levels;
  }
  return lines;
}

function packLine({ seller, volume, credits }: Line): string {
  return concat([
    solidityPacked(['uint32', 'uint32', 'uint8'], [seller, volume, credits.length]),
    ...credits.map(({ id, bps }) => solidityPacked(['uint40'], [(id << 14n) | bps])),
  ]);
}

function checkRange(lines: Line[], batch: bigint, from: bigint, until: bigint): void {
  const expected = Array.from(
    { length: Number(until - from) },
    (_, i) => (batch << 16n) | (from + BigInt(i)),
  );
  if (lines.map(({ sale }) => sale).join() !== expected.join())
    throw new Error(`Settlement of batch ${batch} is not of sales ${from} to ${until}.`);
}

function credit(owed: Map<bigint, bigint>, lines: Line[], credited: bigint): void {
  let sum = 0n;
  for (const { volume, credits } of lines) {
    for (const { id, bps } of credits) {
      if (id === 0n) continue;
      owed.set(id, (owed.get(id) ?? 0n) + volume * bps);
      sum += volume * bps;
    }
  }
  if (sum !== credited) throw new Error(`The lines credit ${sum}, the entry says ${credited}.`);
}
