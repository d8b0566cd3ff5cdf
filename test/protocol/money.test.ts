import { formatCents, formatUnits, MAX_CENTS, MalformedError, parseInteger } from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { edgyBigInt } from '../support/protocol/arbitraries.ts';

describe('money', () => {
  describe('formatUnits', () => {
    const cases: [bigint, string][] = [
      [0n, '0.00'],
      [1n, '0.000001'],
      [10n, '0.00001'],
      [100n, '0.0001'],
      [10_000n, '0.01'],
      [12_500_000n, '12.50'],
      [12_345_678n, '12.345678'],
      [1_000_000n, '1.00'],
      [-12_500_000n, '-12.50'],
      [-1n, '-0.000001'],
      [2n ** 64n, '18446744073709.551616'],
    ];
    for (const [units, text] of cases) {
      it(`writes ${units} as ${text}`, () => {
        expect(formatUnits(units)).to.equal(text);
      });
    }

    it('loses nothing: the digits read back are the units', () => {
      const property = fc.property(edgyBigInt(0n, 2n ** 60n), (units) => {
        const text = formatUnits(units);
        const [whole, decimals] = text.split('.');
        expect(BigInt(`${whole}${decimals?.padEnd(6, '0')}`), text).to.equal(units);
        expect(decimals, text).to.match(/^([0-9]{2}|[0-9]{2,5}[1-9])$/);
      });
      fc.assert(property, { seed: 1, numRuns: 500 });
    });
  });

  describe('formatCents', () => {
    it('always has two decimals', () => {
      expect(formatCents(0n)).to.equal('0.00');
      expect(formatCents(5n)).to.equal('0.05');
      expect(formatCents(1999n)).to.equal('19.99');
      expect(formatCents(MAX_CENTS)).to.equal('42949672.95');
    });
  });

  describe('parseInteger', () => {
    const wrong = [
      '',
      ' 1',
      '1 ',
      '+1',
      '-1',
      '-0',
      '01',
      '00',
      '1.0',
      '1.',
      '1e3',
      '0x10',
      '1_000',
      '1,000',
      '١',
    ];
    for (const text of [...wrong, '9'.repeat(32), '1\n']) {
      it(`refuses ${JSON.stringify(text)}`, () => {
        expect(() => parseInteger('priceCents', text, 10n ** 40n))
          .to.throw(MalformedError, /^priceCents: must be a non-negative integer in decimal digits/)
          .with.property('field', 'priceCents');
      });
    }

    it('refuses what is above the largest', () => {
      expect(() => parseInteger('priceCents', '4294967296', MAX_CENTS)).to.throw(
        MalformedError,
        'priceCents: must be at most 4294967295, not 4294967296',
      );
    });

    it('reads 0, the largest, and what a double cannot hold', () => {
      expect(parseInteger('priceCents', '0', MAX_CENTS)).to.equal(0n);
      expect(parseInteger('priceCents', '4294967295', MAX_CENTS)).to.equal(MAX_CENTS);
      expect(parseInteger('units', '9007199254740993', 2n ** 64n)).to.equal(9_007_199_254_740_993n);
    });
  });
});
