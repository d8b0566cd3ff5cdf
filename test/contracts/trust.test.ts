import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/trust.md', root), 'utf8');

/** A claim of the page and the tests that it says show it. */
interface Claim {
  claim: string;
  tests: { file: string; title: string }[];
}

/** The rows of the tables by their first cell, the points of the list, and what stands under "Shown by". */
function readClaims(): Claim[] {
  const claims: Claim[] = [];
  for (const line of page.split('\n')) {
    const row = /^\| (?!Power|Stolen|---)([^|]+?) \|/.exec(line)?.[1] ?? /^- (?!`)(.+)$/.exec(line)?.[1];
    if (row) claims.push({ claim: row, tests: [] });
    const shown = /^- `([^`]+)`: (.+)$/.exec(line);
    if (!shown) continue;
    const [, number, tests] = shown;
    const claim = claims.find((each) => each.claim.startsWith(`${number} `));
    if (!claim) throw new Error(`docs/trust.md shows "${number}", which no line has.`);
    for (const [, title, file] of (tests ?? '').matchAll(/"([^"]+)" \(([^)]+)\)/g)) {
      claim.tests.push({ file: file ?? '', title: title ?? '' });
    }
  }
  return claims;
}

describe('docs/trust.md', () => {
  const claims = readClaims();

  it('claims something', () => expect(claims).to.have.length.above(25));

  it('names each test in a line that is read', () => {
    const named = [...page.matchAll(/"[^"]+" \([^)]+\.(?:ts|sol)\)/g)];
    expect(claims.flatMap(({ tests }) => tests)).to.have.length(named.length);
  });

  for (const { claim, tests } of claims) {
    it(`names tests that are there for: ${claim}`, () => {
      expect(tests, 'tests named').not.to.be.empty;
      for (const { file, title } of tests) {
        const source = readFileSync(new URL(file, root), 'utf8').replaceAll("\\'", "'");
        expect(source.includes(title), `"${title}" in ${file}`).to.equal(true);
      }
    });
  }
});
