import { expect } from 'chai';
import type { LedgerCompany } from '../support/company/company.ts';
import { audit, refold } from './forge.ts';
import { alter, onBoth, THRIVED } from './histories.ts';

export type Args = Record<string, unknown>;

/** One log of an event, altered. */
export interface Forgery {
  event: string;
  which?: (args: Args, company: LedgerCompany) => boolean;
  change: (args: Args, company: LedgerCompany) => Args;
  /** The finding at the entry when every head is computed anew; null where only the journal can tell. */
  code: string | null;
  /** Whether more findings follow from it. */
  hasMore?: boolean;
}

/** Forges the history that uses everything, one log at a time, on both forms of the ledger. */
export function describeForgeries(title: string, forgeries: Record<string, Forgery>): void {
  describe(title, () => {
    onBoth(THRIVED, (company, getCopy) => {
      for (const [name, { event, which, change, code, hasMore }] of Object.entries(forgeries)) {
        it(`finds ${name}`, () => {
          const copy = getCopy();
          const test = (args: Args) => which?.(args, company()) ?? true;
          const { forged, entry } = alter(copy, event, test, (args) => change(args, company()));
          expect(audit(copy, forged)).to.include(`journal-mismatch@${entry}`);
          const found = audit(copy, refold(forged));
          const expected = code === null ? [] : [`${code}@${entry}`];
          expect(hasMore ? found.slice(0, 1) : found).to.deep.equal(expected);
        });
      }
    });
  });
}

export const distributor = (id: bigint) => (args: Args) => args.id === id;
export const isChange = (change: bigint) => (args: Args) => args.change === change;
