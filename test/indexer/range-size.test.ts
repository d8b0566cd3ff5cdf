import {
  adaptRangeSize,
  initialRangeSize,
  type RangeAnswer,
  type RangeSize,
} from '@plumbline/indexer/testing';
import { expect } from 'chai';

const INITIAL = initialRangeSize();

const light: Omit<RangeAnswer, 'blocks'> = { logs: 0, bytes: 100, milliseconds: 5, wasSplit: false };

/** The size after `times` answers about as many blocks as it says. */
function sizeAfter(size: RangeSize, times: number, answer: Partial<RangeAnswer>): RangeSize {
  let next = size;
  for (let i = 0; i < times; i++) next = adaptRangeSize(next, { ...light, blocks: next.blocks, ...answer });
  return next;
}

describe('the size of a range of blocks', () => {
  const { blocks } = INITIAL;

  it('doubles while answers are light, up to a limit', () => {
    expect(sizeAfter(INITIAL, 1, {}).blocks).to.equal(2 * blocks);
    expect(sizeAfter(INITIAL, 2, {}).blocks).to.equal(4 * blocks);
    expect(sizeAfter(INITIAL, 40, {}).blocks)
      .to.be.greaterThan(1_000)
      .and.at.most(100_000);
  });

  it('stays where answers are as large as they should be', () => {
    expect(sizeAfter(INITIAL, 9, { logs: 3_000 }).blocks).to.equal(blocks);
    expect(sizeAfter(INITIAL, 9, { bytes: 3 * 2 ** 20 }).blocks).to.equal(blocks);
  });

  it('halves when answers have too many logs or bytes, or take too long, down to one block', () => {
    for (const heavy of [{ logs: 50_000 }, { bytes: 2 ** 25 }, { milliseconds: 20_000 }]) {
      expect(sizeAfter(INITIAL, 1, heavy).blocks).to.equal(blocks / 2);
      expect(sizeAfter(INITIAL, 40, heavy).blocks).to.equal(1);
    }
  });

  it('is not led astray by answers to questions that were under way already', () => {
    const doubled = sizeAfter(INITIAL, 1, {});
    expect(sizeAfter(doubled, 3, { blocks }).blocks).to.equal(2 * blocks);
    const halved = sizeAfter(INITIAL, 1, { logs: 50_000 });
    expect(sizeAfter(halved, 3, { blocks, logs: 50_000 }).blocks).to.equal(blocks / 2);
  });

  it('does not ask again for what was refused, for long', () => {
    const refused = sizeAfter(INITIAL, 1, { wasSplit: true });
    expect(refused.blocks).to.equal(blocks / 2);
    expect(sizeAfter(refused, 20, {}).blocks).to.equal(blocks / 2);
    expect(sizeAfter(refused, 200, {}).blocks).to.be.greaterThan(blocks);
  });
});
