import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { runCommand, UsageError } from './command/command.ts';

const root = join(import.meta.dirname, '..');
const sizesFile = join(root, 'contracts/sizes.json');

/** Bytes of deployed code by contract; interfaces and abstract contracts have none. */
function readSizes(): Record<string, number> {
  const files = globSync('artifacts/contracts/**/*.sol/*.json', { cwd: root }).filter(
    (file) => !file.includes('mocks'),
  );
  if (files.length === 0) throw new Error('the contracts are not compiled: run "npm run setup" first');
  const sizes = files.map((file) => {
    const { deployedBytecode } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      deployedBytecode: string;
    };
    return [basename(file, '.json'), deployedBytecode.length / 2 - 1] as const;
  });
  return Object.fromEntries(sizes.filter(([, bytes]) => bytes > 0).sort(([a], [b]) => a.localeCompare(b)));
}

function snapshotSizes(check: boolean): boolean {
  const wanted = `${JSON.stringify(readSizes(), null, 2)}\n`;
  if (!check) writeFileSync(sizesFile, wanted);
  else if (!existsSync(sizesFile) || readFileSync(sizesFile, 'utf8') !== wanted) {
    console.error(`${relative(root, sizesFile)} does not match the contracts: run "npm run snapshot"`);
    return false;
  }
  return true;
}

/** The gas that the Solidity tests use, in snapshots/ and .gas-snapshot. */
function snapshotGas(check: boolean): boolean {
  const hardhat = join(root, 'node_modules/hardhat/dist/src/cli.js');
  const args = [hardhat, 'test', 'solidity', check ? '--snapshot-check' : '--snapshot'];
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const snapshots: Record<string, (check: boolean) => boolean> = { gas: snapshotGas, sizes: snapshotSizes };

await runCommand(
  {
    command: 'npm run snapshot --',
    summary:
      "Keeps the contracts' gas and the sizes of their code in files, so that a review sees every change.",
    operands: '[gas] [sizes]',
    options: {
      check: { type: 'boolean', default: false, help: 'write nothing, and fail if a file is not up to date' },
    },
  },
  ({ values, positionals }) => {
    const unknown = positionals.find((name) => snapshots[name] === undefined);
    if (unknown !== undefined)
      throw new UsageError(`there is no snapshot "${unknown}"; there are: gas, sizes`);
    const names = positionals.length > 0 ? positionals : Object.keys(snapshots);
    return names.map((name) => snapshots[name]?.(values.check)).every(Boolean) ? 0 : 1;
  },
);
