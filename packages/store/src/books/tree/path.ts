/**
 * Where distributors stand in the tree, as strings of bits. A distributor's path is their sponsor's, followed by the code of their
 * place among all who were ever put right below that sponsor. No code begins another one and codes sort like places, so
 * that everybody below a distributor has a path from `path` up to `pathEnd(path)`, and nobody else has: a downline is a range
 * of an index, a new distributor costs a row and moves nobody. Pure.
 */

/** More ones than any code begins with: ids have 26 bits. */
const ALL_ONES = '1'.repeat(32);

/**
 * The code of a place (1, 2, ...): how many binary digits follow the first one, in ones ended by a zero, and those
 * digits. A line of distributors one below the other takes a bit for each.
 */
export function placeCode(place: number): string {
  const digits = place.toString(2).slice(1);
  return `${'1'.repeat(digits.length)}0${digits}`;
}

/** After the paths of everybody below the distributor with `path`, and before those of everybody else who comes later. */
export function pathEnd(path: string): string {
  return path + ALL_ONES;
}

/** The path of whoever stands at `depth` above the distributor with `path`, or that of the distributor themself. */
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
