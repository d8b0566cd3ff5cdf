import { STEP_NAMES, type Step, type StepName, type Verification } from './checks.ts';
import { Comparison } from './comparison.ts';

/** Keeps the record of a verification: one step after the other, and what each came to. */
export class VerificationRun {
  readonly #steps: Step[] = [];
  readonly #onStep: (steps: readonly Step[]) => void;

  constructor(onStep: (steps: readonly Step[]) => void) {
    this.#onStep = onStep;
  }

  /**
   * Runs a step. What it returns is what later steps build on; undefined means that they cannot, because the node did
   * not answer or does not have what the step looks for.
   */
  async step<T>(name: StepName, work: (found: Comparison) => Promise<T> | T): Promise<T | undefined> {
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

  /** Closes the record: steps that were not run are skipped. */
  finish(outcome: Partial<Pick<Verification, 'payout' | 'settled' | 'line' | 'plan'>> = {}): Verification {
    const done = new Set(this.#steps.map((step) => step.name));
    for (const name of STEP_NAMES) {
      if (!done.has(name)) this.#add({ name, state: 'skipped', facts: [], differences: [] });
    }
    const states = new Set(this.#steps.map((step) => step.state));
    const open = states.has('failed') || states.has('skipped');
    const verdict = states.has('differs') ? 'disagrees' : open ? 'unverified' : 'agrees';
    const { payout, settled = false, line = [], plan } = outcome;
    return { verdict, payout, settled, line, plan, steps: this.#steps };
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#onStep([...this.#steps]);
  }
}

function detailsOf({ facts, differences, note }: Comparison): Pick<Step, 'facts' | 'differences' | 'note'> {
  return { facts, differences, ...(note ? { note } : {}) };
}

/** An error in one line; viem puts the gist into `shortMessage`. */
function problemOf(error: unknown): string {
  const { shortMessage, details } = error as { shortMessage?: string; details?: string };
  if (shortMessage) return details ? `${shortMessage} ${details}` : shortMessage;
  return error instanceof Error ? error.message : String(error);
}
