/** Ids per page. */
const PAGE_BITS = 12;
const PAGE = 2 ** PAGE_BITS;

/**
 * A whole number (from 0, below 2^31) for each of many ids. Distributor ids are dense, so pages of plain memory hold
 * them: a look-up costs a fraction of a Map's, and adding up the credits of a sync costs little more than one look-up
 * each.
 */
export class NumbersById {
  readonly #pages: (Int32Array | undefined)[] = [];

  /** -1 if the id has none. */
  get(id: number): number {
    return this.#pages[id >> PAGE_BITS]?.[id & (PAGE - 1)] ?? -1;
  }

  set(id: number, number: number): void {
    const at = id >> PAGE_BITS;
    // V8 keeps an array with gaps as a dictionary, which is slow.
    while (this.#pages.length <= at) this.#pages.push(undefined);
    const page = this.#pages[at] ?? new Int32Array(PAGE).fill(-1);
    this.#pages[at] = page;
    page[id & (PAGE - 1)] = number;
  }
}
