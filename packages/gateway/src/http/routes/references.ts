import { listReferences } from '@plumbline/store';
import type { Dependencies } from '../dependencies.ts';

/** `distributors`, each with the company's reference; null where the gateway has none. */
export async function withReferences<T extends { id: number }>(
  { database, chain }: Dependencies,
  distributors: readonly T[],
): Promise<(T & { reference: string | null })[]> {
  const ids = distributors.map(({ id }) => id);
  const references = await listReferences(database, chain.ledger, ids);
  return distributors.map((distributor) => ({
    ...distributor,
    reference: references.get(distributor.id) ?? null,
  }));
}
