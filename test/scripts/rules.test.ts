import { execFile } from 'node:child_process';
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const root = join(import.meta.dirname, '../..');

/** A made-up tree in which each file breaks one rule of the linter, or none. */
const files: Record<string, { text: string; breaks?: string }> = {
  'packages/store/src/main.ts': {
    text: "import { readFileSync } from 'node:fs';\nimport { base } from '@plumbline/protocol';\n\nexport const text = readFileSync(process.env.HOME ?? base);\n",
  },
  'packages/store/src/index.ts': {
    text: "export * from './itself.ts';\n\nexport const text = 'text';\n",
    breaks: 'noImportCycles',
  },
  'packages/store/src/circle/one.ts': {
    text: "import { two } from './two.ts';\n\nexport const one = () => two;\n",
    breaks: 'noImportCycles',
  },
  'packages/store/src/circle/two.ts': {
    text: "import type { one } from './one.ts';\n\nexport const two: typeof one | 2 = 2;\n",
    breaks: 'noImportCycles',
  },
  'packages/store/src/upward.ts': {
    text: "export { app } from '@plumbline/gateway';\n",
    breaks: 'noUndeclaredDependencies',
  },
  'packages/store/src/itself.ts': {
    text: "export { text } from '@plumbline/store';\n",
    breaks: 'noImportCycles',
  },
  'packages/store/src/test-tool.ts': {
    text: "export { expect } from 'chai';\n",
    breaks: 'noUndeclaredDependencies',
  },
  'packages/store/src/inside.ts': {
    text: "export { base } from '@plumbline/protocol/src/base.ts';\n",
    breaks: 'noRestrictedImports',
  },
  'packages/store/src/door-for-tests.ts': {
    text: "export { base } from '@plumbline/protocol/testing';\n",
    breaks: 'noRestrictedImports',
  },
  'packages/store/src/deep/deeper/neighbour.ts': {
    text: "export { base } from '../../../../protocol/src/index.ts';\n",
    breaks: 'noRestrictedImports',
  },
  'packages/store/src/outside.ts': {
    text: "export { deploy } from '../../../scripts/stack/deploy.ts';\n",
    breaks: 'noRestrictedImports',
  },
  'packages/store/src/environment.ts': {
    text: 'export const home = process.env.HOME;\n',
    breaks: 'noProcessEnv',
  },
  'packages/store/src/environment-by-name.ts': {
    text: "import { env } from 'node:process';\n\nexport const home = env.HOME;\n",
    breaks: 'noProcessEnv',
  },
  'packages/store/src/talk.ts': { text: "console.log('here');\n", breaks: 'noConsole' },
  'packages/store/src/long.ts': {
    text: `export const a = () => [\n${'  1,\n'.repeat(399)}];\n`,
    breaks: 'noExcessiveLinesPerFile',
  },
  'packages/protocol/src/index.ts': { text: "export const base = 'base';\n" },
  'packages/protocol/src/clock.ts': {
    text: "export { setTimeout as sleep } from 'node:timers/promises';\n",
    breaks: 'noNodejsModules',
  },
  'packages/dashboard/src/file.ts': {
    text: "export { readFileSync } from 'node:fs';\n",
    breaks: 'noNodejsModules',
  },
  'test/store/doors.test.ts': {
    text: "export { text } from '@plumbline/store';\nexport { base } from '@plumbline/protocol/testing';\n",
  },
  'test/store/inside.test.ts': {
    text: "export { text } from '../../packages/store/src/index.ts';\n",
    breaks: 'noRestrictedImports',
  },
  'test/store/inside-by-name.test.ts': {
    text: "export { text } from '@plumbline/store/src/index.ts';\n",
    breaks: 'noRestrictedImports',
  },
  'scripts/door-for-tests.ts': {
    text: "export { base } from '@plumbline/protocol/testing';\n",
    breaks: 'noRestrictedImports',
  },
  'bench/door-for-tests.ts': { text: "export { base } from '@plumbline/protocol/testing';\n" },
};

const manifests = {
  'package.json': { devDependencies: { '@plumbline/store': '0', '@plumbline/protocol': '0', chai: '6' } },
  'packages/store/package.json': {
    name: '@plumbline/store',
    exports: { '.': './src/index.ts' },
    dependencies: { '@plumbline/protocol': '0' },
    devDependencies: { chai: '6' },
  },
  'packages/protocol/package.json': { name: '@plumbline/protocol' },
  'packages/dashboard/package.json': { name: '@plumbline/dashboard' },
};

interface Report {
  diagnostics: { category: string; location: { path: string } }[];
}

/** The rules that each file breaks. */
async function lint(folder: string): Promise<Record<string, string[]>> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  // It ends with 1, because there are findings.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  const { diagnostics } = JSON.parse(stdout) as Report;
  return Object.fromEntries(
    Object.keys(files).map((file) => [
      file,
      diagnostics
        .filter(({ location }) => location.path === file)
        .map(({ category }) => category.split('/').at(-1) ?? category),
    ]),
  );
}

describe('the rules of the linter', () => {
  let folder: string;
  let broken: Record<string, string[]>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-rules-'));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    write('.gitignore', 'node_modules\n');
    for (const [path, manifest] of Object.entries(manifests)) write(path, JSON.stringify(manifest));
    for (const [path, { text }] of Object.entries(files)) write(path, text);
    mkdirSync(join(folder, 'node_modules/@plumbline'), { recursive: true });
    symlinkSync('../../packages/store', join(folder, 'node_modules/@plumbline/store'));
    broken = await lint(folder);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [file, { breaks }] of Object.entries(files)) {
    it(`${breaks ? `find ${breaks} in` : 'find nothing in'} ${file}`, () => {
      expect([...new Set(broken[file])]).to.deep.equal(breaks === undefined ? [] : [breaks]);
    });
  }
});

describe('Solidity files', () => {
  it('have at most 400 lines', () => {
    const files = globSync('{contracts,test}/**/*.sol', { cwd: root });
    const lines = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    expect(files).not.to.deep.equal([]);
    expect(files.filter((file) => lines(file) > 400)).to.deep.equal([]);
  });
});
