import { hideSecrets } from '@plumbline/protocol';
import { markSent } from '@plumbline/store';
import { BaseError, type Hex } from 'viem';
import type { Context } from './context.ts';

/**
 * What a node did with a signed transaction. `held`: it holds it, or another one with the same nonce. `funds`, `fee`: it
 * refused it, and as far as is known no node holds it. `passed`: the nonce is used; the receipts say by what.
 */
export type NodeAnswer = 'held' | 'funds' | 'fee' | 'passed';

/** A node's answer, and what has to change before it takes the transaction. */
export interface Reception {
  outcome: NodeAnswer;
  reason: string | null;
}

/** Broadcasts signed bytes. They count as sent only if the node takes them. */
export async function broadcast(context: Context, id: bigint, raw: Hex): Promise<Reception> {
  const { account, chain, database, log } = context;
  let outcome: NodeAnswer = 'held';
  let said = '';
  try {
    await chain.broadcast(raw);
  } catch (error) {
    // Only the node's own words: viem's text for an error that it does not know would match some of the patterns.
    said = error instanceof BaseError ? hideSecrets(error.details) : '';
    const recognised = outcomeOf(said);
    if (!recognised) throw error;
    outcome = recognised;
    log.info({ id: id.toString(), outcome, reason: said }, "the node's answer to a broadcast");
  }
  context.broadcastAt.set(id, Date.now());
  if (outcome !== 'held') context.heldSince.delete(id);
  else if (context.heldSince.get(id)?.raw !== raw) context.heldSince.set(id, { raw, at: Date.now() });
  if (outcome === 'held') await markSent(database, chain.ledger, id);
  if (outcome === 'funds') return { outcome, reason: `${account.address} has too little to pay for gas` };
  return { outcome, reason: outcome === 'fee' ? `the node refuses the fee: ${said}` : null };
}

/** Each client has its own words. */
function outcomeOf(said: string): NodeAnswer | undefined {
  if (/insufficient funds/i.test(said)) return 'funds';
  if (/nonce.{0,20}(low|used|old)/i.test(said)) return 'passed';
  if (/already|\bknown\b|replacement/i.test(said)) return 'held';
  if (/underpriced|(fee|gas price).{0,60}(low|less|below)/i.test(said)) return 'fee';
  return undefined;
}
