import {
  BUYER_CLASSES,
  COMPRESSION_NONE,
  type Entry,
  FLAG_OUTCOMES,
  FLAG_SUBJECTS,
  MAX_CENTS,
  MAX_ID,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  PLAN_BY_LEVEL,
  type Plan,
  planHash,
  type SaleRecord,
  type SettledLine,
  WALLET_CHANGES,
} from '@plumbline/protocol';
import type { Random } from './random.ts';

/** Random material of the right shape. */

/** A plan that every ledger accepts, of any kind; every other one plain: one row, nobody compressed. */
export function randomPlan(random: Random): Plan {
  const isPlain = random.chance(50);
  const kind = isPlain ? PLAN_BY_LEVEL : random.between(PLAN_BY_LEVEL, PLAN_BY_GENERATION);
  const byDifference = kind === PLAN_BY_DIFFERENCE;
  const best = bestRates(random, byDifference ? 2 : random.pick([11, 6, random.between(1, 11)]));
  const rows = isPlain ? 1 : random.pick([1, 2, 4, random.between(1, 16), 16]);
  const ratesBps = isPlain
    ? [best]
    : Array.from({ length: rows }, () => rowBelow(random, best, byDifference));
  const total = best.reduce((sum, _, level) => sum + Math.max(...ratesBps.map((row) => row[level] ?? 0)), 0);
  const weight = () =>
    random.pick([10_000, 10_000, 5000, random.between(1, 10_000), random.between(0, 10_000), 0]);
  return {
    kind,
    compression: isPlain ? COMPRESSION_NONE : random.between(0, byDifference ? 1 : 2),
    boundaryRank: kind === PLAN_BY_GENERATION ? random.pick([1, 2, 3, 15, random.between(1, 15)]) : 0,
    ceilingBps: random.pick([total, 10_000, random.between(total, 10_000)]),
    weightsBps: [weight(), weight(), weight()],
    ratesBps,
  };
}

/** A rate for each level, together no more than the whole. */
function bestRates(random: Random, levels: number): number[] {
  let left = random.pick([10_000, 10_000, random.between(0, 10_000)]);
  return Array.from({ length: levels }, () => {
    const rate = random.chance(15) ? 0 : Number(random.edgy(0n, BigInt(Math.min(left, 3000))));
    left -= rate;
    return rate;
  });
}

/** A rank's row: no level above its best rate, and often not all levels. */
function rowBelow(random: Random, best: readonly number[], isWhole: boolean): number[] {
  const levels = isWhole ? best.length : random.pick([best.length, random.between(1, best.length)]);
  return best.slice(0, levels).map((rate) => random.pick([rate, rate, 0, random.between(0, rate)]));
}

/** A rank, mostly one of the lower, of which plans have rows. */
export function randomRank(random: Random): number {
  return random.pick([0, 1, 2, 3, 4, random.between(0, 15), 15]);
}

/** A sale that a ledger records if it knows the seller. */
export function randomSale(random: Random, seller: number): SaleRecord {
  const priceCents = random.edgy(
    random.pick([1n, 100n, 2000n]),
    random.pick([MAX_CENTS, 1_000_000n, 10_000n]),
  );
  const volumeCents = random.pick([priceCents, priceCents, random.edgy(0n, priceCents)]);
  return { class: random.pick(BUYER_CLASSES), seller, priceCents, volumeCents };
}

/** A settled line such as any plan could have written. */
export function randomLine(random: Random): SettledLine {
  const id = () => Number(random.edgy(4n, BigInt(MAX_ID)));
  const volumeCents = random.edgy(0n, MAX_CENTS);
  const levels = volumeCents === 0n ? 0 : random.between(0, 17);
  const credits = Array.from({ length: levels }, () =>
    random.chance(20) ? { id: 0, bps: 0 } : { id: id(), bps: Number(random.edgy(0n, 10_000n)) },
  );
  return { seller: id(), volumeCents, credits };
}

