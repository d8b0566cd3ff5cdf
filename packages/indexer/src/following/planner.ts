import type { Position } from '@plumbline/store';
import type { Hex } from 'viem';
import { UnstableChainError } from '../errors.ts';
import { chooseNode, type View } from './forks.ts';

/** The indexer's mind: from what it knows and what it just saw to what it does next. Pure. */

export interface Mind {
  /** Where the books stand. */
  position: Position;
  /** How many nodes can be asked. */
  nodes: number;
  /** How often in a row the logs after the position were refused. */
  doubts: number;
  /** How often in a row the chain changed under the reading. */
  moves: number;
  /** How often in a row a node did not have the block where the books stand. */
  strange: number;
  /** How often in a row nothing was new. */
  idle: number;
  /** How often the books went back since they were beyond every block before. */
  undone: number;
  highest: number;
}

export type Observation =
  /** The chain as the node has it; a null hash: it has no block of the position's number. */
  | { saw: 'chain'; tip: number; positionHash: Hex | null }
  /** What all nodes have; undefined for one that does not answer. */
  | { saw: 'nodes'; views: readonly (View | undefined)[]; current: number }
  /** Everything up to the block that was asked for is in the books. */
  | { saw: 'read'; position: Position }
  /** The logs after the position are not the journal. */
  | { saw: 'falseLogs'; position: Position; error: Error }
  /** The chain, or the books, changed during the reading; `position` is where the books stand now. */
  | { saw: 'moved'; position: Position; error: Error }
  /** The books went back. */
  | { saw: 'undone'; position: Position };

export type Step =
  | { do: 'look' }
  /** Look again, after the pause that a chain with nothing new gets. */
  | { do: 'lookLater' }
  /** Nothing is new. */
  | { do: 'wait' }
  /** Ask all nodes where they are; `later`: after a pause, because a node may just be late. */
  | { do: 'compare'; later: boolean }
  /** Ask this node from now on. */
  | { do: 'use'; node: number }
  /** Read and write the blocks after the position. `again`: from before the last entries, which may be incomplete. */
  | { do: 'read'; to: number; again: boolean }
  /** Find the newest block that the books share with this node, and go back to it. */
  | { do: 'undo'; node: number }
  | { do: 'stop'; error: Error };

/** A chain that changes this often in a row is none: the node contradicts itself. */
const MANY_MOVES = 10;
const MANY_UNDONE = 20;

/** How often a node must lack the block where the books stand before they go back: one behind a balancer may be late. */
const LOOKS_AT_OTHER = 2;
const LOOKS_AT_NONE = 5;

/** Chances of a node whose logs are refused: it may have been asked before it had the block. */
const CHANCES = 2;

/** How often nothing may be new before other nodes are asked whether they have something. */
const MANY_IDLE = 25;

/** A mind that has seen nothing yet. */
export function beginAt(position: Position, nodes = 1): Mind {
  const { number } = position;
  return { position, nodes, doubts: 0, moves: 0, strange: 0, idle: 0, undone: 0, highest: number };
}

/** What to do first. */
export function firstStep({ nodes }: Mind): Step {
  return nodes > 1 ? { do: 'compare', later: false } : { do: 'look' };
}

/** What to do next. */
export function decide(mind: Mind, seen: Observation): [Mind, Step] {
  switch (seen.saw) {
    case 'chain':
      return follow(mind, seen.tip, seen.positionHash);
    case 'nodes':
      return choose(mind, seen.views, seen.current);
    case 'read':
      return [at(mind, seen.position), { do: 'look' }];
    case 'falseLogs':
      return doubt(mind, seen.position, seen.error);
    case 'moved':
      return move(mind, seen.position, seen.error);
    case 'undone':
      return goBack(mind, seen.position);
  }
}

/** The mind with the books at `position`, which they were brought to. */
function at(mind: Mind, position: Position): Mind {
  if (position.number === mind.position.number && position.hash === mind.position.hash) return mind;
  const { nodes, undone, highest } = mind;
  const isBeyond = position.number > highest;
  return {
    ...beginAt(position, nodes),
    undone: isBeyond ? 0 : undone,
    highest: Math.max(highest, position.number),
  };
}

function doubt(before: Mind, position: Position, error: Error): [Mind, Step] {
  const mind = at(before, position);
  const doubts = mind.doubts + 1;
  if (doubts >= CHANCES * mind.nodes) return [mind, { do: 'stop', error }];
  return [{ ...mind, doubts }, { do: 'lookLater' }];
}

function move(before: Mind, position: Position, error: Error): [Mind, Step] {
  const mind = at(before, position);
  // Something was written, or another writer has brought the books forward.
  if (mind !== before) return [mind, { do: 'look' }];
  const moves = mind.moves + 1;
  if (moves >= MANY_MOVES * mind.nodes) return [mind, { do: 'stop', error }];
  return [{ ...mind, moves }, { do: 'lookLater' }];
}

function goBack(mind: Mind, position: Position): [Mind, Step] {
  const { nodes, highest } = mind;
  const undone = mind.undone + 1;
  if (undone >= MANY_UNDONE) return [mind, { do: 'stop', error: new UnstableChainError(undone, highest) }];
  return [{ ...beginAt(position, nodes), undone, highest }, { do: 'look' }];
}

function follow(mind: Mind, tip: number, positionHash: Hex | null): [Mind, Step] {
  const { position, doubts, nodes } = mind;
  if (position.hash !== null && position.hash !== positionHash) {
    const strange = mind.strange + 1;
    const enough = positionHash === null ? LOOKS_AT_NONE : LOOKS_AT_OTHER;
    if (nodes === 1 && strange < enough) return [{ ...mind, strange }, { do: 'lookLater' }];
    return [
      { ...mind, strange },
      { do: 'compare', later: strange > LOOKS_AT_NONE },
    ];
  }
  if (tip > position.number) {
    return [
      { ...mind, strange: 0, idle: 0 },
      { do: 'read', to: tip, again: doubts > 0 },
    ];
  }
  const idle = mind.idle + 1;
  const isLong = nodes > 1 && idle % MANY_IDLE === 0;
  return [{ ...mind, strange: 0, idle }, isLong ? { do: 'compare', later: false } : { do: 'wait' }];
}

function choose(mind: Mind, views: readonly (View | undefined)[], current: number): [Mind, Step] {
  const choice = chooseNode(mind.position, views, current);
  if (choice.is === 'same') return [mind, { do: 'use', node: choice.node }];
  const enough = choice.is === 'other' ? LOOKS_AT_OTHER : LOOKS_AT_NONE;
  if (choice.is === 'none') return [mind, { do: 'lookLater' }];
  if (mind.strange < enough)
    return [
      { ...mind, strange: mind.strange + 1 },
      { do: 'compare', later: true },
    ];
  return [mind, { do: 'undo', node: choice.node }];
}
