import type { LedgerLog } from '@plumbline/protocol';
import { type Company, FIRST_PLAN, live, startCompany } from './company.ts';
import { type Copy, copyLogs, entryAt, find, rewrite, splice } from './forge.ts';

/** What happens to a ledger, and the plan that it begins with. */
export interface History {
  plan: typeof FIRST_PLAN;
  live(company: Company): Promise<void>;
}

/** Runs `check` on both forms of the same history. */
export function onBoth(
  check: (company: () => Company, copy: () => Copy, compact: boolean) => void,
  history: History = { plan: FIRST_PLAN, live },
): void {
  for (const compact of [false, true]) {
    describe(compact ? 'of a compact ledger' : 'of a readable ledger', () => {
      let company: Company;
      let copy: Copy;
      before(async function () {
        this.timeout(60_000);
        company = await startCompany({ request: { compact, plan: history.plan } });
        await history.live(company);
        copy = await copyLogs(company);
      });
      after(() => company.anvil.stop());
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
