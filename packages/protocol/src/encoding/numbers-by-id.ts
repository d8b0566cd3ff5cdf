/** Ids to a page. */
const PAGE_BITS = 12;
const PAGE = 2 ** PAGE_BITS;

/**
 * A whole number (below 2^31, from 0) for each of many ids. Ids of distributors lie close together, so pages of plain memory hold
 * them: a look-up costs a fraction of a Map's, and collecting a sync's credits is little more than a look-up for each.
 */
export class NumbersById {
  readonly #pages: (Int32Array | undefined)[] = [];

  /** -1 if the id has none. */
  get(id: number): number {
    return this.#pages[id >> PAGE_BITS]?.[id & (PAGE - 1)] ?? -1;
  }

  set(id: number, number: number): void {
    const at = id >> PAGE_BITS;
    // An array with gaps would be kept as a dictionary.
    while (this.#pages.length <= at) this.#pages.push(undefined);
    const page = this.#pages[at] ?? new Int32Array(PAGE).fill(-1);
    this.#pages[at] = page;
    page[id & (PAGE - 1)] = number;
  }
}
