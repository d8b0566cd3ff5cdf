import { auditLedger } from '@plumbline/audit';
import type { LedgerResponse } from '@plumbline/protocol/api';
import { GatewayClient } from '../stack/client.ts';
import { ChainClock } from '../stack/clock.ts';
import type { Network } from './network.ts';
import { type Reconciliation, reconcile } from './reconciliation.ts';
import { loadRetailFile } from './sales.ts';
import { submitFile } from './submit.ts';

export interface ImportOptions {
  /** Path of the file, gzip or plain. */
  file: string;
  /** Address of the gateway. */
  gateway: string;
  apiKey: string;
  network: Network;
  /** Moves a local chain past the return window and settles everything. */
  settle: boolean;
  /** The node to use; by default the one that the gateway names. */
  rpcUrl?: string;
}

/**
 * Loads a file through the gateway and compares the result with the chain. It may be interrupted and run again: the
 * gateway takes nothing twice.
 */
export async function importFile(options: ImportOptions): Promise<Reconciliation> {
  const gateway = new GatewayClient(options.gateway, options.apiKey);
  const { ledger, startBlock, plan, ...summary } = await gateway.get<LedgerResponse>('/v1/ledger');
  const rpcUrl = options.rpcUrl ?? summary.rpcUrl;
  if (rpcUrl === null) throw new Error('the gateway names no node: give one with --rpc');
  if (plan === null) throw new Error('the ledger has no plan in force');
  const file = await loadRetailFile(options.file);
  for (const { line, problem } of file.badRows) console.error(`line ${line} refused: ${problem}`);

  const submitted = await submitFile(gateway, options.network, file);
  const clock = new ChainClock(gateway, rpcUrl, ledger);
  console.error('waiting until everything is on chain and in the books');
  await clock.untilIndexed();
  if (options.settle) {
    console.error('moving the local chain past the return window and settling');
    await clock.passReturnWindow();
    await clock.untilSettled();
  }
  console.error('replaying the ledger from the chain alone');
  const audit = await auditLedger({ rpcUrl, ledger, fromBlock: BigInt(startBlock) });
  const books = await gateway.get<LedgerResponse>('/v1/ledger');
  return reconcile({
    file,
    submitted,
    network: options.network,
    plan: plan.plan,
    audit,
    books: books.totals,
  });
}
