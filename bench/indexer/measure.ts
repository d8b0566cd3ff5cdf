import { fileURLToPath } from 'node:url';
import { buildIndexer } from '../../scripts/stack/build.ts';
import { INDEXER_MEMORY } from '../../scripts/stack/memory.ts';
import type { Chain } from '../chain.ts';
import { query } from './databases.ts';
import { runPonder } from './ponder.ts';
import { type Run, runToEnd } from './program.ts';

/** One cold run of each program. A figure counts only if the work was done. */

/** The chain's logs, read and parsed and nothing else. */
export async function measureRaw(chain: Chain): Promise<Run> {
  const program = fileURLToPath(new URL('./raw-logs.ts', import.meta.url));
  const { last, ...run } = await runToEnd([
    program,
    chain.anvil.rpcUrl,
    chain.ledger,
    String(chain.startBlock),
  ]);
  const entries = await chain.countEntries();
  const { logs } = JSON.parse(last) as { logs: number };
  // Every entry has a log, and so has every settled sale, which is not an entry.
  if (logs < entries) throw new Error(`${logs} logs were read of ${entries} entries`);
  return run;
}

/** Our indexer, into the empty database at `url`. */
export async function measureOurs(chain: Chain, url: string): Promise<Run> {
  const program = await buildIndexer();
  const { last, ...run } = await runToEnd([...INDEXER_MEMORY, program, '--once'], {
    PLUMBLINE_DATABASE_URL: url,
    PLUMBLINE_RPC_URL: chain.anvil.rpcUrl,
    PLUMBLINE_LEDGER: chain.ledger,
    PLUMBLINE_START_BLOCK: String(chain.startBlock),
  });
  const { entryCount } = JSON.parse(last) as { entryCount: number };
  await check('our indexer', entryCount, chain);
  return run;
}

/** Ponder, into the empty database at `url`. */
export async function measurePonder(chain: Chain, url: string): Promise<Run> {
  const run = await runPonder(chain, url);
  const counted = await query(url, 'select count(*) as entries from bench.entries');
  await check('Ponder', Number(counted?.entries), chain);
  return run;
}

async function check(who: string, entries: number, chain: Chain): Promise<void> {
  const expected = await chain.countEntries();
  if (entries !== expected) throw new Error(`${who} has ${entries} entries of ${expected}`);
}
