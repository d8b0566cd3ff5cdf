import {
  type BatchRecorded,
  BUYER_CLASSES,
  countedVolume,
  decodeEntries,
  type Plan,
  planHash,
  type SaleRecord,
} from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { ChainReader } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';

/** The plan that the batch names, proven by its hash, and the volume that counts by it. */
export interface AppliedPlan {
  plan: Plan;
  /** Counted volume in cents. */
  countedCents: bigint;
}

/**
 * Reads the batch's plan and compares it with the hash under which it was announced, and its start with the time of the
 * batch: no plan applies to earlier sales.
 */
export async function checkPlan(
  found: Comparison,
  chain: ChainReader,
  batch: BatchRecorded,
  record: SaleRecord,
  volumeLeft: bigint,
  sale: SaleResponse,
): Promise<AppliedPlan> {
  found.sameIfShown('plan', batch.plan, sale.plan);
  const { plan, startsAt } = await chain.planOf(batch.plan);
  const [announced] = decodeEntries(await chain.listLogs('PlanAnnounced', batch.plan));
  const logged = announced?.entry.kind === 'planAnnounced' ? announced.entry.planHash : '';
  found.same('planHash', planHash(plan), logged);
  if (startsAt > batch.recordedAt) found.same('startsAt', startsAt, batch.recordedAt);
  else found.fact('startsAt', startsAt);
  const countedCents = countedVolume(plan, record.class, volumeLeft);
  found.fact('volume', volumeLeft);
  found.fact('weight', plan.weightsBps[BUYER_CLASSES.indexOf(record.class)] ?? 0);
  found.fact('counted', countedCents);
  return { plan, countedCents };
}
