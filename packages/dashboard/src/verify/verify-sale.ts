import { parseSaleRef } from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { ChainReader } from './chain-reader.ts';
import { checkBatch, checkRecord } from './check-batch.ts';
import { checkDocument } from './check-document.ts';
import { checkLedger, type ShownLedger } from './check-ledger.ts';
import { checkPlan } from './check-plan.ts';
import { checkReversals } from './check-reversals.ts';
import { checkSettlement } from './check-settlement.ts';
import { checkShown } from './check-shown.ts';
import { computeLevels, walkUpline } from './check-upline.ts';
import type { Step, Verification } from './checks.ts';
import { findClosing } from './settlement-log.ts';
import { placeMembers } from './upline.ts';
import { VerificationRun } from './verification-run.ts';

/**
 * Recomputes a sale's payout from the chain alone and holds what the gateway showed against it.
 * @param sale A sale that is recorded: `ref` names its place on the ledger.
 * @param onStep Told the steps so far after each.
 * @returns Never rejects: a node that does not answer leaves the verification `unverified`.
 */
export async function verifySale(
  chain: ChainReader,
  ledger: ShownLedger,
  sale: SaleResponse,
  onStep: (steps: readonly Step[]) => void = () => {},
): Promise<Verification> {
  const run = new VerificationRun(onStep);
  const ref = sale.ref === null ? null : parseSaleRef(sale.ref);
  if (!ref) return run.finish();
  const terms = await run.step('ledger', (found) => checkLedger(found, chain, ledger));
  if (!terms) return run.finish();
  const batch = await run.step('batch', (found) => checkBatch(found, chain, ref, terms.returnWindow, sale));
  if (!batch) return run.finish();
  const record = await run.step('record', (found) => checkRecord(found, batch, ref, sale));
  if (!record) return run.finish();
  await run.step('document', (found) => checkDocument(found, batch, ref, record, sale));
  const left = await run.step('reversals', (found) => checkReversals(found, chain, ref, record, sale));
  if (left === undefined) return run.finish();
  const applied = await run.step('plan', (found) => checkPlan(found, chain, batch, record, left, sale));
  if (!applied) return run.finish();
  const { plan, countedCents } = applied;
  const upline = await run.step('upline', async (found) => {
    const closing = await findClosing(chain, ref);
    return { closing, members: await walkUpline(found, chain, record.seller, plan, closing) };
  });
  if (!upline) return run.finish();
  const { closing, members } = upline;
  const computed = await run.step('levels', (found) =>
    computeLevels(found, members, plan, record.seller, countedCents),
  );
  if (!computed) return run.finish();
  const line = placeMembers(plan, members);
  const outcome = await run.step('settlement', (found) =>
    checkSettlement(found, chain, ref, computed, closing),
  );
  if (!outcome) return run.finish({ payout: computed, line, plan });
  await run.step('shown', (found) => checkShown(found, outcome, sale));
  const { line: payout, settled } = outcome;
  // Without a level there is nothing to say of anybody.
  return run.finish({ payout, settled, line: payout.credits.length === 0 ? [] : line, plan });
}
