/**
 * Finds the item that makes a list fail, where the items before it pass: calls work through their items in order.
 * @param count Items of a list that fails.
 * @param passes Whether the first `n` items pass, for 1 <= n < count.
 * @returns Index of the first bad item.
 */
export async function findBadItem(count: number, passes: (n: number) => Promise<boolean>): Promise<number> {
  let good = 0;
  let bad = count;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await passes(middle)) good = middle;
    else bad = middle;
  }
  return bad - 1;
}
