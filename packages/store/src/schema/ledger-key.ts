/**
 * The key by which every table names a ledger: the first 8 bytes of its address, as PostgreSQL's bigint. It is in every
 * row and every index entry, where the address would take five times as much, and needs no lookup before a query.
 * Callers of this package name a ledger by its address alone; the books refuse a second one with the same key.
 * @param address With `0x`.
 */
export function keyOf(address: string): bigint {
  return BigInt.asIntN(64, BigInt(address.slice(0, 18)));
}
