import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBrowser } from '../support/browser.ts';
import { startAnvil } from '../support/chain.ts';

/** What the suites of this folder share: each is started at its first use and stopped at the end of the run. */

const root = join(import.meta.dirname, '../..');

function shared<T>(start: () => Promise<T>, stop: (value: T) => Promise<unknown>): () => Promise<T> {
  let started: Promise<T> | undefined;
  after(async () => {
    const value = await started?.catch(() => undefined);
    if (value !== undefined) await stop(value);
  });
  return () => {
    started ??= start();
    return started;
  };
}

/** A local chain. Every suite opens ledgers of its own on it; its time only moves forward. */
export const sharedChain = shared(startAnvil, (anvil) => anvil.stop());

export const sharedBrowser = shared(startBrowser, (browser) => browser.close());

/** The folder of the dashboard, built as it is for use. */
export const sharedPages = shared(buildPages, (folder) => rm(folder, { recursive: true, force: true }));

async function buildPages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-dashboard-'));
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = ['build', 'packages/dashboard', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, [vite, ...args], { cwd: root });
  return folder;
}
