import { MalformedError, type SaleRef } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Page, PageRequest } from './people.ts';

/** What a person was credited for one sale at one level. */
export interface PersonCredit extends SaleRef {
  /** 0: a sale of their own. */
  level: number;
  bps: number;
  units: bigint;
  /** Person id. */
  seller: number;
  /** Block of the settlement. */
  settledBlock: number;
}

/**
 * A person's credits, newest sale first, also those under the ids they had before.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listCredits(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor }: PageRequest,
): Promise<Page<PersonCredit>> {
  const match = /^([0-9]{1,9})-([0-9]{1,5})$/.exec(cursor ?? '');
  if (cursor !== undefined && !match) {
    throw new MalformedError('cursor', 'must be the nextCursor of the page before');
  }
  const rows = await database
    .selectFrom('credits')
    .innerJoin('sales', (join) =>
      join
        .onRef('sales.ledger', '=', 'credits.ledger')
        .onRef('sales.batch', '=', 'credits.batch')
        .onRef('sales.batch_index', '=', 'credits.batch_index'),
    )
    .select(['credits.batch', 'credits.batch_index as index', 'level', 'bps', 'units', 'sales.seller'])
    .select('credits.block_number')
    .where('credits.ledger', '=', ledger)
    .where('credits.payee', 'in', (where) =>
      where
        .selectFrom('people')
        .select('id')
        .where('ledger', '=', ledger)
        .where((or) => or.or([or('id', '=', id), or('moved_to', '=', id)])),
    )
    // A person stands at one level of a sale's line only, so the sale alone says where a page ends.
    .$if(match !== null, (query) =>
      query.where(
        sql<boolean>`(credits.batch, credits.batch_index) < (${Number(match?.[1])}::int, ${Number(match?.[2])}::int)`,
      ),
    )
    .orderBy('credits.batch', 'desc')
    .orderBy('credits.batch_index', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows
    .slice(0, limit)
    .map(({ block_number, ...row }) => ({ ...row, settledBlock: Number(block_number) }));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? `${last.batch}-${last.index}` : null };
}
