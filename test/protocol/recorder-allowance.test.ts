import { type AllowanceKind, RecorderAllowances } from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { between, edgyBigInt } from '../support/protocol/arbitraries.ts';

const PERIOD = 3_600;
const START = 1_800_000_000;

function allowances(cap: bigint, countCap = 0): RecorderAllowances {
  const made = new RecorderAllowances(PERIOD);
  made.setCaps(cap, countCap);
  return made;
}

describe('what a recorder may still do', () => {
  it('is nothing before it has caps', () => {
    const none = new RecorderAllowances(PERIOD);
    expect(none.left('units', START)).to.equal(0n);
    expect(none.spend('units', START, 1n)).to.equal(false);
    expect(none.spend('units', START, 0n)).to.equal(true);
  });

  it('is half the cap at once, and fills evenly in one period', () => {
    const made = allowances(7_200n);
    expect(made.left('units', START)).to.equal(3_600n);
    expect(made.spend('units', START, 3_601n)).to.equal(false);
    expect(made.spend('units', START, 3_600n)).to.equal(true);
    expect(made.left('units', START)).to.equal(0n);
    expect(made.spend('units', START, 1n)).to.equal(false);
    expect(made.left('units', START + 1)).to.equal(1n);
    expect(made.left('units', START + 1_800)).to.equal(1_800n);
    expect(made.left('units', START + PERIOD)).to.equal(3_600n);
    expect(made.left('units', START + 9 * PERIOD)).to.equal(3_600n);
    expect(made.wholeAt('units')).to.equal(BigInt(START + PERIOD) * 256n);
  });

  it('can be taken back to an earlier time, so that the parts of a call are counted together', () => {
    const [parts, whole] = [allowances(7n), allowances(7n)];
    const before = parts.wholeAt('units');
    expect(parts.spend('units', START, 1n)).to.equal(true);
    parts.rewind('units', before);
    expect(parts.left('units', START)).to.equal(3n);
    expect([parts, whole].map((each) => each.spend('units', START, 2n))).to.deep.equal([true, true]);
    expect(parts.wholeAt('units')).to.equal(whole.wholeAt('units'));
  });

  it('keeps units, their returns and the count apart', () => {
    const made = allowances(100n, 10);
    expect(made.spend('units', START, 50n)).to.equal(true);
    expect(
      (['units', 'count', 'returns'] as AllowanceKind[]).map((kind) => made.left(kind, START)),
    ).to.deep.equal([0n, 5n, 50n]);
    expect(made.spend('returns', START, 20n)).to.equal(true);
    expect(made.spend('count', START, 5n)).to.equal(true);
    expect(
      (['units', 'count', 'returns'] as AllowanceKind[]).map((kind) => made.left(kind, START)),
    ).to.deep.equal([0n, 0n, 30n]);
  });

  it('keeps the same part spent when the caps change, and is nothing without a cap', () => {
    const made = allowances(200n);
    made.spend('units', START, 50n);
    made.setCaps(20n, 0);
    expect(made.left('units', START)).to.equal(5n);
    made.setCaps(0n, 0);
    expect(made.left('units', START + PERIOD)).to.equal(0n);
  });

  it('lets no more than the cap through in any stretch of one period, however it is spent', () => {
    const cap = edgyBigInt(2n, 2n ** 50n - 1n);
    const steps = fc.array(fc.tuple(between(0, 2_000), edgyBigInt(1n, 2n ** 49n)), { maxLength: 30 });
    const property = fc.property(cap, steps, (most, attempts) => {
      const made = allowances(most);
      const spent: { time: number; amount: bigint }[] = [];
      let time = START;
      for (const [wait, wanted] of attempts) {
        time += wait;
        const left = made.left('units', time);
        // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint.
        const amount = wanted < left ? wanted : left;
        if (amount === 0n) continue;
        // What is left can be spent but for what rounding to 256ths of a second holds back: at most a tick's worth.
        const isSpent = made.spend('units', time, amount);
        if (isSpent) spent.push({ time, amount });
        expect(made.spend('units', time, made.left('units', time) + 1n), 'more than is left').to.equal(false);
      }
      for (const { time: end } of spent) {
        const inPeriod = spent.filter((each) => each.time > end - PERIOD && each.time <= end);
        const sum = inPeriod.reduce((all, { amount }) => all + amount, 0n);
        expect(sum <= most, `${sum} of ${most}`).to.equal(true);
      }
    });
    fc.assert(property, { seed: 6, numRuns: 500 });
  });
});
