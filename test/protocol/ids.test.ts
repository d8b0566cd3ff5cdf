import {
  batchNumber,
  formatSaleRef,
  fragmentOf,
  idAt,
  laneOf,
  MAX_ID,
  MAX_RECORDERS,
  MAX_SEQUENCE,
  parseSaleRef,
  recorderOfBatch,
  saleNumber,
  saleRefOf,
  sequenceOfBatch,
} from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { between } from '../support/protocol/arbitraries.ts';

describe('ids', () => {
  it('splits a distributor id into fragment and lane, and puts it together again', () => {
    expect([fragmentOf(4), laneOf(4)]).to.deep.equal([1, 0]);
    expect([fragmentOf(11), laneOf(11)]).to.deep.equal([2, 3]);
    expect([fragmentOf(MAX_ID), laneOf(MAX_ID)]).to.deep.equal([2 ** 24 - 1, 3]);
    const property = fc.property(between(0, MAX_ID), (id) => {
      expect(idAt(fragmentOf(id), laneOf(id))).to.equal(id);
    });
    fc.assert(property, { seed: 2, numRuns: 500 });
  });

  it('numbers a sale by its batch above 16 bits of index, and reads it back', () => {
    expect(saleNumber({ batch: 1, index: 0 })).to.equal(65_536);
    expect(saleNumber({ batch: 12, index: 7 })).to.equal((12 << 16) | 7);
    // 48 bits: beyond what the bitwise operators of JavaScript hold.
    expect(saleNumber({ batch: 2 ** 24 - 1, index: 999 })).to.equal(1_099_511_563_239);
    const property = fc.property(between(1, 2 ** 32 - 1), between(0, 65_535), (batch, index) => {
      expect(saleRefOf(saleNumber({ batch, index }))).to.deep.equal({ batch, index });
    });
    fc.assert(property, { seed: 3, numRuns: 500 });
  });

  it('numbers a batch by its recorder above 24 bits of sequence, and takes it apart again', () => {
    expect([1, 2, MAX_SEQUENCE].map((sequence) => batchNumber(1, sequence))).to.deep.equal([
      1, 2, 16_777_215,
    ]);
    expect(batchNumber(2, 1)).to.equal(16_777_217);
    // The highest one has 31 bits.
    expect(batchNumber(MAX_RECORDERS, MAX_SEQUENCE)).to.equal(127 * 2 ** 24 - 1);
    const property = fc.property(between(1, MAX_RECORDERS), between(1, MAX_SEQUENCE), (number, sequence) => {
      const batch = batchNumber(number, sequence);
      expect(batch).to.equal(((number - 1) << 24) | sequence);
      expect([recorderOfBatch(batch), sequenceOfBatch(batch)]).to.deep.equal([number, sequence]);
    });
    fc.assert(property, { seed: 4, numRuns: 500 });
  });

  describe('parseSaleRef', () => {
    const wrong = [
      '',
      '12',
      '-7',
      '12-',
      '0-7',
      '012-7',
      '12-07',
      '12-7-1',
      ' 12-7',
      '12-7\n',
      '12–7',
      'a-b',
    ];
    // No batch holds more than 1,000 sales, no batch has the sequence 0, and no ledger has 128 recorders.
    for (const text of [...wrong, '1-1000', '1-65536', '16777216-0', '2130706433-0', '99999999999-0']) {
      it(`refuses ${JSON.stringify(text)}`, () => {
        expect(parseSaleRef(text)).to.equal(null);
      });
    }

    it('reads what formatSaleRef writes', () => {
      expect(parseSaleRef('12-7')).to.deep.equal({ batch: 12, index: 7 });
      for (const ref of [
        { batch: 1, index: 0 },
        { batch: 2 ** 24 - 1, index: 999 },
        { batch: batchNumber(2, 1), index: 0 },
        { batch: batchNumber(MAX_RECORDERS, MAX_SEQUENCE), index: 999 },
      ]) {
        expect(parseSaleRef(formatSaleRef(ref))).to.deep.equal(ref);
      }
    });
  });
});
