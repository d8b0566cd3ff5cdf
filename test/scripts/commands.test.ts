import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '../..');

/** The programs behind the commands of package.json; `fuzz` is Hardhat's, which has a help of its own. */
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const programs = Object.entries(scripts)
  .map(([name, line]) => [name, /^node scripts\/setup\.mjs( \S+\.ts)?$/.exec(line)] as const)
  .filter(([, match]) => match !== null)
  .map(([name, match]) => [name, match?.[1]?.trim() ?? 'scripts/setup.mjs'] as const);

interface Ended {
  code: number;
  out: string;
  errors: string;
}

function run(program: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: root }, (error, out, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, errors }),
    );
  });
}

describe('the commands of package.json', () => {
  it('are found', () => {
    const names = programs.map(([name]) => name);
    expect(names).to.include.members(['start', 'test', 'check', 'audit', 'indexer', 'bench', 'setup']);
  });

  for (const [name, program] of programs) {
    it(`${name} prints how to use it`, async () => {
      const { code, out, errors } = await run(program, '--help');
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
      expect(out)
        .to.match(/^[A-Z]/)
        .and.to.match(new RegExp(`^  .*\\b${name}\\b`, 'm'));
    });

    it(`${name} refuses an unknown option with one line`, async () => {
      const { code, out, errors } = await run(program, '--nonsense');
      expect(code).to.equal(2);
      expect(out).to.equal('');
      expect(errors).to.match(/^[^\n]*--nonsense[^\n]*\n$/);
    });
  }
});
