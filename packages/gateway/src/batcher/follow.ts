import {
  listOpenTransactions,
  markFailed,
  markIncluded,
  noteProblem,
  type OpenTransaction,
} from '@plumbline/store';
import type { Hex } from 'viem';
import type { Receipt } from '../chain/chain.ts';
import { type Context, forget } from './context.ts';
import { pushTransaction } from './push.ts';
import { unincludeLost } from './reorganisation.ts';

/**
 * Brings what was sent up to date with the chain.
 * @returns `clear` when nothing is open, `moved` when something changed, `open` while there is something to wait for.
 */
export async function follow(context: Context): Promise<'clear' | 'moved' | 'open'> {
  const head = await context.chain.latest();
  if (await unincludeLost(context, head)) return 'moved';
  const open = await listOpenTransactions(context.database, context.chain.ledger, context.signer);
  for (const [i, transaction] of open.entries()) {
    const receipt = await findReceipt(context, transaction);
    if (!receipt) return (await pushTransaction(context, head, transaction)) || i > 0 ? 'moved' : 'open';
    if (!(await takeReceipt(context, transaction, receipt))) return 'open';
  }
  return open.length > 0 ? 'moved' : 'clear';
}

async function findReceipt(context: Context, open: OpenTransaction): Promise<Receipt | undefined> {
  const hashes = open.attempts.map(({ hash }) => hash as Hex);
  const receipts = await Promise.all(hashes.map((hash) => context.chain.findReceipt(hash)));
  return receipts.find((receipt) => receipt !== undefined);
}

/** Stores how a transaction ended. False if it needs an operator. */
async function takeReceipt(context: Context, open: OpenTransaction, receipt: Receipt): Promise<boolean> {
  const { chain, database, log, write } = context;
  const attempt = open.attempts.find(({ hash }) => hash === receipt.hash);
  const empty = attempt?.data === '0x';
  if (open.state === 'voided' && receipt.success && !empty) {
    const problem =
      'it failed, its items were sent again, and after a reorganisation it succeeded; compare the ledger with the queue';
    await noteProblem(database, chain.ledger, open.id, problem);
    context.wait('send', `transaction ${receipt.hash}: ${problem}`);
    return false;
  }
  const included = receipt.success && open.state !== 'voided';
  await write((transaction) =>
    included
      ? markIncluded(transaction, chain.ledger, open.id, receipt)
      : markFailed(transaction, chain.ledger, open.id, receipt, empty ? 'filled' : 'reverted on chain'),
  );
  forget(context, open.id);
  context.wait('send', null);
  log[included || empty ? 'info' : 'warn'](
    { kind: open.kind, nonce: open.nonce, batch: open.batch, hash: receipt.hash },
    included ? 'included' : empty ? 'nonce filled' : 'reverted on chain; its items are queued again',
  );
  return true;
}
