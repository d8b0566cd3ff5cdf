import {
  BUYER_CLASSES,
  COMPRESSION_NONE,
  type Entry,
  FLAG_OUTCOMES,
  FLAG_SUBJECTS,
  MAX_CENTS,
  MAX_ID,
  MAX_REACH,
  MIN_REACH,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  PLAN_BY_LEVEL,
  type Plan,
  planHash,
  type SaleRecord,
  type SettledLine,
  WALLET_CHANGES,
} from '@plumbline/protocol';
import fc, { type Arbitrary } from 'fast-check';
import { bytesToHex, type Hex, keccak256 } from 'viem';

/** Arbitrary material of the right shape. */

/** A whole number from `min` to `max`, with the ends and the small ones far more often than an even draw has them. */
export function edgyBigInt(min: bigint, max: bigint): Arbitrary<bigint> {
  const span = max - min;
  if (span <= 0n) return fc.constant(min);
  const bits = fc.integer({ min: 1, max: span.toString(2).length });
  const sized = bits.chain((count) => {
    const most = min + (1n << BigInt(count)) - 1n;
    return fc.bigInt({ min, max: most < max ? most : max });
  });
  return fc.oneof(fc.constant(min), fc.constant(max), { weight: 8, arbitrary: sized });
}

/** The same as a number. */
export function edgy(min: number, max: number): Arbitrary<number> {
  return edgyBigInt(BigInt(min), BigInt(max)).map(Number);
}

export function between(min: number, max: number): Arbitrary<number> {
  return fc.integer({ min, max });
}

/** `count` bytes, or from `count` to `most` of them. */
export function hex(count: number, most = count): Arbitrary<Hex> {
  return fc.uint8Array({ minLength: count, maxLength: most }).map((bytes) => bytesToHex(bytes));
}

/** An object with a field of each; of an ordinary prototype, as those of protocol are. */
function record<T>(fields: { [Key in keyof T]: Arbitrary<T[Key]> }): Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as Arbitrary<T>;
}

/** A list with one of each. */
function each<T>(arbitraries: readonly Arbitrary<T>[]): Arbitrary<T[]> {
  return fc.tuple(...arbitraries) as Arbitrary<T[]>;
}

/** A plan that every ledger accepts, of any kind; every other one plain: one row, no compression. */
export const plans: Arbitrary<Plan> = fc.oneof(
  plansOf(PLAN_BY_LEVEL, true),
  between(PLAN_BY_LEVEL, PLAN_BY_GENERATION).chain((kind) => plansOf(kind, false)),
);

function plansOf(kind: number, isPlain: boolean): Arbitrary<Plan> {
  const byDifference = kind === PLAN_BY_DIFFERENCE;
  const levels = byDifference ? fc.constant(2) : fc.oneof(fc.constantFrom(11, 6), between(1, 11));
  const rows = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(1, 2, 4, 16) }, between(1, 16));
  const weight = fc.oneof(fc.constantFrom(10_000, 10_000, 5_000, 0), between(1, 10_000), between(0, 10_000));
  // Mostly the shortest, because only there a walk of a small company ends by it.
  const reach = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(64, 64, 64, 65, 1_000) },
    between(MIN_REACH, MAX_REACH),
  );
  const boundary = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(1, 2, 3, 15) }, between(1, 15));
  const tables = fc
    .tuple(levels.chain(bestRates), rows)
    .chain(([best, count]) =>
      isPlain
        ? fc.constant<number[][]>([best])
        : fc.array(rowBelow(best, byDifference), { minLength: count, maxLength: count }),
    );
  return tables.chain((ratesBps) => {
    const total = totalOf(ratesBps);
    return record<Plan>({
      kind: fc.constant(kind),
      compression: isPlain ? fc.constant(COMPRESSION_NONE) : between(0, byDifference ? 1 : 2),
      boundaryRank: kind === PLAN_BY_GENERATION ? boundary : fc.constant(0),
      reach,
      ceilingBps: fc.oneof(fc.constant(total), fc.constant(10_000), between(total, 10_000)),
      weightsBps: fc.tuple(weight, weight, weight),
      ratesBps: fc.constant(ratesBps),
    });
  });
}

