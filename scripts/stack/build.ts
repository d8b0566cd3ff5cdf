import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What has files of its own beside its code, or is only tried for. */
const APART = [/^@electric-sql\/pglite/, 'pg-native'];

/**
 * Puts the indexer into one file, which starts in a fifth of the time that Node takes to find, strip and compile the
 * hundreds of modules of its sources.
 * @returns The file.
 */
export async function buildIndexer(): Promise<string> {
  const folder = join(root, 'packages/indexer');
  const bundle = await rolldown({
    input: join(folder, 'src/main.ts'),
    platform: 'node',
    external: APART,
    // Whatever a module does by being loaded, its users call or name here.
    treeshake: { moduleSideEffects: false },
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const file = join(folder, 'dist/main.js');
  const unfinished = `${file}.${process.pid}`;
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(unfinished, output[0].code);
  // Others may be starting it.
  await rename(unfinished, file);
  return file;
}
