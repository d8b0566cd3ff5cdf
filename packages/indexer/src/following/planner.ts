import type { Position } from '@plumbline/store';
import type { Hex } from 'viem';
import { UnstableChainError } from '../errors.ts';
import { chooseNode, type NodeView } from './forks.ts';

/** Decides what the follower does next: a pure reducer from (state, action) to [state, effect]. */

export interface State {
  /** Where the books stand. */
  position: Position;
  /** Number of nodes that can be asked. */
  nodes: number;
  /** Times in a row that the logs after the position were refused. */
  refusals: number;
  /** Times in a row that the chain changed while it was read. */
  moves: number;
  /** Times in a row that a node did not have the block where the books stand. */
  mismatches: number;
  /** Times in a row that nothing was new. */
  idle: number;
  /** Rollbacks since the books last reached a new highest block. */
  rollbacks: number;
  highest: number;
}

/** What just happened. */
export type Action =
  /** The chain as the node has it. A null hash means that it has no block of the position's number. */
  | { type: 'chainSeen'; tip: number; positionHash: Hex | null }
  /** The chain as every node has it; undefined for one that does not answer. */
  | { type: 'nodesSeen'; views: readonly (NodeView | undefined)[]; current: number }
  /** Everything up to the requested block is in the books. */
  | { type: 'blocksRead'; position: Position }
  /** The logs after the position are not the journal. */
  | { type: 'logsRefused'; position: Position; error: Error }
  /** The chain or the books changed during the reading; the books now stand at `position`. */
  | { type: 'chainMoved'; position: Position; error: Error }
  /** The books were rolled back. */
  | { type: 'rolledBack'; position: Position };

/** What to do next. */
export type Effect =
  | { type: 'look' }
  /** Look again, after the pause between two polls. */
  | { type: 'lookLater' }
  /** Nothing is new. */
  | { type: 'wait' }
  /** Look at every node; `later` means after a pause, because a node may just be late. */
  | { type: 'compare'; later: boolean }
  /** Ask this node from now on. */
  | { type: 'use'; node: number }
  /** Read and write the blocks after the position. `again` starts before the last entries, which may be incomplete. */
  | { type: 'read'; to: number; again: boolean }
  /** Roll the books back to the newest block that they share with this node. */
  | { type: 'rollBack'; node: number }
  | { type: 'stop'; error: Error };

/** A node contradicts itself when its chain changes this often in a row, or is rolled back this often. */
const MAX_MOVES = 10;
const MAX_ROLLBACKS = 20;

/** A node behind a load balancer may be late, so one look that lacks the books' block is not enough to roll back. */
const MISMATCHES_BEFORE_ROLLBACK = 2;
const ABSENCES_BEFORE_ROLLBACK = 5;

/** A node whose logs are refused may have been asked before it had the block, so it is asked twice. */
const MAX_REFUSALS = 2;

/** Other nodes may have news when this one has had none for so many looks. */
const IDLE_LOOKS_BEFORE_COMPARE = 25;

/** The state before anything was seen. */
export function initialState(position: Position, nodes = 1): State {
  const { number } = position;
  return { position, nodes, refusals: 0, moves: 0, mismatches: 0, idle: 0, rollbacks: 0, highest: number };
}

export function firstEffect({ nodes }: State): Effect {
  return nodes > 1 ? { type: 'compare', later: false } : { type: 'look' };
}

export function reduce(state: State, action: Action): [State, Effect] {
  switch (action.type) {
    case 'chainSeen':
      return onChain(state, action.tip, action.positionHash);
    case 'nodesSeen':
      return onNodes(state, action.views, action.current);
    case 'blocksRead':
      return [moveTo(state, action.position), { type: 'look' }];
    case 'logsRefused':
      return onRefusal(state, action.position, action.error);
    case 'chainMoved':
      return onMove(state, action.position, action.error);
    case 'rolledBack':
      return onRollback(state, action.position);
  }
}

/** The state once the books have been brought to `position`; the same object if they were there already. */
function moveTo(state: State, position: Position): State {
  if (position.number === state.position.number && position.hash === state.position.hash) return state;
  const { nodes, rollbacks, highest } = state;
  const isBeyond = position.number > highest;
  return {
    ...initialState(position, nodes),
    rollbacks: isBeyond ? 0 : rollbacks,
    highest: Math.max(highest, position.number),
  };
}

function onRefusal(before: State, position: Position, error: Error): [State, Effect] {
  const state = moveTo(before, position);
  const refusals = state.refusals + 1;
  if (refusals >= MAX_REFUSALS * state.nodes) return [state, { type: 'stop', error }];
  return [{ ...state, refusals }, { type: 'lookLater' }];
}

function onMove(before: State, position: Position, error: Error): [State, Effect] {
  const state = moveTo(before, position);
  // Something was written, or another writer has brought the books forward.
  if (state !== before) return [state, { type: 'look' }];
  const moves = state.moves + 1;
  if (moves >= MAX_MOVES * state.nodes) return [state, { type: 'stop', error }];
  return [{ ...state, moves }, { type: 'lookLater' }];
}

function onRollback(state: State, position: Position): [State, Effect] {
  const { nodes, highest } = state;
  const rollbacks = state.rollbacks + 1;
  if (rollbacks >= MAX_ROLLBACKS)
    return [state, { type: 'stop', error: new UnstableChainError(rollbacks, highest) }];
  return [{ ...initialState(position, nodes), rollbacks, highest }, { type: 'look' }];
}

function onChain(state: State, tip: number, positionHash: Hex | null): [State, Effect] {
  const { position, refusals, nodes } = state;
  if (position.hash !== null && position.hash !== positionHash) {
    const mismatches = state.mismatches + 1;
    const enough = positionHash === null ? ABSENCES_BEFORE_ROLLBACK : MISMATCHES_BEFORE_ROLLBACK;
    if (nodes === 1 && mismatches < enough) return [{ ...state, mismatches }, { type: 'lookLater' }];
    return [
      { ...state, mismatches },
      { type: 'compare', later: mismatches > ABSENCES_BEFORE_ROLLBACK },
    ];
  }
  if (tip > position.number) {
    return [
      { ...state, mismatches: 0, idle: 0 },
      { type: 'read', to: tip, again: refusals > 0 },
    ];
  }
  const idle = state.idle + 1;
  const isLong = nodes > 1 && idle % IDLE_LOOKS_BEFORE_COMPARE === 0;
  return [{ ...state, mismatches: 0, idle }, isLong ? { type: 'compare', later: false } : { type: 'wait' }];
}

function onNodes(state: State, views: readonly (NodeView | undefined)[], current: number): [State, Effect] {
  const choice = chooseNode(state.position, views, current);
  if (choice.type === 'same') return [state, { type: 'use', node: choice.node }];
  if (choice.type === 'none') return [state, { type: 'lookLater' }];
  const enough = choice.type === 'other' ? MISMATCHES_BEFORE_ROLLBACK : ABSENCES_BEFORE_ROLLBACK;
  if (state.mismatches < enough) {
    return [
      { ...state, mismatches: state.mismatches + 1 },
      { type: 'compare', later: true },
    ];
  }
  return [state, { type: 'rollBack', node: choice.node }];
}
