import { time } from '../format.ts';

/** A point in time, given in unix seconds. */
export function Timestamp({ at }: { at: number }) {
  return <time dateTime={new Date(at * 1_000).toISOString()}>{time(at)}</time>;
}
