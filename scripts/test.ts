/**
 * Runs the tests and counts them.
 *   npm test                                     everything: checks, contracts, then every folder of test/
 *   npm test -- flows solidity                   some stages
 *   npm test -- test/store/sales.test.ts         some files (.test.ts or .t.sol)
 *   npm test -- contracts --grep "settle"        tests whose name matches
 * The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { startAnvil } from './stack/anvil.ts';

const root = join(import.meta.dirname, '..');
const hardhat = join(root, 'node_modules/hardhat/dist/src/cli.js');
const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};

/** The folders of test/ that must hold tests; others are found by looking. */
const folders = ['protocol', 'store', 'indexer', 'gateway', 'audit', 'dashboard', 'flows'];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
interface Run {
  code: number;
  output: string;
  counts: Counts | undefined;
}
interface Options {
  files: string[];
  grep: string | undefined;
}

const scratch = mkdtempSync(join(tmpdir(), 'plumbline-test-'));

/** Runs a Node program, showing what it prints as it prints it. */
function run(args: string[], variables: Record<string, string> = {}): Promise<Run> {
  const countsFile = join(scratch, 'counts.json');
  rmSync(countsFile, { force: true });
  const env = { ...process.env, ...colors, ...variables, PLUMBLINE_TEST_COUNTS: countsFile };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const counts = existsSync(countsFile)
        ? (JSON.parse(readFileSync(countsFile, 'utf8')) as Counts)
        : undefined;
      resolve({ code: code ?? 1, output, counts });
    });
  });
}

/** A program that ended badly without naming a failed test counts as one failure. */
function settle({ code, counts }: Run): Counts {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

const grepArgs = ({ grep }: Options) => (grep === undefined ? [] : ['--grep', grep]);

async function runChecks(): Promise<Counts> {
  // The gas snapshot is compared by the Solidity tests, which run anyway.
  const { code } = await run([join(root, 'scripts/check.ts'), '--except', 'gas']);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runSolidity(options: Options): Promise<Counts> {
  const result = await run([
    hardhat,
    'test',
    'solidity',
    ...options.files,
    ...grepArgs(options),
    '--snapshot-check',
  ]);
  const text = stripVTControlCharacters(result.output);
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'm').exec(text)?.[1] ?? 0);
  return settle({
    ...result,
    counts: { passed: count('passing'), failed: count('failing'), skipped: count('skipped') },
  });
}

async function runContracts(options: Options): Promise<Counts> {
  return settle(
    await run([hardhat, 'test', 'mocha', '--no-compile', ...options.files, ...grepArgs(options)]),
  );
}

/** The tests of `contracts` once more, on a node whose EVM is not Hardhat's. */
async function runAnvil(options: Options): Promise<Counts> {
  const anvil = await startAnvil({ args: ['--hardfork', 'osaka', '--accounts', '20'] });
  // Nobody else would end the node if these tests were ended from outside.
  process.once('exit', () => anvil.process.kill());
  process.once('SIGTERM', () => process.exit(143));
  try {
    const args = [hardhat, 'test', 'mocha', '--no-compile', ...grepArgs(options), '--network', 'anvil'];
    return settle(await run(args, { PLUMBLINE_ANVIL_URL: anvil.rpcUrl }));
  } finally {
    await anvil.stop();
  }
}

async function runFolder(folder: string, options: Options): Promise<Counts> {
  const files =
    options.files.length > 0 ? options.files : globSync(`test/${folder}/**/*.test.ts`, { cwd: root }).sort();
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  return settle(await run([mocha, ...files, ...grepArgs(options)]));
}

function stageOf(file: string): string {
  if (file.endsWith('.t.sol')) return 'solidity';
  return /^test[\\/]([^\\/]+)/.exec(file)?.[1] ?? file;
}

function runStage(stage: string, options: Options): Promise<Counts> {
  if (stage === 'check') return runChecks();
  if (stage === 'solidity') return runSolidity(options);
  if (stage === 'contracts') return runContracts(options);
  if (stage === 'anvil') return runAnvil(options);
  return runFolder(stage, options);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { grep: { type: 'string', short: 'g' } },
  });
  const found = globSync('test/*/**/*.test.ts', { cwd: root }).map(stageOf);
  const all = [...new Set(['check', 'solidity', 'contracts', 'anvil', ...folders, ...found.sort()])];
  const files = positionals.filter((name) => /\.(test\.ts|t\.sol)$/.test(name));
  const asked = positionals.map((name) => (files.includes(name) ? stageOf(name) : name));
  const unknown = asked.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`There is no stage "${unknown}"; there are: ${all.join(', ')}.`);
  const usual = values.grep === undefined ? all : all.filter((stage) => stage !== 'check');
  const stages = asked.length > 0 ? [...new Set(asked)] : usual;

  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const summary: string[] = [];
  for (const stage of stages) {
    console.log(`\n=== ${stage}`);
    const started = performance.now();
    const options = { grep: values.grep, files: files.filter((file) => stageOf(file) === stage) };
    const counts = await runStage(stage, options);
    const isEmpty = counts.passed + counts.failed === 0;
    // With --grep, most stages are empty on purpose.
    if (isEmpty && values.grep === undefined) counts.failed = 1;
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const note = isEmpty ? ' (no test ran)' : '';
    const { passed, failed, skipped } = counts;
    summary.push(`${stage}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s${note}`);
  }
  if (total.passed + total.failed === 0) total.failed = 1;
  console.log(`\n${summary.join('\n')}\n\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 2;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
