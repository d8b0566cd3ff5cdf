/**
 * The indexer's random tests, many times over: false nodes, kills and reorganisations.
 *   npm run fuzz:indexer                        the long profile
 *   PLUMBLINE_FAULT_SEEDS=50 npm run ...        another number of some; test/indexer says which there are
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const files = ['faults', 'kills', 'reorganisations'].map((name) => `test/indexer/${name}.test.ts`);
const long = { PLUMBLINE_FAULT_SEEDS: '200', PLUMBLINE_KILLS: '100', PLUMBLINE_REORG_SEEDS: '200' };

const { status } = spawnSync(process.execPath, [join(root, 'scripts/test.ts'), ...files], {
  cwd: root,
  env: { ...long, ...process.env },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
