/**
 * Keeps the sizes of the contracts' code in snapshots/, so that a change of size is seen in review.
 *   npm run snapshot                 writes them, and the gas
 *   node scripts/sizes.ts --check    fails if the file is not what the compiled contracts say
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const target = join(root, 'contracts/sizes.json');

/** Bytes of deployed code by contract; interfaces and abstract contracts have none. */
function readSizes(): Record<string, number> {
  const files = globSync('artifacts/contracts/**/*.sol/*.json', { cwd: root }).filter(
    (file) => !file.includes('mocks'),
  );
  if (files.length === 0) throw new Error('The contracts are not compiled: run "npm run build" first.');
  const sizes = files.map((file) => {
    const { deployedBytecode } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      deployedBytecode: string;
    };
    return [basename(file, '.json'), deployedBytecode.length / 2 - 1] as const;
  });
  return Object.fromEntries(sizes.filter(([, bytes]) => bytes > 0).sort(([a], [b]) => a.localeCompare(b)));
}

try {
  const wanted = `${JSON.stringify(readSizes(), null, 2)}\n`;
  const found = existsSync(target) ? readFileSync(target, 'utf8') : '';
  if (!process.argv.includes('--check')) writeFileSync(target, wanted);
  else if (found !== wanted) {
    throw new Error(`${relative(root, target)} is not what the contracts say: run "npm run snapshot".`);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
