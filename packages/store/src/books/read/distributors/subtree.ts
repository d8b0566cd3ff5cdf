import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** The downline of a distributor. */
export interface Subtree {
  directs: number;
  /** Distributors at any depth. */
  size: number;
  /** Volume of all classes sold in a month, and volume reversed in it. */
  volumeCents: bigint;
  reversedCents: bigint;
}

/**
 * The size and the month's volume of a downline; zeros for an unknown id and for the former id of a distributor who
 * moved.
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
