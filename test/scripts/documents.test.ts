import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '../..');

/** The paths in a text that are written as code: whole ones, and ones below a folder that the text names. */
function pathsIn(text: string): { whole: string[]; below: string[] } {
  const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, each]) => each ?? '');
  const isWhole = (path: string) => /^(packages|scripts|test|bench|docs|contracts)\/[\w./-]+$/.test(path);
  return {
    whole: code.filter(isWhole),
    below: code.filter((path) => /^[\w./-]+\.tsx?$/.test(path) && !isWhole(path)),
  };
}

describe('the documents', () => {
  const documents = ['README.md', ...globSync('docs/*.md', { cwd: root })];

  for (const document of documents) {
    it(`${document} names only files that are there`, () => {
      const sections = readFileSync(join(root, document), 'utf8').split(/^## /m);
      for (const section of sections) {
        const { whole, below } = pathsIn(section);
        expect(whole.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
        const folders = ['.', ...whole];
        const isThere = (path: string) => folders.some((folder) => existsSync(join(root, folder, path)));
        expect(below.filter((path) => !isThere(path))).to.deep.equal([]);
      }
    });
  }

  it('docs/architecture.md walks from the node to the books without naming a file twice', () => {
    const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const walk = text.split(/^## /m).find((section) => section.startsWith('From the node to the books'));
    const steps = [...(walk ?? '').matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path]) => path);
    expect(steps.length).to.be.above(20);
    expect(new Set(steps).size).to.equal(steps.length);
  });
});
