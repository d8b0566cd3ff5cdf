import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** Everybody below a distributor. */
export interface Subtree {
  directs: number;
  /** Distributors at any depth. */
  size: number;
  /** Volume of all classes that they sold in a month, and how much was taken back in it. */
  volumeCents: bigint;
  reversedCents: bigint;
}

/**
 * How large a distributor's team is and what it sold in a month; zeros for nobody and for the id of somebody who has moved.
 * @param period Month in UTC: year x 100 + month.
 */
export async function getSubtree(
  database: Database,
  ledger: string,
  id: number,
  period: number,
): Promise<Subtree> {
  const { rows } = await sql<Subtree>`
    select directs, team_size as size, coalesce(team_cents, 0)::int8 as "volumeCents",
      coalesce(reversed_team_cents, 0)::int8 as "reversedCents"
    from teams left join distributor_periods months
      on months.ledger = teams.ledger and months.id = teams.id and months.period = ${period}
    where teams.ledger = ${keyOf(ledger)} and teams.id = ${id}`.execute(database);
  return rows[0] ?? { directs: 0, size: 0, volumeCents: 0n, reversedCents: 0n };
}
