/**
 * Runs the tests of the contracts on instrumented code and fails if they miss too many lines of contracts/.
 *   npm run coverage
 * Hardhat prints lines and statements by file and writes coverage/lcov.info and coverage/html. It does not measure
 * branches; the lines of an assembly block count as one statement.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LEAST_PERCENT = 98;

const root = join(import.meta.dirname, '..');
const hardhat = join(root, 'node_modules/hardhat/dist/src/cli.js');

/** What instrumentation changes by itself: sizes and gas. */
const unfit = ['test/contracts/sizes.test.ts', 'test/contracts/gas/**'];

function runTests(): Promise<number> {
  const files = globSync('test/contracts/**/*.{test.ts,t.sol}', { cwd: root, exclude: unfit }).sort();
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

process.exitCode = await runTests();
if (process.exitCode === 0) {
  const { found, hit } = readLines();
  const percent = found === 0 ? 0 : (100 * hit) / found;
  console.log(`${hit} of ${found} lines covered: ${percent.toFixed(2)}%, at least ${LEAST_PERCENT}% wanted`);
  if (percent < LEAST_PERCENT) process.exitCode = 1;
}
