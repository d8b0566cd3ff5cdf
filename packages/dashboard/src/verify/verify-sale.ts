import { parseSaleRef } from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { ChainReader } from './chain-reader.ts';
import { checkBatch, checkRecord } from './check-batch.ts';
import { checkChanges } from './check-changes.ts';
import { checkDocument } from './check-document.ts';
import { checkLedger, type ShownLedger } from './check-ledger.ts';
import { checkPlan } from './check-plan.ts';
import { checkReversals } from './check-reversals.ts';
import { checkSettlement } from './check-settlement.ts';
import { checkShown } from './check-shown.ts';
import { computeLevels, walkUpline } from './check-upline.ts';
import type { Check, Verification } from './checks.ts';
import { placeDistributors } from './upline.ts';
import { VerificationRun } from './verification-run.ts';

/**
 * Recomputes a sale's payout from the chain alone and compares what the gateway showed with it.
 * @param sale A sale that is recorded: `ref` names its place on the ledger.
 * @param onCheck Called after each check with all checks so far.
 * @returns Never rejects: a node that does not answer leaves the verification `unverified`.
 */
export async function verifySale(
  chain: ChainReader,
  ledger: ShownLedger,
  sale: SaleResponse,
  onCheck: (checks: readonly Check[]) => void = () => {},
): Promise<Verification> {
  const run = new VerificationRun(onCheck);
  const ref = sale.ref === null ? null : parseSaleRef(sale.ref);
  if (!ref) return run.finish();
  const terms = await run.check('ledger', (found) => checkLedger(found, chain, ledger));
  if (!terms) return run.finish();
  const batch = await run.check('batch', (found) => checkBatch(found, chain, ref, terms.returnWindow, sale));
  if (!batch) return run.finish();
  const record = await run.check('record', (found) => checkRecord(found, batch, ref, sale));
  if (!record) return run.finish();
  await run.check('document', (found) => checkDocument(found, batch, ref, record, sale));
  const left = await run.check('reversals', (found) => checkReversals(found, chain, ref, record, sale));
  if (left === undefined) return run.finish();
  const applied = await run.check('plan', (found) => checkPlan(found, chain, batch, record, left, sale));
  if (!applied) return run.finish();
  const { plan, countedCents } = applied;
  const standing = await run.check('changes', (found) => checkChanges(found, chain, ref, batch, terms));
  if (!standing) return run.finish();
  const { settlement, accounts } = standing;
  const upline = await run.check('upline', (found) => walkUpline(found, accounts, record.seller, plan));
  if (!upline) return run.finish();
  const computed = await run.check('levels', (found) =>
    computeLevels(found, upline, plan, record.seller, countedCents),
  );
  if (!computed) return run.finish();
  const placed = placeDistributors(plan, upline);
  const outcome = await run.check('settlement', (found) =>
    checkSettlement(found, chain, ref, computed, settlement),
  );
  if (!outcome) return run.finish({ payout: computed, upline: placed, plan });
  await run.check('shown', (found) => checkShown(found, outcome, sale));
  const { line: payout, settled } = outcome;
  // If no one has a level, there is no one to show.
  return run.finish({ payout, settled, upline: payout.credits.length === 0 ? [] : placed, plan });
}
