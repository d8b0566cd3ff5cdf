import {
  BUYER_CLASSES,
  decodeBalances,
  decodeReversals,
  decodeSales,
  decodeStandings,
  encodeBalances,
  encodeDistributors,
  encodeReversals,
  encodeSales,
  encodeStandings,
  MAX_ID,
  MalformedError,
  type SaleRecord,
} from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodePacked, getAddress, zeroAddress } from 'viem';
import { between, edgy, edgyBigInt, hex, salesOf } from '../support/protocol/arbitraries.ts';

const sale: SaleRecord = { class: 'self', seller: MAX_ID, priceCents: 2n ** 32n - 1n, volumeCents: 1n };

describe('records', () => {
  describe('sales', () => {
    const unfit: [string, Partial<SaleRecord>][] = [
      ['a seller above 26 bits', { seller: MAX_ID + 1 }],
      ['a negative seller', { seller: -1 }],
      ['half a seller', { seller: 4.5 }],
      ['a price above 32 bits', { priceCents: 2n ** 32n }],
      ['a negative price', { priceCents: -1n }],
      ['a volume above 32 bits', { volumeCents: 2n ** 32n }],
      ['an unknown class', { class: 'wholesale' as never }],
    ];
    for (const [what, change] of unfit) {
      it(`are not encoded with ${what}`, () => {
        expect(() => encodeSales([{ ...sale, ...change }])).to.throw(MalformedError);
      });
    }

    it('are not decoded from part of a record', () => {
      expect(() => decodeSales(`0x${'00'.repeat(13)}`)).to.throw(
        MalformedError,
        'records: must be a whole number of 12 bytes, not 13',
      );
    });

    it('are not decoded with a class that does not exist', () => {
      expect(() => decodeSales(`0x0c000004${'00000001'.repeat(2)}`)).to.throw(
        MalformedError,
        'records: there is no buyer class 3',
      );
    });

    it('are 12 bytes: class (6 bits), seller (26), price (32), volume (32)', () => {
      expect(encodeSales([sale])).to.equal('0x0bffffffffffffff00000001');
      expect(encodeSales([{ class: 'preferred', seller: 4, priceCents: 256n, volumeCents: 16n }])).to.equal(
        '0x040000040000010000000010',
      );
      expect(encodeSales([])).to.equal('0x');
    });

    it('are decoded to what was encoded, and encoded as viem packs them', () => {
      const lists = fc.array(salesOf(between(4, MAX_ID)), { maxLength: 30 });
      const property = fc.property(lists, (sales) => {
        const packed = encodeSales(sales);
        expect(decodeSales(packed)).to.deep.equal(sales);
        const parts = sales.map((each) =>
          encodePacked(
            ['uint32', 'uint32', 'uint32'],
            [
              BUYER_CLASSES.indexOf(each.class) * 2 ** 26 + each.seller,
              Number(each.priceCents),
              Number(each.volumeCents),
            ],
          ).slice(2),
        );
        expect(packed).to.equal(`0x${parts.join('')}`);
      });
      fc.assert(property, { seed: 5, numRuns: 200 });
    });
  });

  describe('reversals', () => {
    it('are refused when they do not fit, or are cut', () => {
      const reversal = { index: 0, priceCents: 1n, volumeCents: 1n };
      expect(() => encodeReversals([{ ...reversal, priceCents: 2n ** 32n }])).to.throw(MalformedError);
      expect(() => encodeReversals([{ ...reversal, index: -1 }])).to.throw(MalformedError);
      expect(() => decodeReversals('0x00')).to.throw(MalformedError, 'reversals: must be a whole number');
    });

    it('are 12 bytes: index, price and volume of 4 each, and are decoded to what was encoded', () => {
      expect(encodeReversals([{ index: 7, priceCents: 1999n, volumeCents: 1000n }])).to.equal(
        '0x00000007000007cf000003e8',
      );
      const reversal = fc
        .tuple(between(0, 999), edgyBigInt(1n, 2n ** 32n - 1n), edgyBigInt(0n, 2n ** 32n - 1n))
        .map(([index, priceCents, volumeCents]) => ({ index, priceCents, volumeCents }));
      const property = fc.property(fc.array(reversal, { maxLength: 10 }), (reversals) => {
        expect(decodeReversals(encodeReversals(reversals))).to.deep.equal(reversals);
      });
      fc.assert(property, { seed: 6, numRuns: 300 });
      expect(decodeReversals('0x')).to.deep.equal([]);
    });
  });

  describe('distributors', () => {
    it('are refused with an id that does not fit or a wallet that is no address', () => {
      expect(() => encodeDistributors([{ id: 2 ** 32, sponsor: 0, wallet: zeroAddress }])).to.throw(
        MalformedError,
      );
      expect(() => encodeDistributors([{ id: 4, sponsor: 0, wallet: '0x1234' }])).to.throw(MalformedError);
      expect(() => encodeDistributors([{ id: 4, sponsor: 0, wallet: `0x${'zz'.repeat(20)}` }])).to.throw(
        MalformedError,
      );
    });

    it('are 28 bytes: id and sponsor of 4, wallet of 20, in whatever case it is written', () => {
      const property = fc.property(between(4, MAX_ID), between(0, MAX_ID), hex(20), (id, sponsor, bytes) => {
        const wallet = getAddress(bytes);
        expect(encodeDistributors([{ id, sponsor, wallet }])).to.equal(
          encodePacked(['uint32', 'uint32', 'address'], [id, sponsor, wallet]),
        );
      });
      fc.assert(property, { seed: 7, numRuns: 100 });
    });
  });

  describe('standings', () => {
    const standing = { id: 5, rank: 3, status: 1 };

    const unfit: [string, Partial<typeof standing>, RegExp][] = [
      [
        'an id above 26 bits',
        { id: MAX_ID + 1 },
        /^id: must be a whole number of at most 26 bits, not 67108864$/,
      ],
      ['half an id', { id: 4.5 }, /^id: .* not 4.5$/],
      ['a negative id', { id: -1 }, /^id: .* not -1$/],
      ['a rank above 15', { rank: 16 }, /^rank: must be a whole number of at most 4 bits, not 16$/],
      ['a negative rank', { rank: -1 }, /^rank: .* not -1$/],
      ['a status above 3', { status: 4 }, /^status: must be a whole number of at most 2 bits, not 4$/],
      ['half a status', { status: 1.5 }, /^status: .* not 1.5$/],
    ];
    for (const [what, change, message] of unfit) {
      it(`are not encoded with ${what}`, () => {
        expect(() => encodeStandings([{ ...standing, ...change }])).to.throw(MalformedError, message);
      });
    }

    it('are not decoded from part of a record', () => {
      expect(() => decodeStandings('0x0000000000')).to.throw(
        MalformedError,
        'standings: must be a whole number of 4 bytes, not 5',
      );
    });

    it('are 4 bytes: id (26 bits), rank (4), status (2)', () => {
      expect(encodeStandings([standing])).to.equal('0x0000014d');
      expect(encodeStandings([{ id: MAX_ID, rank: 15, status: 2 }])).to.equal('0xfffffffe');
      expect(encodeStandings([])).to.equal('0x');
    });

    it('are decoded to what was encoded', () => {
      const anyStanding = fc
        .tuple(edgy(0, MAX_ID), between(0, 15), between(0, 3))
        .map(([id, rank, status]) => ({ id, rank, status }));
      const property = fc.property(fc.array(anyStanding, { maxLength: 10 }), (standings) => {
        expect(decodeStandings(encodeStandings(standings))).to.deep.equal(standings);
      });
      fc.assert(property, { seed: 9, numRuns: 500 });
      expect(decodeStandings('0x')).to.deep.equal([]);
    });
  });

  describe('opening balances', () => {
    it('are not encoded when a number runs out of its width', () => {
      for (const unfit of [
        { id: 2 ** 32, units: 1n },
        { id: -1, units: 1n },
        { id: 4, units: 2n ** 64n },
        { id: 4, units: -1n },
      ]) {
        expect(() => encodeBalances([unfit]), `${unfit.id}, ${unfit.units}`).to.throw(MalformedError);
      }
    });

    it('are not decoded from part of a record', () => {
      expect(() => decodeBalances('0x0000000000')).to.throw(
        MalformedError,
        'balances: must be a whole number of 12 bytes, not 5',
      );
    });

    it('are 12 bytes: id (4), units (8)', () => {
      expect(encodeBalances([{ id: 5, units: 258n }])).to.equal('0x000000050000000000000102');
      expect(encodeBalances([])).to.equal('0x');
    });

    it('are decoded to what was encoded', () => {
      const anyBalance = fc
        .tuple(edgy(0, MAX_ID), edgyBigInt(0n, 2n ** 64n - 1n))
        .map(([id, units]) => ({ id, units }));
      const property = fc.property(fc.array(anyBalance, { maxLength: 10 }), (balances) => {
        expect(decodeBalances(encodeBalances(balances))).to.deep.equal(balances);
      });
      fc.assert(property, { seed: 10, numRuns: 500 });
    });
  });
});
