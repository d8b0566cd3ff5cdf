import {
  type Action,
  type Effect,
  firstEffect,
  initialState,
  reduce,
  type State,
  UnstableChainError,
} from '@plumbline/indexer/testing';
import { expect } from 'chai';
import type { Hex } from 'viem';

const HASH: Hex = `0x${'11'.repeat(32)}`;
const OTHER: Hex = `0x${'22'.repeat(32)}`;

const at = (number: number, hash: Hex | null = HASH) => ({ number, hash, head: OTHER, entryCount: 7 });
const chain = (tip: number, positionHash: Hex | null = HASH): Action => ({
  type: 'chainSeen',
  tip,
  positionHash,
});
const nodes = (...views: ([number, Hex | null] | undefined)[]): Action => ({
  type: 'nodesSeen',
  current: 0,
  views: views.map((view) => view && { tip: view[0], positionHash: view[1] }),
});
const read = (number: number): Action => ({ type: 'blocksRead', position: at(number) });
const error = new Error('wrong');
const refused = (number: number): Action => ({ type: 'logsRefused', position: at(number), error });
const moved = (number: number): Action => ({ type: 'chainMoved', position: at(number), error });
const rolledBack = (number: number): Action => ({ type: 'rolledBack', position: at(number) });

/** The state and the effect after all `actions`. */
function reduceAll(state: State, ...actions: Action[]): { state: State; effect: Effect } {
  return actions.reduce<{ state: State; effect: Effect }>(
    (before, each) => {
      const [next, effect] = reduce(before.state, each);
      return { state: next, effect };
    },
    { state, effect: { type: 'look' } },
  );
}

const times = (count: number, action: Action) => Array.from({ length: count }, () => action);