/** The best rates of all levels together. */
function totalOf(rows: readonly number[][]): number {
  const levels = Math.max(...rows.map((row) => row.length));
  const best = (level: number) => Math.max(...rows.map((row) => row[level] ?? 0));
  return Array.from({ length: levels }, (_, level) => best(level)).reduce((sum, rate) => sum + rate, 0);
}

/** A rate for each level, together no more than the whole. */
function bestRates(levels: number): Arbitrary<number[]> {
  const rate = fc.oneof({ weight: 15, arbitrary: fc.constant(0) }, { weight: 85, arbitrary: edgy(0, 3_000) });
  const budget = fc.oneof({ weight: 2, arbitrary: fc.constant(10_000) }, between(0, 10_000));
  return fc.tuple(budget, fc.array(rate, { minLength: levels, maxLength: levels })).map(([whole, rates]) => {
    let left = whole;
    return rates.map((wanted) => {
      const given = Math.min(wanted, left);
      left -= given;
      return given;
    });
  });
}

/** A rank's row: no level above its best rate, and often not all levels. */
function rowBelow(best: readonly number[], isWhole: boolean): Arbitrary<number[]> {
  const levels = isWhole
    ? fc.constant(best.length)
    : fc.oneof(fc.constant(best.length), between(1, best.length));
  const rates = best.map((rate) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant(rate) }, fc.constant(0), between(0, rate)),
  );
  return fc.tuple(each(rates), levels).map(([row, count]) => row.slice(0, count));
}

/** A rank, mostly one of the lower, of which plans have rows. */
export const ranks: Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 15) },
  between(0, 15),
);

const ids = edgy(4, MAX_ID);

/** A sale that a ledger records if it knows the seller. */
export function salesOf(seller: Arbitrary<number>): Arbitrary<SaleRecord> {
  const prices = fc
    .tuple(fc.constantFrom(1n, 100n, 2_000n), fc.constantFrom(MAX_CENTS, 1_000_000n, 10_000n))
    .chain(([min, max]) => edgyBigInt(min, max));
  return prices.chain((priceCents) =>
    record<SaleRecord>({
      class: fc.constantFrom(...BUYER_CLASSES),
      seller,
      priceCents: fc.constant(priceCents),
      volumeCents: fc.oneof({ weight: 2, arbitrary: fc.constant(priceCents) }, edgyBigInt(0n, priceCents)),
    }),
  );
}

/** A settled line such as any plan could have written. */
export const lines: Arbitrary<SettledLine> = edgyBigInt(0n, MAX_CENTS).chain((volumeCents) => {
  const credit = fc.oneof(
    { weight: 1, arbitrary: fc.constant({ id: 0, bps: 0 }) },
    { weight: 4, arbitrary: record({ id: ids, bps: edgy(0, 10_000) }) },
  );
  const credits = fc.array(credit, { maxLength: volumeCents === 0n ? 0 : 17 });
  return record<SettledLine>({ seller: ids, volumeCents: fc.constant(volumeCents), credits });
});

const uint = (bits: number) => edgy(0, 2 ** bits - 1);
const units = edgyBigInt(0n, (1n << 64n) - 1n);
const id = uint(26);
const wallet = hex(20);
const word = hex(32);

type Fields<Kind extends Entry['kind']> = Omit<Extract<Entry, { kind: Kind }>, 'kind'>;

const planned = plans.chain((plan) => fc.constant({ plan, planHash: planHash(plan) }));
const settled = fc
  .tuple(between(0, 900), fc.array(lines, { minLength: 1, maxLength: 6 }))
  .map(([from, sales]) => ({ from, until: from + sales.length, lines: sales }));

