import type { Position } from '@plumbline/store';
import type { Hex } from 'viem';

/** Which of several nodes to follow when they do not agree. Pure. */

/** What one node has. */
export interface View {
  tip: number;
  /** Of its block where the books stand; null if it has none. */
  positionHash: Hex | null;
}

export type Choice =
  /** It has the block where the books stand. */
  | { is: 'same'; node: number }
  /** It is of a fork that the others do not outdo: the books go back. */
  | { is: 'other'; node: number }
  /** Its chain ends below the books, and no node has more. */
  | { is: 'shorter'; node: number }
  /** Nothing can be said. */
  | { is: 'none' };

/**
 * The node to follow: of those that have the books' block the one with the longest chain, and another only with a longer
 * chain than these. So no two nodes of different forks, and none that is behind, can send the books back and forth.
 * @param current The node in use, which stays if no other is better.
 */
export function chooseNode(
  { number, hash }: Pick<Position, 'number' | 'hash'>,
  views: readonly (View | undefined)[],
  current: number,
): Choice {
  const longest = (suits: (view: View) => boolean): number => {
    let best = -1;
    views.forEach((view, node) => {
      if (!view || !suits(view)) return;
      const most = views[best]?.tip ?? -1;
      if (view.tip > most || (view.tip === most && node === current)) best = node;
    });
    return best;
  };
  const same = longest(({ positionHash }) => hash === null || positionHash === hash);
  const other = longest(
    ({ positionHash }) => hash !== null && positionHash !== null && positionHash !== hash,
  );
  const tipOf = (node: number) => views[node]?.tip ?? -1;
  if (same >= 0)
    return tipOf(other) > tipOf(same) ? { is: 'other', node: other } : { is: 'same', node: same };
  // Whoever does not answer may have the books' block.
  const allAnswer = views.every((view) => view !== undefined);
  if (other >= 0 && (allAnswer || tipOf(other) > number)) return { is: 'other', node: other };
  const shorter = longest(() => true);
  return allAnswer && shorter >= 0 ? { is: 'shorter', node: shorter } : { is: 'none' };
}
