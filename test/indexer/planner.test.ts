import { expect } from 'chai';
import type { Hex } from 'viem';
import {
  beginAt,
  decide,
  type Mind,
  type Observation,
  type Step,
} from '../../packages/indexer/src/planner.ts';

const HASH: Hex = `0x${'11'.repeat(32)}`;
const OTHER: Hex = `0x${'22'.repeat(32)}`;

const at = (number: number, hash: Hex | null = HASH) => ({ number, hash, head: OTHER, entryCount: 7 });
const chain = (tip: number, positionHash: Hex | null = HASH): Observation => ({
  saw: 'chain',
  tip,
  positionHash,
});
const written = (number: number, logs: number, wasSplit = false): Observation => ({
  saw: 'written',
  position: at(number),
  logs,
  wasSplit,
});

/** The step that follows `seen` by a mind that has seen the ones before. */
function stepAfter(mind: Mind, ...seen: Observation[]): { mind: Mind; step: Step } {
  return seen.reduce<{ mind: Mind; step: Step }>(
    (before, each) => {
      const [next, step] = decide(before.mind, each);
      return { mind: next, step };
    },
    { mind, step: { do: 'look' } },
  );
}

/** The blocks that a step reads. */
function sizeOf(step: Step, position: number): number {
  return step.do === 'read' ? step.to - position : 0;
}

describe("the indexer's planner", () => {
  const tip = 10_000_000;

  it('goes back when the chain has another block where the books stand, or none', () => {
    expect(stepAfter(beginAt(at(50)), chain(60, OTHER)).step).to.deep.equal({ do: 'undo' });
    expect(stepAfter(beginAt(at(50)), chain(40, null)).step).to.deep.equal({ do: 'undo' });
    expect(stepAfter(beginAt(at(50)), chain(50, OTHER)).step).to.deep.equal({ do: 'undo' });
  });

  it('stops when a stretch is refused twice in a row, and not before', () => {
    const error = new Error('false');
    const first = stepAfter(beginAt(at(50)), chain(60), { saw: 'falseLogs', error });
    expect(first.step).to.deep.equal({ do: 'lookLater' });
    const second = stepAfter(first.mind, chain(60));
    expect(second.step).to.deep.equal({ do: 'read', to: 60, tip: 60, again: true });
    expect(stepAfter(second.mind, { saw: 'falseLogs', error }).step).to.deep.equal({ do: 'stop', error });
    for (const good of [written(60, 3), { saw: 'undone', position: at(40) } as const]) {
      const between = stepAfter(second.mind, good, chain(70), { saw: 'falseLogs', error });
      expect(between.step).to.deep.equal({ do: 'lookLater' });
    }
  });

  it('stops when the chain seems to change again and again, and not when something was written between', () => {
    const error = new Error('moved');
    const moved: Observation = { saw: 'moved', position: at(50), error };
    const nine = Array.from({ length: 9 }, () => moved);
    expect(stepAfter(beginAt(at(50)), ...nine).step).to.deep.equal({ do: 'lookLater' });
    expect(stepAfter(beginAt(at(50)), ...nine, moved).step).to.deep.equal({ do: 'stop', error });
    expect(stepAfter(beginAt(at(50)), ...nine, written(50, 1), moved).step).to.deep.equal({
      do: 'lookLater',
    });
    const forward: Observation = { ...moved, position: at(51) };
    expect(stepAfter(beginAt(at(50)), ...nine, forward).step).to.deep.equal({ do: 'look' });
  });

  it('waits when nothing is new', () => {
    expect(stepAfter(beginAt(at(60)), chain(60)).step).to.deep.equal({ do: 'wait' });
    expect(stepAfter(beginAt(at(99, null)), chain(60, null)).step).to.deep.equal({ do: 'wait' });
  });

  it('reads on from where the books stand, never past the newest block', () => {
    expect(stepAfter(beginAt(at(50)), chain(53)).step).to.deep.equal({
      do: 'read',
      to: 53,
      tip: 53,
      again: false,
    });
    expect(stepAfter(beginAt(at(-1, null)), chain(0)).step).to.deep.equal({
      do: 'read',
      to: 0,
      tip: 0,
      again: false,
    });
    const { step } = stepAfter(beginAt(at(50)), chain(tip));
    expect(step).to.include({ do: 'read', tip, again: false });
    expect(sizeOf(step, 50)).to.be.greaterThan(1).and.lessThan(1_000);
  });

  it('looks at the chain after everything it did', () => {
    expect(stepAfter(beginAt(at(50)), written(60, 1)).step).to.deep.equal({ do: 'look' });
    expect(stepAfter(beginAt(at(50)), { saw: 'undone', position: at(40) }).step).to.deep.equal({
      do: 'look',
    });
  });

  it('reads more blocks at once while they hold little, and fewer when they hold much or are refused', () => {
    const usual = stepAfter(beginAt(at(0)), chain(tip));
    const size = sizeOf(usual.step, 0);
    expect(sizeOf(stepAfter(usual.mind, written(size, 0), chain(tip)).step, size)).to.equal(2 * size);
    expect(sizeOf(stepAfter(usual.mind, written(size, 8_000), chain(tip)).step, size)).to.equal(size);
    expect(sizeOf(stepAfter(usual.mind, written(size, 90_000), chain(tip)).step, size)).to.equal(size / 2);
    expect(sizeOf(stepAfter(usual.mind, written(size, 0, true), chain(tip)).step, size)).to.equal(size / 2);
    const long = Array.from({ length: 40 }, () => written(0, 0));
    expect(sizeOf(stepAfter(usual.mind, ...long, chain(tip)).step, 0)).to.be.at.most(100_000);
    const dense = Array.from({ length: 40 }, () => written(0, 99_999));
    expect(sizeOf(stepAfter(usual.mind, ...dense, chain(tip)).step, 0)).to.equal(1);
  });
});
