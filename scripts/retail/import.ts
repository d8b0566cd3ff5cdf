import { auditLedger } from '@plumbline/audit';
import type { Plan } from '@plumbline/protocol';
import type { Address } from 'viem';
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

interface LedgerSummary {
  ledger: Address;
  rpcUrl: string;
  startBlock: number;
  plan: { plan: Plan };
}

/**
 * Loads a file through the gateway and compares the result with the chain. It may be interrupted and run again: the
 * gateway takes nothing twice.
 */
export async function importFile(options: ImportOptions): Promise<Reconciliation> {
  const gateway = new GatewayClient(options.gateway, options.apiKey);
  const summary = await gateway.get<LedgerSummary>('/v1/ledger');
  const rpcUrl = options.rpcUrl ?? summary.rpcUrl;
  const file = await loadRetailFile(options.file);
  for (const { line, problem } of file.badRows) console.error(`line ${line} refused: ${problem}`);

  const submitted = await submitFile(gateway, options.network, file);
  const clock = new ChainClock(gateway, rpcUrl, summary.ledger);
  console.error('waiting until everything is on chain and in the books');
  await clock.untilIndexed();
  if (options.settle) {
    console.error('moving the local chain past the return window and settling');
    await clock.passReturnWindow();
    await clock.untilSettled();
  }
  console.error('replaying the ledger from the chain alone');
  const audit = await auditLedger({ rpcUrl, ledger: summary.ledger, fromBlock: BigInt(summary.startBlock) });
  const books = await gateway.get<{ totals: Record<string, string | number> }>('/v1/ledger');
  return reconcile({
    file,
    submitted,
    network: options.network,
    plan: summary.plan.plan,
    audit,
    books: books.totals,
  });
}
