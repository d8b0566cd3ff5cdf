import type { Fees } from '../chain/chain.ts';
import type { NodeAnswer } from './broadcast.ts';

/** Fees of a replacement: both raised by an eighth, the least that nodes accept, or the going ones if those are higher. */
export function raiseFees(previous: Fees, going: Fees): Fees {
  const raised = (fee: bigint) => (fee * 9n) / 8n + 1n;
  const larger = (a: bigint, b: bigint) => (a > b ? a : b);
  const maxPriorityFee = larger(raised(previous.maxPriorityFee), going.maxPriorityFee);
  const maxFee = larger(larger(raised(previous.maxFee), going.maxFee), maxPriorityFee);
  return { maxFee, maxPriorityFee };
}

/**
 * Fees to sign with again, if any. Raised fees only help with what a node holds already; a transaction that it refuses
 * takes the going fees.
 * @param stuck Whether the transaction has waited for too long.
 */
export function replacementFees(
  answer: NodeAnswer,
  stuck: boolean,
  signed: Fees,
  going: Fees,
): Fees | undefined {
  if (answer === 'held') return stuck ? raiseFees(signed, going) : undefined;
  const higher = going.maxFee > signed.maxFee || going.maxPriorityFee > signed.maxPriorityFee;
  if (answer === 'fee') return higher ? going : undefined;
  const muchLower = going.maxFee * 9n < signed.maxFee * 8n;
  return answer === 'funds' && stuck && muchLower ? going : undefined;
}

/** Says that fees exceed the limit, but not by how much: that would change, and be logged, with every block. */
export function aboveLimit(nonce: number, limit: bigint): string {
  return `nonce ${nonce} needs higher fees than the limit of ${limit} wei per gas`;
}
