import {
  beginAt,
  decide,
  firstStep,
  type Mind,
  type Observation,
  type Step,
  UnstableChainError,
} from '@plumbline/indexer/testing';
import { expect } from 'chai';
import type { Hex } from 'viem';

const HASH: Hex = `0x${'11'.repeat(32)}`;
const OTHER: Hex = `0x${'22'.repeat(32)}`;

const at = (number: number, hash: Hex | null = HASH) => ({ number, hash, head: OTHER, entryCount: 7 });
const chain = (tip: number, positionHash: Hex | null = HASH): Observation => ({
  saw: 'chain',
  tip,
  positionHash,
});
const nodes = (...views: ([number, Hex | null] | undefined)[]): Observation => ({
  saw: 'nodes',
  current: 0,
  views: views.map((view) => view && { tip: view[0], positionHash: view[1] }),
});
const read = (number: number): Observation => ({ saw: 'read', position: at(number) });
const error = new Error('wrong');
const falseLogs = (number: number): Observation => ({ saw: 'falseLogs', position: at(number), error });
const moved = (number: number): Observation => ({ saw: 'moved', position: at(number), error });
const undone = (number: number): Observation => ({ saw: 'undone', position: at(number) });

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

const times = (count: number, seen: Observation) => Array.from({ length: count }, () => seen);

describe("the indexer's planner", () => {
  it('goes back when the chain has another block where the books stand, once that is sure', () => {
    const once = stepAfter(beginAt(at(50)), chain(60, OTHER));
    expect(once.step).to.deep.equal({ do: 'lookLater' });
    const twice = stepAfter(once.mind, chain(60, OTHER));
    expect(twice.step).to.deep.equal({ do: 'compare', later: false });
    expect(stepAfter(twice.mind, nodes([60, OTHER])).step).to.deep.equal({ do: 'undo', node: 0 });
    expect(stepAfter(once.mind, chain(60), chain(60, OTHER)).step).to.deep.equal({ do: 'lookLater' });
  });

  it('is slower to go back when the chain only seems to be shorter: the node may be behind', () => {
    const four = stepAfter(beginAt(at(50)), ...times(4, chain(40, null)));
    expect(four.step).to.deep.equal({ do: 'lookLater' });
    const five = stepAfter(four.mind, chain(40, null), nodes([40, null]));
    expect(five.step).to.deep.equal({ do: 'undo', node: 0 });
  });

  it('asks all nodes before it begins, if there are several', () => {
    expect(firstStep(beginAt(at(50)))).to.deep.equal({ do: 'look' });
    expect(firstStep(beginAt(at(50), 2))).to.deep.equal({ do: 'compare', later: false });
  });

  it('stays with a node that has the block where the books stand', () => {
    const mind = stepAfter(beginAt(at(50), 3), chain(60, OTHER)).mind;
    const seen = nodes([60, OTHER], [40, null], [60, HASH]);
    expect(stepAfter(mind, seen).step).to.deep.equal({ do: 'use', node: 2 });
  });

  it('goes over to a longer chain of another node, once that is sure', () => {
    const seen = nodes([60, HASH], [61, OTHER]);
    const first = stepAfter(beginAt(at(50), 2), seen);
    expect(first.step).to.deep.equal({ do: 'compare', later: true });
    expect(stepAfter(first.mind, seen, seen).step).to.deep.equal({ do: 'undo', node: 1 });
  });

  it('stops when a chain goes back again and again without going on', () => {
    const nineteen = stepAfter(beginAt(at(50)), ...times(19, undone(49)));
    expect(nineteen.step).to.deep.equal({ do: 'look' });
    const twenty = stepAfter(nineteen.mind, undone(49)).step;
    expect(twenty.do === 'stop' && twenty.error).to.be.instanceOf(UnstableChainError);
    expect(stepAfter(nineteen.mind, read(50), undone(49)).step.do).to.equal('stop');
    expect(stepAfter(nineteen.mind, read(51), undone(49)).step).to.deep.equal({ do: 'look' });
  });

  it('stops when what follows is refused twice by each node, and not before', () => {
    const first = stepAfter(beginAt(at(50)), chain(60), falseLogs(50));
    expect(first.step).to.deep.equal({ do: 'lookLater' });
    const second = stepAfter(first.mind, chain(60));
    expect(second.step).to.deep.equal({ do: 'read', to: 60, again: true });
    expect(stepAfter(second.mind, falseLogs(50)).step).to.deep.equal({ do: 'stop', error });
    for (const good of [read(60), falseLogs(55), undone(40)]) {
      const between = stepAfter(second.mind, good, chain(70));
      if (good.saw !== 'falseLogs') expect(between.step).to.deep.include({ again: false });
      if (good.saw !== 'falseLogs') {
        expect(stepAfter(between.mind, falseLogs(between.mind.position.number)).step.do).to.equal(
          'lookLater',
        );
      } else expect(between.step).to.deep.equal({ do: 'read', to: 70, again: true });
    }
    const three = stepAfter(beginAt(at(50), 2), ...times(3, falseLogs(50)));
    expect(three.step).to.deep.equal({ do: 'lookLater' });
    expect(stepAfter(three.mind, falseLogs(50)).step).to.deep.equal({ do: 'stop', error });
  });

  it('stops when the chain seems to change again and again, and not when something was written between', () => {
    const nine = stepAfter(beginAt(at(50)), ...times(9, moved(50)));
    expect(nine.step).to.deep.equal({ do: 'lookLater' });
    expect(stepAfter(nine.mind, moved(50)).step).to.deep.equal({ do: 'stop', error });
    expect(stepAfter(nine.mind, read(51), moved(51)).step).to.deep.equal({ do: 'lookLater' });
    expect(stepAfter(nine.mind, moved(51)).step).to.deep.equal({ do: 'look' });
  });

  it('waits when nothing is new', () => {
    expect(stepAfter(beginAt(at(60)), chain(60)).step).to.deep.equal({ do: 'wait' });
    expect(stepAfter(beginAt(at(99, null)), chain(60, null)).step).to.deep.equal({ do: 'wait' });
  });

  it('asks other nodes now and then when nothing is new for long', () => {
    const long = stepAfter(beginAt(at(60), 2), ...times(24, chain(60)));
    expect(long.step).to.deep.equal({ do: 'wait' });
    const longer = stepAfter(long.mind, chain(60));
    expect(longer.step).to.deep.equal({ do: 'compare', later: false });
    expect(stepAfter(longer.mind, nodes([60, HASH], [62, HASH])).step).to.deep.equal({ do: 'use', node: 1 });
    expect(stepAfter(beginAt(at(60)), ...times(25, chain(60))).step).to.deep.equal({ do: 'wait' });
  });

  it('reads everything that is new, and looks again', () => {
    expect(stepAfter(beginAt(at(50)), chain(53)).step).to.deep.equal({ do: 'read', to: 53, again: false });
    const first = stepAfter(beginAt(at(-1, null)), chain(0)).step;
    expect(first).to.deep.equal({ do: 'read', to: 0, again: false });
    expect(stepAfter(beginAt(at(50)), read(60)).step).to.deep.equal({ do: 'look' });
    expect(stepAfter(beginAt(at(50)), undone(40)).step).to.deep.equal({ do: 'look' });
  });
});
