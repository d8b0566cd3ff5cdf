import type { JournalEntry } from '@plumbline/protocol';
import type { TimedEntry } from './changes.ts';

/** Entries that leave every distributor in its place in the tree, or a single one that moves a distributor. */
export interface Segment {
  entries: TimedEntry[];
  /** Whether it is a single correction of a sponsor. */
  isCorrection: boolean;
}

/** Only a change that corrects a sponsor has a new id. */
function isMove({ entry }: TimedEntry): boolean {
  return entry.kind === 'changeApplied' && entry.newId !== 0;
}

/** Splits entries at each correction of a sponsor. */
export function segmentsOf(entries: readonly TimedEntry[]): Segment[] {
  const segments: Segment[] = [];
  let open: Segment | undefined;
  for (const entry of entries) {
    const isCorrection = isMove(entry);
    if (!open || isCorrection) {
      open = { entries: [], isCorrection };
      segments.push(open);
    }
    open.entries.push(entry);
    if (isCorrection) open = undefined;
  }
  return segments;
}

/**
 * Entries with their numbers and times.
 * @param first Number of the first.
 * @param blocks Every block with one of the entries, ascending; times in unix seconds.
 */
export function timed(
  first: number,
  entries: readonly JournalEntry[],
  blocks: readonly { number: number; timestamp: number }[],
): TimedEntry[] {
  const times = new Map(blocks.map(({ number, timestamp }) => [number, timestamp]));
  return entries.map((entry, i) => {
    const time = times.get(Number(entry.blockNumber));
    if (time === undefined) throw new Error(`block ${entry.blockNumber} of entry ${first + i} is missing`);
    return { ...entry, number: first + i, time };
  });
}
