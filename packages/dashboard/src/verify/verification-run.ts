import { CHECK_NAMES, type Check, type CheckName, type Verification } from './checks.ts';
import { Comparison } from './comparison.ts';

/** Runs the checks of a verification one after the other and records their results. */
export class VerificationRun {
  readonly #checks: Check[] = [];
  readonly #onCheck: (checks: readonly Check[]) => void;

  constructor(onCheck: (checks: readonly Check[]) => void) {
    this.#onCheck = onCheck;
  }

  /**
   * Runs a check and returns what later checks build on; undefined if the node did not answer or lacks what the check
   * looks for.
   */
  async check<T>(name: CheckName, work: (found: Comparison) => Promise<T> | T): Promise<T | undefined> {
    const found = new Comparison();
    try {
      const result = await work(found);
      const state = found.differences.length > 0 ? 'differs' : found.note ? 'noted' : 'agrees';
      this.#add({ name, state, ...detailsOf(found) });
      return result;
    } catch (error) {
      this.#add({ name, state: 'failed', ...detailsOf(found), problem: problemOf(error) });
      return undefined;
    }
  }

  /** Ends the verification. Checks that were not run are skipped. */
  finish(outcome: Partial<Pick<Verification, 'payout' | 'settled' | 'upline' | 'plan'>> = {}): Verification {
    const done = new Set(this.#checks.map((check) => check.name));
    for (const name of CHECK_NAMES) {
      if (!done.has(name)) this.#add({ name, state: 'skipped', facts: [], differences: [] });
    }
    const states = new Set(this.#checks.map((check) => check.state));
    const open = states.has('failed') || states.has('skipped');
    const verdict = states.has('differs') ? 'disagrees' : open ? 'unverified' : 'agrees';
    const { payout, settled = false, upline = [], plan } = outcome;
    return { verdict, payout, settled, upline, plan, checks: this.#checks };
  }

  #add(check: Check): void {
    this.#checks.push(check);
    this.#onCheck([...this.#checks]);
  }
}

function detailsOf({ facts, differences, note }: Comparison): Pick<Check, 'facts' | 'differences' | 'note'> {
  return { facts, differences, ...(note ? { note } : {}) };
}

/** An error in one line; viem puts the gist into `shortMessage`. */
function problemOf(error: unknown): string {
  const { shortMessage, details } = error as { shortMessage?: string; details?: string };
  if (shortMessage) return details ? `${shortMessage} ${details}` : shortMessage;
  return error instanceof Error ? error.message : String(error);
}
