import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Not bundled: PGlite loads files that lie beside its code, and pg-native is optional. */
const EXTERNAL = [/^@electric-sql\/pglite/, 'pg-native'];

/**
 * Puts the indexer into one file. It starts in a fifth of the time that Node takes to find, strip and compile the
 * hundreds of modules of its sources.
 * @returns The file.
 */
export async function buildIndexer(): Promise<string> {
  const folder = join(root, 'packages/indexer');
  const bundle = await rolldown({
    input: join(folder, 'src/main.ts'),
    platform: 'node',
    external: EXTERNAL,
    // No module of ours or of theirs is needed only for what it does when it is loaded.
    treeshake: { moduleSideEffects: false },
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const file = join(folder, 'dist/main.js');
  const unfinished = `${file}.${process.pid}`;
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(unfinished, output[0].code);
  // Renamed into place, because another process may be starting it.
  await rename(unfinished, file);
  return file;
}

/** Builds the dashboard if it is missing or older than its sources. `onBuild` is called before it is built. */
export function buildDashboard(onBuild: () => void): void {
  const page = join(root, 'packages/dashboard/dist/index.html');
  const newest = (folder: string): number =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(root, folder, name)).mtimeMs)
      .reduce((a, b) => Math.max(a, b), 0);
  const sources = Math.max(newest('packages/dashboard/src'), newest('packages/protocol/src'));
  if (existsSync(page) && statSync(page).mtimeMs > sources) return;
  onBuild();
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', 'packages/dashboard', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
}