export const ENTRY_KINDS = [
  'opened',
  'enrolled',
  'planAnnounced',
  'recorderSet',
  'roleChanged',
  'adminTransferSet',
  'adminDelaySet',
  'floatFunded',
  'batchRecorded',
  'saleReversed',
  'batchSettled',
  'payout',
  'standingSet',
  'sponsorCorrected',
  'distributorLeft',
  'walletSet',
  'recoverySet',
  'holdSet',
  'flagRaised',
  'flagClosed',
  'floatWithdrawn',
  'pauseSet',
  'payoutRedirected',
] as const satisfies readonly Entry['kind'][];

/** An entry of a kind with every field anywhere in its width. */
export function randomEntry(random: Random, kind: Entry['kind']): Entry {
  const uint = (bits: number) => Number(random.edgy(0n, (1n << BigInt(bits)) - 1n));
  const units = () => random.edgy(0n, (1n << 64n) - 1n);
  switch (kind) {
    case 'opened':
      return { kind, termsHash: random.hex(32) };
    case 'enrolled':
      return { kind, id: uint(26), sponsor: uint(26), wallet: random.hex(20) };
    case 'planAnnounced': {
      const plan = randomPlan(random);
      return { kind, version: uint(8), startsAt: uint(40), planHash: planHash(plan), plan };
    }
    case 'recorderSet':
      return { kind, recorder: random.hex(20), cap: units() };
    case 'roleChanged':
      return { kind, role: random.hex(32), account: random.hex(20), granted: random.chance(50) };
    case 'adminTransferSet':
      return { kind, newAdmin: random.hex(20), acceptableFrom: uint(48) };
    case 'adminDelaySet':
      return { kind, delay: uint(48), effectiveFrom: uint(48) };
    case 'floatFunded':
      return { kind, from: random.hex(20), units: units() };
    case 'batchRecorded':
      return {
        kind,
        batch: uint(32),
        plan: uint(16),
        recorder: random.hex(20),
        recordedAt: uint(40),
        reserved: units(),
        manifestRoot: random.hex(32),
        records: random.hex(12 * random.between(1, 20)),
      };
    case 'saleReversed':
      return {
        kind,
        batch: uint(32),
        index: uint(16),
        seller: uint(26),
        priceCents: random.edgy(1n, MAX_CENTS),
        volumeCents: random.edgy(0n, MAX_CENTS),
      };
    case 'batchSettled': {
      const from = random.between(0, 900);
      const lines = Array.from({ length: random.between(1, 6) }, () => randomLine(random));
      const until = from + lines.length;
      return { kind, batch: uint(24), from, until, credited: units(), released: units(), lines };
    }
    case 'payout':
      return { kind, id: uint(26), wallet: random.hex(20), units: units() };
    case 'standingSet': {
      const records = random.hex(4 * random.between(1, 40));
      return { kind, ranker: random.hex(20), evidence: random.hex(32), records };
    }
    case 'sponsorCorrected':
      return { kind, id: uint(26), newId: uint(26), sponsor: uint(26), reason: random.hex(32) };
    case 'distributorLeft':
      return { kind, id: uint(26) };
    case 'walletSet':
      return {
        kind,
        id: uint(26),
        from: random.hex(20),
        to: random.hex(20),
        how: random.pick(WALLET_CHANGES),
      };
    case 'recoverySet':
      return { kind, id: uint(26), from: random.hex(20), to: random.hex(20), executableFrom: uint(40) };
    case 'holdSet':
      return { kind, id: uint(26), until: uint(40), reason: random.hex(32) };
    case 'flagRaised': {
      const subjectKind = random.pick(FLAG_SUBJECTS);
      return { kind, flag: uint(32), subjectKind, subject: uint(48), reason: random.hex(32) };
    }
    case 'flagClosed':
      return { kind, flag: uint(32), outcome: random.pick(FLAG_OUTCOMES), evidence: random.hex(32) };
    case 'floatWithdrawn':
      return { kind, to: random.hex(20), units: units() };
    case 'pauseSet':
      return { kind, by: random.hex(20), paused: random.chance(50) };
    case 'payoutRedirected':
      return { kind, id: uint(26), wallet: random.hex(20), to: random.hex(20), units: units() };
  }
}
