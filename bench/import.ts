import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { loadRetailFile } from '../scripts/retail/sales.ts';
import { submitFile } from '../scripts/retail/submit.ts';
import { GatewayClient } from '../scripts/stack/client.ts';
import { ChainClock } from '../scripts/stack/clock.ts';
import { type Stack, startStack } from '../scripts/stack/stack.ts';
import { writeRetailSample } from '../test/flows/retail-sample.ts';

/**
 * Sales a second from the first request until every sale and reversal is on chain and in the books, on the embedded
 * defaults, and the peak resident memory of gateway and indexer. The file is the real one if it is there (or named by
 * PLUMBLINE_RETAIL_FILE), else a generated one.
 */
export async function run(): Promise<{
  salesPerSecond: number;
  rssMb: { gateway: number; indexer: number };
}> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  const stack = await startStack({ state: folder, port: 0 });
  const peak = { gateway: 0, indexer: 0 };
  const sampling = setInterval(() => sample(stack, peak), 500);
  try {
    const file = await loadRetailFile(findFile(folder));
    const gateway = new GatewayClient(stack.url, stack.apiKey);
    const clock = new ChainClock(gateway, stack.rpcUrl, stack.ledger);
    const started = performance.now();
    const { sales, reversals } = await submitFile(gateway, { size: 1_000 }, file);
    const submitted = performance.now();
    await clock.untilIndexed();
    const indexed = performance.now();
    sample(stack, peak);
    const seconds = (indexed - started) / 1000;
    console.log(
      `${sales.length} sales and ${reversals.length} reversals: accepted after ` +
        `${((submitted - started) / 1000).toFixed(1)} s, indexed after ${seconds.toFixed(1)} s`,
    );
    return { salesPerSecond: Math.round(sales.length / seconds), rssMb: peak };
  } finally {
    clearInterval(sampling);
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sample(stack: Stack, peak: { gateway: number; indexer: number }): void {
  for (const name of ['gateway', 'indexer'] as const) {
    const { pid } = stack.services[name];
    if (!pid) continue;
    const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
    peak[name] = Math.max(peak[name], Math.round(kilobytes / 1024));
  }
}

function findFile(folder: string): string {
  const real =
    process.env.PLUMBLINE_RETAIL_FILE ??
    fileURLToPath(new URL('../../shared/data/online-retail.csv.gz', import.meta.url));
  if (existsSync(real)) return real;
  const generated = join(folder, 'retail.csv');
  writeRetailSample(generated, 5_000);
  return generated;
}
