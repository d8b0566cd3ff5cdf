import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command/command.ts';

const MIN_PERCENT = 98;

const root = join(import.meta.dirname, '..');
const hardhat = join(root, 'node_modules/hardhat/dist/src/cli.js');

/** Instrumented code has other sizes and other gas. */
const excluded = ['test/contracts/sizes.test.ts', 'test/contracts/gas/**'];

function runTests(): Promise<number> {
  const files = globSync('test/contracts/**/*.{test.ts,t.sol}', { cwd: root, exclude: excluded }).sort();
  const child = spawn(process.execPath, [hardhat, 'test', ...files, '--coverage'], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Lines found and lines hit, of all files. */
function readLines(): { found: number; hit: number } {
  const report = readFileSync(join(root, 'coverage/lcov.info'), 'utf8');
  const sum = (key: string) =>
    [...report.matchAll(new RegExp(`^${key}:(\\d+)$`, 'gm'))].reduce((total, [, n]) => total + Number(n), 0);
  return { found: sum('LF'), hit: sum('LH') };
}

await runCommand(
  {
    command: 'npm run coverage --',
    summary: `Runs the contract tests on instrumented code; fails if they reach less than ${MIN_PERCENT}% of its lines.`,
    notes: [
      'Prints lines and statements by file and writes coverage/lcov.info and coverage/html. Branches are not measured;',
      'a block of assembly counts as one statement.',
    ],
  },
  async () => {
    const code = await runTests();
    if (code !== 0) return code;
    const { found, hit } = readLines();
    const percent = found === 0 ? 0 : (100 * hit) / found;
    console.log(`${hit} of ${found} lines covered: ${percent.toFixed(2)}%; required: ${MIN_PERCENT}%`);
    return percent < MIN_PERCENT ? 1 : 0;
  },
);
