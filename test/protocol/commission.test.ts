import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  amountOf,
  creditedBy,
  decodeLines,
  encodeLines,
  payByLevel,
  type SettledLine,
  type Tree,
} from '../../packages/protocol/src/commission.ts';
import { MalformedError } from '../../packages/protocol/src/errors.ts';
import { MAX_ID } from '../../packages/protocol/src/ids.ts';
import { UNITS_PER_CENT } from '../../packages/protocol/src/money.ts';
import type { Plan } from '../../packages/protocol/src/plan.ts';
import { randomLine } from '../support/protocol/generate.ts';
import { Random } from '../support/protocol/random.ts';

function planOf(...rates: number[]): Plan {
  return {
    kind: 0,
    compression: 0,
    boundaryRank: 0,
    ceilingBps: 10_000,
    weightsBps: [10_000, 10_000, 10_000],
    ratesBps: [rates],
  };
}

/** A line of sponsors upward from `first`, ids one apart, all active but those in `inactive`. */
function lineOf(first: number, length: number, inactive: Record<number, number> = {}): Tree {
  return {
    sponsorOf: (id) => (id < first + length - 1 ? id + 1 : 0),
    statusOf: (id) => inactive[id] ?? 1,
  };
}

describe('commission', () => {
  describe('payByLevel', () => {
    it('pays the golden vector of a plan by level to the unit', () => {
      const file = new URL('../vectors/plans.json', import.meta.url);
      const { unilevel } = JSON.parse(readFileSync(file, 'utf8')) as {
        unilevel: {
          cv: string;
          rates: number[];
          upline: string[];
          payouts: { to: string; level: number; amount: string }[];
          total: string;
          retained: string;
        };
      };
      // Upward from the seller, who has no rate of their own in the vector.
      const names = ['seller', ...unilevel.upline];
      const line = payByLevel(
        lineOf(10, names.length),
        planOf(0, ...unilevel.rates),
        10,
        BigInt(unilevel.cv) / UNITS_PER_CENT,
      );
      const paid = line.credits.flatMap((credit, level) =>
        level === 0 ? [] : [{ to: names[credit.id - 10], level, amount: `${amountOf(line, credit)}` }],
      );
      expect(paid).to.deep.equal(unilevel.payouts);
      expect(creditedBy(line)).to.equal(BigInt(unilevel.total));
      expect(BigInt(unilevel.cv) - creditedBy(line)).to.equal(BigInt(unilevel.retained));
    });

    it('pays nobody without counted volume', () => {
      expect(payByLevel(lineOf(4, 5), planOf(1000, 500), 4, 0n)).to.deep.equal({
        seller: 4,
        volumeCents: 0n,
        credits: [],
      });
    });

    it('pays nobody for a sale of an empty lane', () => {
      expect(payByLevel(lineOf(4, 5, { 4: 0 }), planOf(1000, 500), 4, 100n)).to.deep.equal({
        seller: 4,
        volumeCents: 100n,
        credits: [],
      });
    });

    it('leaves the level of an inactive person unpaid and moves nobody up', () => {
      const line = payByLevel(lineOf(4, 5, { 5: 2 }), planOf(1000, 500, 300), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 4, bps: 1000 },
        { id: 0, bps: 0 },
        { id: 6, bps: 300 },
      ]);
      expect(creditedBy(line)).to.equal(130_000n);
    });

    it('leaves the level of an inactive seller unpaid and still pays the upline', () => {
      const line = payByLevel(lineOf(4, 5, { 4: 3 }), planOf(1000, 500), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 0, bps: 0 },
        { id: 5, bps: 500 },
      ]);
    });

    it('ends at the root', () => {
      const line = payByLevel(lineOf(4, 2), planOf(1000, 500, 300, 200), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 4, bps: 1000 },
        { id: 5, bps: 500 },
      ]);
    });

    it('names who stands at a level that pays nothing', () => {
      const line = payByLevel(lineOf(4, 5), planOf(0, 500), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 4, bps: 0 },
        { id: 5, bps: 500 },
      ]);
    });

    it('pays the largest sale exactly', () => {
      const line = payByLevel(lineOf(4, 11), planOf(...Array(10).fill(909), 910), 4, 2n ** 32n - 1n);
      expect(line.credits).to.have.length(11);
      expect(creditedBy(line)).to.equal((2n ** 32n - 1n) * 10_000n);
    });
  });

  describe('lines', () => {
    const line: SettledLine = { seller: 4, volumeCents: 100n, credits: [{ id: 5, bps: 500 }] };

    it('are not encoded when a field runs out of its bits', () => {
      for (const credit of [
        { id: 4, bps: 500 + 2 ** 14 },
        { id: 6, bps: 500 - 2 ** 14 },
        { id: MAX_ID + 1, bps: 0 },
        { id: 5, bps: 0.5 },
      ]) {
        expect(() => encodeLines([{ ...line, credits: [credit] }]), JSON.stringify(credit)).to.throw(
          MalformedError,
        );
      }
      expect(() => encodeLines([{ ...line, volumeCents: 2n ** 32n + 100n }])).to.throw(MalformedError);
      expect(() => encodeLines([{ ...line, seller: 2 ** 32 }])).to.throw(MalformedError);
    });

    it('are not decoded when they are cut anywhere but between two', () => {
      const packed = encodeLines([line, line]);
      const length = (packed.length - 2) / 2;
      for (let bytes = 1; bytes < length; bytes++) {
        if (bytes === length / 2) continue;
        expect(() => decodeLines(`0x${packed.slice(2, 2 + 2 * bytes)}`), `${bytes} bytes`).to.throw(
          MalformedError,
          /^sales: the sale at byte (0|14) is cut off$/,
        );
      }
    });

    it('are seller, volume, count and 5 bytes a level', () => {
      expect(encodeLines([line])).to.equal(
        `0x000000040000006401${((5 << 14) | 500).toString(16).padStart(10, '0')}`,
      );
      expect(encodeLines([])).to.equal('0x');
    });

    it('are decoded to what was encoded', () => {
      const random = new Random(8);
      for (let round = 0; round < 300; round++) {
        const lines = Array.from({ length: random.between(0, 10) }, () => randomLine(random));
        expect(decodeLines(encodeLines(lines)), `round ${round}`).to.deep.equal(lines);
      }
    });
  });
});
