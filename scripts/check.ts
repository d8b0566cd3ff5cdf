/**
 * Everything that can be said about the code without running it, and the gas snapshot.
 *   npm run check                    all checks
 *   npm run check -- types knip     some, by name
 *   npm run check -- --except gas   all but some
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tool = (path: string) => join(root, 'node_modules', path);
const tsc = tool('typescript/bin/tsc');
const hardhat = tool('hardhat/dist/src/cli.js');

const checks: Record<string, string[][]> = {
  build: [[hardhat, 'build']],
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
  imports: [[join(root, 'scripts/check-imports.ts')]],
  abi: [[join(root, 'scripts/generate-abi.ts'), '--check']],
  sizes: [[join(root, 'scripts/sizes.ts'), '--check']],
  gas: [[hardhat, 'test', 'solidity', '--snapshot-check']],
};

function select(args: string[]): string[] {
  const all = Object.keys(checks);
  const names = args.filter((arg) => arg !== '--except');
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`There is no check "${unknown}"; there are: ${all.join(', ')}.`);
  if (args[0] === '--except') return all.filter((name) => !names.includes(name));
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

try {
  const names = select(process.argv.slice(2));
  const failed = names.filter((name) => !passes(name));
  console.log(
    failed.length === 0 ? `\nAll ${names.length} checks passed.` : `\nFailed: ${failed.join(', ')}.`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
