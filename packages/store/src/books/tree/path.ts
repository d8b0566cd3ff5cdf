/**
 * Places in the tree as strings of bits. A distributor's path is the sponsor's path followed by the code of the
 * distributor's place among all ever placed directly below that sponsor. No code is a prefix of another and codes sort
 * like places, so exactly the distributor and its downline have paths from `path` to `pathEnd(path)`: a downline is a
 * range of an index, and a new distributor costs one row and moves no other. Pure.
 */

/** More ones than any code starts with: ids have 26 bits. */
const ALL_ONES = '1'.repeat(32);

/**
 * The code of a place (1, 2, ...): the number of binary digits after the first, in unary (ones and a final zero), then
 * those digits. A first place takes a single bit, so a chain of distributors with one recruit each takes a bit per
 * level.
 */
export function placeCode(place: number): string {
  const digits = place.toString(2).slice(1);
  return `${'1'.repeat(digits.length)}0${digits}`;
}

/** The end of the range: after every path in the downline of `path`, before every later path outside it. */
export function pathEnd(path: string): string {
  return path + ALL_ONES;
}

/** The path of the distributor at `depth` in the upline of `path`, or `path` itself. */
export function pathAt(path: string, depth: number): string {
  let end = 0;
  for (let codes = 0; codes <= depth; codes++) {
    const zero = path.indexOf('0', end);
    end = 2 * zero - end + 1;
  }
  return path.slice(0, end);
}

/** Where a distributor stands in the tree. */
export interface TreePlace {
  /** Distributors above; 0 for a root. */
  depth: number;
  path: string;
}
