import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runCommand, UsageError } from './command/command.ts';

const root = join(import.meta.dirname, '..');
const tool = (path: string) => join(root, 'node_modules', path);
const tsc = tool('typescript/bin/tsc');

/** The commands of each check. The contracts are compiled by then: scripts/setup.mjs does it. */
const checks: Record<string, string[][]> = {
  biome: [[tool('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']],
  types: [
    [tsc, '-p', '.'],
    [tsc, '-p', 'packages'],
    [tsc, '-p', 'packages/dashboard'],
  ],
  knip: [[tool('knip/bin/knip.js')]],
  solhint: [
    [
      tool('solhint/solhint.js'),
      '--max-warnings',
      '0',
      '--noPoster',
      'contracts/**/*.sol',
      'test/contracts/**/*.sol',
    ],
  ],
  prettier: [[tool('prettier/bin/prettier.cjs'), '--check', 'contracts/**/*.sol', 'test/contracts/**/*.sol']],
  abi: [[join(root, 'scripts/generate-abi.ts'), '--check']],
  sizes: [[join(root, 'scripts/snapshot.ts'), 'sizes', '--check']],
  gas: [[join(root, 'scripts/snapshot.ts'), 'gas', '--check']],
};

/** @throws UsageError if a name is none of a check. */
function select(names: string[], except: boolean): string[] {
  const all = Object.keys(checks);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no check "${unknown}"; there are: ${all.join(', ')}`);
  }
  if (except) return all.filter((name) => !names.includes(name));
  return names.length > 0 ? names : all;
}

function passes(name: string): boolean {
  console.log(`\n--- ${name}`);
  const results = (checks[name] ?? []).map((command) => {
    const { status, error } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
    if (error) console.error(error.message);
    return status === 0;
  });
  return results.every(Boolean);
}

await runCommand(
  {
    command: 'npm run check --',
    summary: 'Checks the code without running it, and the gas snapshot.',
    operands: '[CHECK ...]',
    options: { except: { type: 'boolean', default: false, help: 'all checks but those named' } },
    notes: [`Checks: ${Object.keys(checks).join(', ')}.`],
  },
  ({ values, positionals }) => {
    const names = select(positionals, values.except);
    const failed = names.filter((name) => !passes(name));
    console.log(
      failed.length === 0 ? `\nAll ${names.length} checks passed.` : `\nFailed: ${failed.join(', ')}.`,
    );
    return failed.length === 0 ? 0 : 1;
  },
);
