/**
 * A reader of the journal, written from the comment in contracts/libraries/Journal.sol alone and sharing nothing with
 * the packages that are checked by the same comment.
 */
import {
  concat,
  dataLength,
  dataSlice,
  getBytes,
  keccak256,
  type LogDescription,
  solidityPacked,
} from 'ethers';
import type { CommissionLedger } from '../../../types/CommissionLedger.ts';

/** One entry's content: the kind and its fields with their widths in Solidity's names. */
type Entry = [kind: number, types: string[], values: unknown[]];

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
  /** Hashes of the entries' contents, which do not depend on what came before. */
  contents: string[];
  lines: Line[];
  /** What each id is owed, by the logs alone. */
  owed: Map<bigint, bigint>;
}

/** Folds all logs of a ledger and checks each event's head on the way. */
export async function foldJournal(ledger: CommissionLedger): Promise<Fold> {
  const fold: Fold = { head: `0x${'00'.repeat(32)}`, entries: 0n, contents: [], lines: [], owed: new Map() };
  // Lines of the settlement that is being read.
  let pending: Line[] = [];
  const logs = await ledger.runner!.provider!.getLogs({ address: ledger, fromBlock: 0 });
  for (const log of logs) {
    const event = ledger.interface.parseLog(log);
    if (event === null) throw new Error(`A log of the ledger is not in its manual: ${log.topics[0]}.`);
    if (event.name === 'SaleSettled') {
      pending.push(readableLine(event));
      continue;
    }
    if (event.args.head === undefined) continue;
    if (event.name === 'BatchSettled') {
      const { batch, from, until, sales } = event.args;
      if (sales !== '0x') pending = compactLines(BigInt(batch) << 16n, Number(from), sales);
      checkRange(pending, BigInt(batch), from, until);
    }
    const [kind, types, values] = entryOf(event, pending);
    const content = solidityPacked(['uint8', ...types], [kind, ...values]);
    fold.head = keccak256(concat([fold.head, content]));
    if (fold.head !== event.args.head)
      throw new Error(`Entry ${fold.entries} (${event.name}) gives another head.`);
    fold.entries += 1n;
    fold.contents.push(keccak256(content));
    if (event.name === 'BatchSettled') {
      credit(fold.owed, pending, event.args.credited);
      fold.lines.push(...pending);
      pending = [];
    }
    if (event.name === 'Payout') {
      const { id, units } = event.args;
      fold.owed.set(id, (fold.owed.get(id) ?? 0n) - units);
    }
  }
  if (pending.length > 0) throw new Error('Settled sales without the settlement they belong to.');
  return fold;
}

function entryOf({ name, args }: LogDescription, pending: Line[]): Entry {
  switch (name) {
    case 'LedgerOpened':
      return [1, ['bytes32'], [args.termsHash]];
    case 'Enrolled':
      return [2, ['uint32', 'uint32', 'address'], [args.id, args.sponsor, args.wallet]];
    case 'PlanAnnounced':
      return [3, ['uint16', 'uint40', 'bytes32'], [args.version, args.startsAt, args.planHash]];
    case 'RecorderSet':
      return [4, ['address', 'uint64'], [args.recorder, args.cap]];
    case 'RoleChanged':
      return [5, ['bytes32', 'address', 'bool'], [args.role, args.account, args.granted]];
    case 'AdminTransferSet':
      return [6, ['address', 'uint48'], [args.newAdmin, args.acceptableFrom]];
    case 'AdminDelaySet':
      return [7, ['uint48', 'uint48'], [args.delay, args.effectiveFrom]];
    case 'FloatFunded':
      return [8, ['address', 'uint64'], [args.from, args.units]];
    case 'BatchRecorded':
      return [
        9,
        ['uint32', 'uint16', 'address', 'uint40', 'uint64', 'bytes32', 'bytes32'],
        [
          args.batch,
          args.plan,
          args.recorder,
          args.recordedAt,
          args.reserved,
          args.manifestRoot,
          keccak256(args.records),
        ],
      ];
    case 'SaleReversed':
      return [
        10,
        ['uint48', 'uint32', 'uint32', 'uint32'],
        [args.sale, args.seller, args.priceCents, args.volumeCents],
      ];
    case 'BatchSettled':
      return [
        11,
        ['uint32', 'uint16', 'uint16', 'uint64', 'uint64', 'bytes32'],
        [
          args.batch,
          args.from,
          args.until,
          args.credited,
          args.released,
          keccak256(concat(pending.map(packLine))),
        ],
      ];
    case 'Payout':
      return [12, ['uint32', 'address', 'uint64'], [args.id, args.wallet, args.units]];
    default:
      throw new Error(`The journal has no entry for ${name}.`);
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
