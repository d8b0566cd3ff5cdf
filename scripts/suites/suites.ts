import { globSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { startAnvil } from '../stack/anvil.ts';
import { type Counts, type Run, root, runProgram } from './program.ts';

/** What `npm test` is made of. Each suite is a process of its own and shares nothing with the others that it writes. */

const hardhat = join(root, 'node_modules/hardhat/dist/src/cli.js');
const mocha = join(root, 'node_modules/mocha/bin/mocha.js');

export interface Request {
  /** The suite's test files to run; none means all. */
  files: string[];
  /** Only tests whose name matches. */
  grep: string | undefined;
  onOutput(text: string): void;
}

export interface Outcome extends Counts {
  output: string;
}

type Suite = (request: Request) => Promise<Outcome>;

/** Those that take longest come first, so that no long one is left to run alone at the end. */
const suites: Record<string, Suite> = {
  indexer: folder('indexer'),
  flows: folder('flows'),
  anvil: runAnvil,
  gateway: folder('gateway'),
  store: folder('store'),
  protocol: folder('protocol'),
  dashboard: folder('dashboard'),
  audit: folder('audit'),
  contracts: runContracts,
  check: runChecks,
  solidity: runSolidity,
};

/** The names of all suites: those above, and every other folder of test/ that holds tests. */
export function listSuites(): string[] {
  const found = globSync('test/*/**/*.test.ts', { cwd: root }).map(suiteOf);
  return [...new Set([...Object.keys(suites), ...found.sort()])];
}

/** The suite that runs a test file. */
export function suiteOf(file: string): string {
  if (file.endsWith('.t.sol')) return 'solidity';
  return /^test[\\/]([^\\/]+)/.exec(file)?.[1] ?? file;
}

export async function runSuite(name: string, request: Request): Promise<Outcome> {
  return await (suites[name] ?? folder(name))(request);
}

async function runChecks({ onOutput }: Request): Promise<Outcome> {
  // The Solidity tests compare the gas snapshot, and they run anyway.
  const run = await runProgram([join(root, 'scripts/check.ts'), '--except', 'gas'], onOutput);
  return outcomeOf({ ...run, counts: { passed: run.code === 0 ? 1 : 0, failed: 0, skipped: 0 } });
}

async function runSolidity(request: Request): Promise<Outcome> {
  const args = ['test', 'solidity', '--no-compile', '--snapshot-check', ...grepOf(request), ...request.files];
  const run = await runProgram([hardhat, ...args], request.onOutput);
  const text = stripVTControlCharacters(run.output);
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'm').exec(text)?.[1] ?? 0);
  const counts = { passed: count('passing'), failed: count('failing'), skipped: count('skipped') };
  return outcomeOf({ ...run, counts });
}

async function runContracts(request: Request): Promise<Outcome> {
  const args = ['test', 'mocha', '--no-compile', ...grepOf(request), ...request.files];
  return outcomeOf(await runProgram([hardhat, ...args], request.onOutput));
}

/** The tests of `contracts` once more, on a node whose EVM is not Hardhat's. */
async function runAnvil(request: Request): Promise<Outcome> {
  // Without its history: anvil would write the state of every block to the disk, tens of gigabytes in a run.
  const args = ['--hardfork', 'osaka', '--accounts', '20', '--prune-history', '100'];
  const anvil = await startAnvil({ args });
  const kill = () => anvil.process.kill();
  process.once('exit', kill);
  try {
    const command = ['test', 'mocha', '--no-compile', ...grepOf(request), '--network', 'anvil'];
    const variables = { PLUMBLINE_ANVIL_URL: anvil.rpcUrl };
    return outcomeOf(await runProgram([hardhat, ...command], request.onOutput, variables));
  } finally {
    process.off('exit', kill);
    await anvil.stop();
  }
}

/** The tests below a folder of test/. */
function folder(name: string): Suite {
  return async (request) => {
    const all = () => globSync(`test/${name}/**/*.test.ts`, { cwd: root }).sort();
    const files = request.files.length > 0 ? request.files : all();
    if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, output: '' };
    return outcomeOf(await runProgram([mocha, ...files, ...grepOf(request)], request.onOutput));
  };
}

/** A program that ended badly without naming a failed test counts as one failure. */
function outcomeOf({ code, counts, output }: Run): Outcome {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped, output };
}

function grepOf({ grep }: Request): string[] {
  return grep === undefined ? [] : ['--grep', grep];
}
