import { decodeLines, encodeLines, MAX_ID, MalformedError, type SettledLine } from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { lines as settledLines } from '../support/protocol/arbitraries.ts';

describe('settled lines', () => {
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
    const property = fc.property(fc.array(settledLines, { maxLength: 10 }), (lines) => {
      expect(decodeLines(encodeLines(lines))).to.deep.equal(lines);
    });
    fc.assert(property, { seed: 8, numRuns: 300 });
  });
});
