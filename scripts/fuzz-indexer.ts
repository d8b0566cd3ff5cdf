import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runCommand } from './command/command.ts';

const root = join(import.meta.dirname, '..');
const files = ['faults', 'kills', 'reorganisations'].map((name) => `test/indexer/${name}.test.ts`);
const long = { PLUMBLINE_FAULT_SEEDS: '200', PLUMBLINE_KILLS: '100', PLUMBLINE_REORG_SEEDS: '200' };

await runCommand(
  {
    command: 'npm run fuzz:indexer --',
    summary: "Runs the indexer's random tests many times over: lying nodes, kills and reorganisations.",
    notes: [
      'The environment sets how often: PLUMBLINE_FAULT_SEEDS (200), PLUMBLINE_KILLS (100), PLUMBLINE_REORG_SEEDS (200).',
      'A failed test prints the seed that repeats it.',
    ],
  },
  () => {
    const env = { ...long, ...process.env };
    const args = [join(root, 'scripts/test.ts'), ...files];
    return spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
  },
);
