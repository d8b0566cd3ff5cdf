import type { Position } from '@plumbline/store';
import type { Hex } from 'viem';

/** The indexer's mind: from what it knows and what it just saw to what it does next. Pure. */

export interface Mind {
  /** Where the books stand. */
  position: Position;
  /** Blocks to read at once. */
  span: number;
  /** Whether the stretch to be read was refused once. */
  doubtful: boolean;
  /** How often in a row the chain changed under the reading. */
  moves: number;
}

export type Observation =
  /** The chain as the node has it; a null hash: it has no block of the position's number. */
  | { saw: 'chain'; tip: number; positionHash: Hex | null }
  /** A stretch is in the books. `wasSplit`: the node gave its logs only in pieces. */
  | { saw: 'written'; position: Position; logs: number; wasSplit: boolean }
  /** The logs of a stretch are not the journal. */
  | { saw: 'falseLogs'; error: Error }
  /** The chain, or the books, changed while a stretch was read; `position` is where the books stand now. */
  | { saw: 'moved'; position: Position; error: Error }
  /** The books went back. */
  | { saw: 'undone'; position: Position };

export type Step =
  | { do: 'look' }
  /** Look again, after the pause that a chain with nothing new gets. */
  | { do: 'lookLater' }
  /** Nothing is new. */
  | { do: 'wait' }
  /** Read and write the blocks after the position. `again`: from before the last entries, which may be incomplete. */
  | { do: 'read'; to: number; tip: number; again: boolean }
  /** Find the newest block that books and chain share, and go back to it. */
  | { do: 'undo' }
  | { do: 'stop'; error: Error };

/** Logs that a stretch should hold: enough to write in bulk, little enough to hold in memory. */
const FULL_STRETCH = 10_000;
/** A chain that changes this often in a row is none: the node contradicts itself. */
const MANY_MOVES = 10;

const FIRST_SPAN = 100;
const MAX_SPAN = 50_000;

/** A mind that has seen nothing yet. */
export function beginAt(position: Position): Mind {
  return { position, span: FIRST_SPAN, doubtful: false, moves: 0 };
}

/** What to do next. */
export function decide(mind: Mind, seen: Observation): [Mind, Step] {
  switch (seen.saw) {
    case 'chain':
      return [mind, follow(mind, seen.tip, seen.positionHash)];
    case 'written':
      return [
        { ...beginAt(seen.position), span: adapt(mind.span, seen.logs, seen.wasSplit) },
        { do: 'look' },
      ];
    case 'falseLogs':
      // A node behind a balancer may have been asked before it had the block: it gets one more chance.
      if (mind.doubtful) return [mind, { do: 'stop', error: seen.error }];
      return [{ ...mind, doubtful: true }, { do: 'lookLater' }];
    case 'moved':
      return move(mind, seen.position, seen.error);
    case 'undone':
      return [{ ...beginAt(seen.position), span: mind.span }, { do: 'look' }];
  }
}

function move(mind: Mind, position: Position, error: Error): [Mind, Step] {
  // Another writer has brought the books forward.
  if (position.number !== mind.position.number)
    return [{ ...beginAt(position), span: mind.span }, { do: 'look' }];
  const moves = mind.moves + 1;
  if (moves >= MANY_MOVES) return [mind, { do: 'stop', error }];
  return [{ ...mind, moves }, { do: 'lookLater' }];
}

function follow({ position, span, doubtful }: Mind, tip: number, positionHash: Hex | null): Step {
  if (position.hash !== null && position.hash !== positionHash) return { do: 'undo' };
  if (tip <= position.number) return { do: 'wait' };
  return { do: 'read', to: Math.min(tip, position.number + span), tip, again: doubtful };
}

function adapt(span: number, logs: number, wasSplit: boolean): number {
  if (wasSplit || logs > 2 * FULL_STRETCH) return Math.max(1, Math.floor(span / 2));
  return logs < FULL_STRETCH / 2 ? Math.min(MAX_SPAN, span * 2) : span;
}
