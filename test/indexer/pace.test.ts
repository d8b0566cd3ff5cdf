import { type Asked, adapt, firstPace, type Pace } from '@plumbline/indexer/testing';
import { expect } from 'chai';

const FIRST_PACE = firstPace();

const light: Omit<Asked, 'blocks'> = { logs: 0, bytes: 100, milliseconds: 5, wasSplit: false };

/** The pace after `times` answers about as many blocks as it says. */
function paceAfter(pace: Pace, times: number, answer: Partial<Asked>): Pace {
  let next = pace;
  for (let i = 0; i < times; i++) next = adapt(next, { ...light, blocks: next.span, ...answer });
  return next;
}

describe("the indexer's pace", () => {
  const { span } = FIRST_PACE;

  it('doubles while answers are light, up to a limit', () => {
    expect(paceAfter(FIRST_PACE, 1, {}).span).to.equal(2 * span);
    expect(paceAfter(FIRST_PACE, 2, {}).span).to.equal(4 * span);
    expect(paceAfter(FIRST_PACE, 40, {}).span)
      .to.be.greaterThan(1_000)
      .and.at.most(100_000);
  });

  it('stays where answers are as large as they should be', () => {
    expect(paceAfter(FIRST_PACE, 9, { logs: 3_000 }).span).to.equal(span);
    expect(paceAfter(FIRST_PACE, 9, { bytes: 3 * 2 ** 20 }).span).to.equal(span);
  });

  it('halves when answers have too many logs or bytes, or take too long, down to one block', () => {
    for (const heavy of [{ logs: 50_000 }, { bytes: 2 ** 25 }, { milliseconds: 20_000 }]) {
      expect(paceAfter(FIRST_PACE, 1, heavy).span).to.equal(span / 2);
      expect(paceAfter(FIRST_PACE, 40, heavy).span).to.equal(1);
    }
  });

  it('is not led astray by answers to questions that were under way already', () => {
    const doubled = paceAfter(FIRST_PACE, 1, {});
    expect(paceAfter(doubled, 3, { blocks: span }).span).to.equal(2 * span);
    const halved = paceAfter(FIRST_PACE, 1, { logs: 50_000 });
    expect(paceAfter(halved, 3, { blocks: span, logs: 50_000 }).span).to.equal(span / 2);
  });

  it('does not ask again for what was refused, for long', () => {
    const refused = paceAfter(FIRST_PACE, 1, { wasSplit: true });
    expect(refused.span).to.equal(span / 2);
    expect(paceAfter(refused, 20, {}).span).to.equal(span / 2);
    expect(paceAfter(refused, 200, {}).span).to.be.greaterThan(span);
  });
});
