import { type Entry, type Plan, planHash } from '@plumbline/protocol';
import type { PlanRow } from '@plumbline/store';

/** Plans of each kind; the second pays the seller nothing below rank 1 and counts classes differently. */
const PLANS: Plan[] = [
  {
    kind: 0,
    compression: 0,
    boundaryRank: 0,
    reach: 64,
    ceilingBps: 4_000,
    weightsBps: [10_000, 7_777, 0],
    ratesBps: [[2_000, 500, 300, 1]],
  },
  {
    kind: 2,
    compression: 2,
    boundaryRank: 1,
    reach: 64,
    ceilingBps: 4_000,
    weightsBps: [9_999, 10_000, 5_000],
    ratesBps: [[0], [100, 900], [100, 900, 0, 200, 100, 50]],
  },
  {
    kind: 1,
    compression: 1,
    boundaryRank: 0,
    reach: 64,
    ceilingBps: 4_000,
    weightsBps: [10_000, 10_000, 10_000],
    ratesBps: [
      [1_000, 100],
      [1_000, 600],
      [1_000, 600],
      [1_000, 1_500],
    ],
  },
];

/** Longer than a history. */
const LATER = 100 * 365 * 86_400;

/** The plans of a made-up history: each method does something and says it as entries. */
export class MadePlans {
  /** By version, from 1. */
  readonly versions: Pick<PlanRow, 'startsAt' | 'plan' | 'isCancelled'>[] = [];
  /** How many are or were in force. */
  started = 0;

  get left(): number {
    return PLANS.length - this.started;
  }

  planOf(version: number): Plan {
    return this.versions[version - 1]?.plan as Plan;
  }

  /** The plan in force. */
  versionAt(time: number): number {
    return 1 + this.versions.findLastIndex(({ startsAt, isCancelled }) => startsAt <= time && !isCancelled);
  }

  /** The next kind of plan, in force from `startsAt` on. */
  announceNext(startsAt: number): Entry[] {
    return this.#announce(startsAt, PLANS[this.started++] as Plan);
  }

  /** Announces a plan for long after, or cancels one that was. */
  announceOrCancel(now: number): Entry[] {
    const at = this.versions.findIndex(({ startsAt, isCancelled }) => startsAt > now && !isCancelled);
    const pending = this.versions[at];
    if (!pending) return this.#announce(now + LATER, PLANS[0] as Plan);
    pending.isCancelled = true;
    return [{ kind: 'planCancelled', version: at + 1 }];
  }

  #announce(startsAt: number, plan: Plan): Entry[] {
    this.versions.push({ startsAt, plan, isCancelled: false });
    const version = this.versions.length;
    return [{ kind: 'planAnnounced', version, startsAt, planHash: planHash(plan), plan }];
  }
}