describe("the indexer's planner", () => {
  it('goes back when the chain has another block where the books stand, once that is sure', () => {
    const once = reduceAll(initialState(at(50)), chain(60, OTHER));
    expect(once.effect).to.deep.equal({ type: 'lookLater' });
    const twice = reduceAll(once.state, chain(60, OTHER));
    expect(twice.effect).to.deep.equal({ type: 'compare', later: false });
    expect(reduceAll(twice.state, nodes([60, OTHER])).effect).to.deep.equal({ type: 'rollBack', node: 0 });
    expect(reduceAll(once.state, chain(60), chain(60, OTHER)).effect).to.deep.equal({ type: 'lookLater' });
  });

  it('is slower to go back when the chain only seems to be shorter: the node may be behind', () => {
    const four = reduceAll(initialState(at(50)), ...times(4, chain(40, null)));
    expect(four.effect).to.deep.equal({ type: 'lookLater' });
    const five = reduceAll(four.state, chain(40, null), nodes([40, null]));
    expect(five.effect).to.deep.equal({ type: 'rollBack', node: 0 });
  });

  it('asks all nodes before it begins, if there are several', () => {
    expect(firstEffect(initialState(at(50)))).to.deep.equal({ type: 'look' });
    expect(firstEffect(initialState(at(50), 2))).to.deep.equal({ type: 'compare', later: false });
  });

  it('stays with a node that has the block where the books stand', () => {
    const state = reduceAll(initialState(at(50), 3), chain(60, OTHER)).state;
    const seen = nodes([60, OTHER], [40, null], [60, HASH]);
    expect(reduceAll(state, seen).effect).to.deep.equal({ type: 'use', node: 2 });
  });

  it('goes over to a longer chain of another node, once that is sure', () => {
    const seen = nodes([60, HASH], [61, OTHER]);
    const first = reduceAll(initialState(at(50), 2), seen);
    expect(first.effect).to.deep.equal({ type: 'compare', later: true });
    expect(reduceAll(first.state, seen, seen).effect).to.deep.equal({ type: 'rollBack', node: 1 });
  });

  it('stops when a chain goes back again and again without going on', () => {
    const nineteen = reduceAll(initialState(at(50)), ...times(19, rolledBack(49)));
    expect(nineteen.effect).to.deep.equal({ type: 'look' });
    const twenty = reduceAll(nineteen.state, rolledBack(49)).effect;
    expect(twenty.type === 'stop' && twenty.error).to.be.instanceOf(UnstableChainError);
    expect(reduceAll(nineteen.state, read(50), rolledBack(49)).effect.type).to.equal('stop');
    expect(reduceAll(nineteen.state, read(51), rolledBack(49)).effect).to.deep.equal({ type: 'look' });
  });

  it('stops when what follows is refused twice by each node, and not before', () => {
    const first = reduceAll(initialState(at(50)), chain(60), refused(50));
    expect(first.effect).to.deep.equal({ type: 'lookLater' });
    const second = reduceAll(first.state, chain(60));
    expect(second.effect).to.deep.equal({ type: 'read', to: 60, again: true });
    expect(reduceAll(second.state, refused(50)).effect).to.deep.equal({ type: 'stop', error });
    for (const good of [read(60), refused(55), rolledBack(40)]) {
      const between = reduceAll(second.state, good, chain(70));
      if (good.type !== 'logsRefused') expect(between.effect).to.deep.include({ again: false });
      if (good.type !== 'logsRefused') {
        expect(reduceAll(between.state, refused(between.state.position.number)).effect.type).to.equal(
          'lookLater',
        );
      } else expect(between.effect).to.deep.equal({ type: 'read', to: 70, again: true });
    }
    const three = reduceAll(initialState(at(50), 2), ...times(3, refused(50)));
    expect(three.effect).to.deep.equal({ type: 'lookLater' });
    expect(reduceAll(three.state, refused(50)).effect).to.deep.equal({ type: 'stop', error });
  });

  it('stops when the chain seems to change again and again, and not when something was written between', () => {
    const nine = reduceAll(initialState(at(50)), ...times(9, moved(50)));
    expect(nine.effect).to.deep.equal({ type: 'lookLater' });
    expect(reduceAll(nine.state, moved(50)).effect).to.deep.equal({ type: 'stop', error });
    expect(reduceAll(nine.state, read(51), moved(51)).effect).to.deep.equal({ type: 'lookLater' });
    expect(reduceAll(nine.state, moved(51)).effect).to.deep.equal({ type: 'look' });
  });

  it('waits when nothing is new', () => {
    expect(reduceAll(initialState(at(60)), chain(60)).effect).to.deep.equal({ type: 'wait' });
    expect(reduceAll(initialState(at(99, null)), chain(60, null)).effect).to.deep.equal({ type: 'wait' });
  });

  it('asks other nodes now and then when nothing is new for long', () => {
    const long = reduceAll(initialState(at(60), 2), ...times(24, chain(60)));
    expect(long.effect).to.deep.equal({ type: 'wait' });
    const longer = reduceAll(long.state, chain(60));
    expect(longer.effect).to.deep.equal({ type: 'compare', later: false });
    expect(reduceAll(longer.state, nodes([60, HASH], [62, HASH])).effect).to.deep.equal({
      type: 'use',
      node: 1,
    });
    expect(reduceAll(initialState(at(60)), ...times(25, chain(60))).effect).to.deep.equal({ type: 'wait' });
  });

  it('reads everything that is new, and looks again', () => {
    expect(reduceAll(initialState(at(50)), chain(53)).effect).to.deep.equal({
      type: 'read',
      to: 53,
      again: false,
    });
    const first = reduceAll(initialState(at(-1, null)), chain(0)).effect;
    expect(first).to.deep.equal({ type: 'read', to: 0, again: false });
    expect(reduceAll(initialState(at(50)), read(60)).effect).to.deep.equal({ type: 'look' });
    expect(reduceAll(initialState(at(50)), rolledBack(40)).effect).to.deep.equal({ type: 'look' });
  });
});
