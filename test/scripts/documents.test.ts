import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '../..');

/** The paths in a text that are written as code: whole ones, and ones below a folder that the text names. */
function pathsOf(text: string): { whole: string[]; below: string[] } {
  const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, each]) => each ?? '');
  const isWhole = (path: string) => /^(packages|scripts|test|bench|docs|contracts)\/[\w./-]+$/.test(path);
  return {
    whole: code.filter(isWhole),
    below: code.filter((path) => /^[\w./-]+\.tsx?$/.test(path) && !isWhole(path)),
  };
}

/** The files of a numbered list, each whole or below the folder that the last line without a number names. */
function stepsOf(section: string): string[] {
  const steps: string[] = [];
  let folder = '';
  for (const line of section.split('\n')) {
    const [, path] = /^\d+\. `([^`]+)`/.exec(line) ?? [];
    if (path)
      steps.push(path.startsWith('packages/') || path.startsWith('contracts/') ? path : join(folder, path));
    else folder = /\bin `([^`]+)`:$/i.exec(line)?.[1] ?? folder;
  }
  return steps;
}

describe('the documents', () => {
  const documents = ['README.md', ...globSync('docs/*.md', { cwd: root })];

  for (const document of documents) {
    it(`${document} names only files that are there`, () => {
      const sections = readFileSync(join(root, document), 'utf8').split(/^## /m);
      for (const section of sections) {
        const { whole, below } = pathsOf(section);
        expect(whole.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
        const folders = ['.', ...whole];
        const isThere = (path: string) => folders.some((folder) => existsSync(join(root, folder, path)));
        expect(below.filter((path) => !isThere(path))).to.deep.equal([]);
      }
    });
  }

  for (const walk of ['From the node to the books', 'From the route to the chain']) {
    it(`docs/architecture.md walks "${walk}" through files that are there, none of them twice`, () => {
      const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
      const section = text.split(/^## /m).find((each) => each.startsWith(walk)) ?? '';
      const steps = stepsOf(section);
      expect(steps.length).to.be.above(20);
      expect(steps.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
      expect(new Set(steps).size).to.equal(steps.length);
    });
  }
});
