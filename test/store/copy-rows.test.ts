import { type CopyColumn, type CopyValue, encodeRows } from '@plumbline/store/testing';
import { expect } from 'chai';

describe('rows for COPY', () => {
  function encode(type: CopyColumn<CopyValue>['type'], value: CopyValue): string {
    const parts = encodeRows(1n, [{ name: 'it', type, of: (row: CopyValue) => row }], [value]);
    // Without the header, the row's ledger and the trailer.
    return Buffer.concat(parts).subarray(33, -2).toString('hex');
  }

  it('refuse numbers that their column cannot hold', () => {
    const refused: [CopyColumn<CopyValue>['type'], CopyValue][] = [
      ['int2', 2 ** 15],
      ['int2', -(2 ** 15) - 1],
      ['int2', 0.5],
      ['int4', 2 ** 31],
      ['int4', -(2 ** 31) - 1],
      ['int4', 0.5],
      ['int4', Number.NaN],
      ['int8', 2 ** 53],
      ['int8', 0.5],
      ['int8', 2n ** 63n],
    ];
    for (const [type, value] of refused) {
      expect(() => encode(type, value), `${type} ${value}`).to.throw(RangeError);
    }
  });

  it('hold numbers up to the last that a column can hold, from the highest byte', () => {
    expect(encode('int2', -(2 ** 15))).to.equal('000000028000');
    expect(encode('int4', 2 ** 31 - 1)).to.equal('000000047fffffff');
    expect(encode('int8', -(2 ** 53) + 1)).to.equal('00000008ffe0000000000001');
    expect(encode('int8', 2 ** 32 + 2 ** 31)).to.equal('000000080000000180000000');
    expect(encode('int8', -(2n ** 63n))).to.equal('000000088000000000000000');
    expect(encode('int8', -0)).to.equal('000000080000000000000000');
  });

  it('hold arrays', () => {
    const head = '00000001000000000000001500000002' + '00000001';
    expect(encode('int2[]', Int16Array.of(-1, 2_047))).to.equal(
      `00000020${head}${'00000002ffff'}${'0000000207ff'}`,
    );
  });
});
