import type { JournalEntry } from '@plumbline/protocol';
import type { TimedEntry } from './changes.ts';

/** Entries between which nobody changes their place in the tree, or one that changes somebody's. */
export interface Segment {
  entries: TimedEntry[];
  /** Whether it is a correction of a sponsor, alone. */
  isCorrection: boolean;
}

/** Cuts entries where the tree changes other than by growing. */
export function segmentsOf(entries: readonly TimedEntry[]): Segment[] {
  const segments: Segment[] = [];
  let open: Segment | undefined;
  for (const entry of entries) {
    const isCorrection = entry.entry.kind === 'sponsorCorrected';
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
 * @param blocks Every block that holds one of them, ascending, and its time in unix seconds.
 */
export function timed(
  first: number,
  entries: readonly JournalEntry[],
  blocks: readonly { number: number; timestamp: number }[],
): TimedEntry[] {
  const times = new Map(blocks.map(({ number, timestamp }) => [number, timestamp]));
  return entries.map((entry, i) => {
    const time = times.get(Number(entry.blockNumber));
    if (time === undefined) throw new Error(`block ${entry.blockNumber} of entry ${first + i} is not given`);
    return { ...entry, number: first + i, time };
  });
}
