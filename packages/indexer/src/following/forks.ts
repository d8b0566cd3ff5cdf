import type { Position } from '@plumbline/store';
import type { Hex } from 'viem';

/** Chooses which of several nodes to follow when they disagree. Pure. */

/** The chain as one node has it. */
export interface NodeView {
  tip: number;
  /** Hash of its block where the books stand; null if it has none. */
  positionHash: Hex | null;
}

export type Choice =
  /** A node that has the block where the books stand. */
  | { type: 'same'; node: number }
  /** A node on a fork that beats the books' fork: the books roll back. */
  | { type: 'other'; node: number }
  /** Every node's chain ends below the books; this is the longest. */
  | { type: 'shorter'; node: number }
  /** Too few nodes answer to decide. */
  | { type: 'none' };

/**
 * Prefers the longest chain among nodes that have the books' block, and leaves it only for a longer chain. So neither two
 * forks nor a node that is behind can send the books back and forth.
 * @param current The node in use, which stays if no other is better.
 */
export function chooseNode(
  { number, hash }: Pick<Position, 'number' | 'hash'>,
  views: readonly (NodeView | undefined)[],
  current: number,
): Choice {
  const longest = (suits: (view: NodeView) => boolean): number => {
    let best = -1;
    views.forEach((view, node) => {
      if (!view || !suits(view)) return;
      const bestTip = views[best]?.tip ?? -1;
      if (view.tip > bestTip || (view.tip === bestTip && node === current)) best = node;
    });
    return best;
  };
  const same = longest(({ positionHash }) => hash === null || positionHash === hash);
  const other = longest(
    ({ positionHash }) => hash !== null && positionHash !== null && positionHash !== hash,
  );
  const tipOf = (node: number) => views[node]?.tip ?? -1;
  if (same >= 0)
    return tipOf(other) > tipOf(same) ? { type: 'other', node: other } : { type: 'same', node: same };
  // A node that does not answer may have the books' block.
  const allAnswer = views.every((view) => view !== undefined);
  if (other >= 0 && (allAnswer || tipOf(other) > number)) return { type: 'other', node: other };
  const shorter = longest(() => true);
  return allAnswer && shorter >= 0 ? { type: 'shorter', node: shorter } : { type: 'none' };
}
