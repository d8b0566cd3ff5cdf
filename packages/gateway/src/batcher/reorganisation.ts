import { listChainedTransactions, markFinal, unincludeFrom } from '@plumbline/store';
import type { BlockHead } from '../chain/chain.ts';
import type { Context } from './context.ts';

/** Included transactions to check at once when the newest has lost its block. */
const PAGE = 50;

/**
 * Un-includes the transactions whose blocks the chain no longer has, after a reorganisation or a restart from an older
 * state. A block that is still there proves all before it.
 * @returns Whether there were any.
 */
export async function unincludeLost(context: Context, head: BlockHead): Promise<boolean> {
  if (context.checkedHead === head.hash) return false;
  const { chain, database, signer, settings, log, write } = context;
  const nonce = await findLostNonce(context);
  if (nonce !== undefined) {
    await write((transaction) => unincludeFrom(transaction, chain.ledger, signer, nonce));
    log.warn({ nonce, block: head.number.toString() }, 'the chain went back; sending again');
    return true;
  }
  const depth = BigInt(settings.finalityDepth);
  if (head.number >= depth) await markFinal(database, chain.ledger, head.number - depth);
  context.checkedHead = head.hash;
  return false;
}

/** The lowest nonce whose block is gone. */
async function findLostNonce({ chain, database, signer }: Context): Promise<number | undefined> {
  let lost: number | undefined;
  for (let limit = 1; ; limit = PAGE) {
    const below = lost ?? 2 ** 31 - 1;
    const page = await listChainedTransactions(database, chain.ledger, signer, below, limit);
    const numbers = [...new Set(page.map(({ blockNumber }) => blockNumber ?? 0n))];
    const hashes = new Map(
      await Promise.all(numbers.map(async (number) => [number, await chain.findBlockHash(number)] as const)),
    );
    for (const { blockNumber, blockHash, nonce } of page) {
      if (hashes.get(blockNumber ?? 0n) === blockHash) return lost;
      lost = nonce;
    }
    if (page.length === 0) return lost;
  }
}
