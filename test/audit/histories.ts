import type { LedgerLog, Plan } from '@plumbline/protocol';
import { LedgerCompany } from '../support/company/company.ts';
import { type Copy, copyLogs, entryAt, find, rewrite, splice } from './forge.ts';
import { FIRST_PLAN, live } from './live.ts';
import { BY_DIFFERENCE, thrive } from './thrive.ts';

/** What happens to a ledger, and the plan that it begins with. */
export interface History {
  plan: Plan;
  happen(company: LedgerCompany): Promise<void>;
}

/** The two histories that the audits of this folder are about. */
export const LIVED: History = { plan: FIRST_PLAN, happen: live };
export const THRIVED: History = { plan: BY_DIFFERENCE, happen: thrive };

const companies = new Map<string, Promise<LedgerCompany>>();

after(async () => {
  for (const company of companies.values()) await (await company).anvil.stop();
});

/** A company with a history, the same for all suites: whoever changes its chain takes it back to where it was. */
export function companyAfter(history: History, compact = false): Promise<LedgerCompany> {
  const key = `${history.happen.name} ${compact}`;
  const known = companies.get(key) ?? openCompany(history, compact);
  companies.set(key, known);
  return known;
}

async function openCompany({ plan, happen }: History, compact: boolean): Promise<LedgerCompany> {
  const company = await LedgerCompany.start({ request: { compact, plan } });
  await happen(company);
  return company;
}

/** Runs `check` on both forms of the same history. */
export function onBoth(
  history: History,
  check: (company: () => LedgerCompany, copy: () => Copy, compact: boolean) => void,
): void {
  for (const compact of [false, true]) {
    describe(compact ? 'of a compact ledger' : 'of a readable ledger', () => {
      let company: LedgerCompany;
      let copy: Copy;
      before(async function () {
        this.timeout(60_000);
        company = await companyAfter(history, compact);
        copy = await copyLogs(company);
      });
      check(
        () => company,
        () => copy,
        compact,
      );
    });
  }
}

/** Changes one field of one log of the stream. */
export function alter(
  { logs }: Copy,
  name: string,
  which: (args: Record<string, unknown>) => boolean,
  change: (args: Record<string, unknown>) => Record<string, unknown>,
): { forged: LedgerLog[]; entry: number } {
  const at = find(logs, name, which);
  return { forged: splice(logs, at, 1, rewrite(logs[at]!, change)), entry: entryAt(logs, at) };
}

/** Where a log can stand that comes after all others. */
export function placeAfter({ blockNumber, blockHash, transactionHash, logIndex }: LedgerLog) {
  return { blockNumber, blockHash, transactionHash, logIndex: logIndex + 1 };
}