/** Every field of an entry anywhere in its width. */
const FIELDS: { [Kind in Entry['kind']]: Arbitrary<Fields<Kind>> } = {
  opened: record({ termsHash: word }),
  enrolled: record({ id, sponsor: id, wallet }),
  planAnnounced: fc
    .tuple(planned, record({ version: uint(16), startsAt: uint(40) }))
    .map(([plan, fields]) => ({ ...fields, ...plan })),
  recorderSet: record({ number: uint(8), recorder: wallet, cap: units, countCap: uint(32) }),
  roleChanged: record({ role: word, account: wallet, granted: fc.boolean() }),
  adminTransferSet: record({ newAdmin: wallet, acceptableFrom: uint(48) }),
  adminDelaySet: record({ delay: uint(48), effectiveFrom: uint(48) }),
  floatFunded: record({ from: wallet, units }),
  batchRecorded: record({
    batch: uint(32),
    plan: uint(16),
    recorder: wallet,
    recordedAt: uint(40),
    reserved: units,
    manifestRoot: word,
    records: between(1, 20).chain((count) => hex(12 * count)),
  }),
  saleReversed: record({
    batch: uint(32),
    index: uint(16),
    seller: id,
    priceCents: edgyBigInt(1n, MAX_CENTS),
    volumeCents: edgyBigInt(0n, MAX_CENTS),
  }),
  batchSettled: fc
    .tuple(record({ batch: uint(32), credited: units, released: units }), settled)
    .map(([fields, sales]) => ({ ...fields, ...sales })),
  payout: record({ id, wallet, units }),
  standingAnnounced: record({
    change: uint(32),
    ranker: wallet,
    evidence: word,
    records: between(1, 40).chain((count) => hex(4 * count)),
    effectiveAt: uint(40),
  }),
  correctionAnnounced: record({ change: uint(32), id, sponsor: id, reason: word, effectiveAt: uint(40) }),
  endingAnnounced: record({
    change: uint(32),
    id,
    forCause: fc.boolean(),
    reason: word,
    evidence: word,
    effectiveAt: uint(40),
  }),
  changeCancelled: record({ change: uint(32), by: wallet }),
  changeApplied: record({ change: uint(32), until: uint(32), newId: id, lapsed: fc.boolean() }),
  walletSet: record({ id, from: wallet, to: wallet, how: fc.constantFrom(...WALLET_CHANGES) }),
  recoverySet: record({ id, from: wallet, to: wallet, executableFrom: uint(40) }),
  holdSet: record({ id, until: uint(40), reason: word }),
  flagRaised: record({
    flag: uint(32),
    subjectKind: fc.constantFrom(...FLAG_SUBJECTS),
    subject: uint(48),
    flagKind: uint(8),
    severity: uint(8),
    evidence: word,
    reviewBy: uint(40),
  }),
  flagAnswered: record({ flag: uint(32), id, answer: word }),
  flagClosed: record({ flag: uint(32), outcome: fc.constantFrom(...FLAG_OUTCOMES), evidence: word }),
  floatWithdrawn: record({ to: wallet, units }),
  pauseSet: record({ by: wallet, paused: fc.boolean() }),
  payoutRedirected: record({ id, wallet, to: wallet, units }),
  actAnnounced: hex(4, 100).chain((call) =>
    record({ act: fc.constant(keccak256(call)), call: fc.constant(call), effectiveAt: uint(40) }),
  ),
  actCancelled: record({ act: word, by: wallet }),
  planCancelled: record({ version: uint(16) }),
  balancesOpened: record({
    units,
    evidence: word,
    records: between(1, 20).chain((count) => hex(12 * count)),
  }),
  refundedLate: record({
    batch: uint(32),
    index: uint(16),
    priceCents: edgyBigInt(1n, MAX_CENTS),
    evidence: word,
  }),
  disclosurePublished: record({ period: uint(32), root: word, hash: word }),
  successorSet: record({ successor: wallet }),
  surplusSwept: record({ units }),
  standbySet: record({ number: uint(8), key: wallet }),
  recorderReplaced: record({ number: uint(8), from: wallet, to: wallet }),
};

export const ENTRY_KINDS = Object.keys(FIELDS) as Entry['kind'][];

export function entriesOf<Kind extends Entry['kind']>(kind: Kind): Arbitrary<Extract<Entry, { kind: Kind }>> {
  return FIELDS[kind].map((fields) => ({ kind, ...fields }) as Extract<Entry, { kind: Kind }>);
}

/** Entries of these kinds, in order; by default one of each, and a second settlement. */
export function journals(
  kinds: readonly Entry['kind'][] = [...ENTRY_KINDS, 'batchSettled'],
): Arbitrary<Entry[]> {
  return each(kinds.map((kind): Arbitrary<Entry> => entriesOf(kind)));
}

/** What a seed gives, always the same: for tests that need some value and not all. */
export function sampleOf<T>(arbitrary: Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1 });
  return value as T;
}
