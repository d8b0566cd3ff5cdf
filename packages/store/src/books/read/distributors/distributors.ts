import { type RawBuilder, sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { creditedColumns } from '../../periods.ts';
import type { TreePlace } from '../../tree/path.ts';

/** A distributor in the books. Money in units. */
export interface Distributor {
  id: number;
  /** 0 for a root. */
  sponsor: number;
  /** Distributors above; 0 for a root. For a former id: at the time of the move. */
  depth: number;
  /** 0 to 15. */
  rank: number;
  /** 1 active, 2 inactive, 3 left or moved. */
  status: number;
  /** The distributor's new id, which has all that this one had; null unless they moved. */
  movedTo: number | null;
  /** The wallet that is paid. */
  wallet: Address | null;
  /** The last hold of payouts; over once `until` (unix seconds) is reached. */
  hold: { until: number; reason: Hex } | null;
  /** A pending replacement of the wallet, and the unix time from which it can be executed. */
  recovery: { wallet: Address; executableFrom: number } | null;
  /**
   * What the distributor was owed from before the ledger, the sum of all credits, and of all payouts:
   * `openedUnits + creditedUnits - paidUnits` is owed now.
   */
  openedUnits: bigint;
  creditedUnits: bigint;
  paidUnits: bigint;
  /** Distributors sponsored directly, and the whole downline. */
  directs: number;
  teamSize: number;
  /** Own sales, settled or not, also under a former id. */
  ownSales: number;
  enrolledBlock: number;
}

/** The distributor with `id`, a distributor id or a lower-case wallet. A former id says in `movedTo` where to look. */
export async function findDistributor(
  database: Database,
  ledger: string,
  id: number | Address,
): Promise<Distributor | undefined> {
  const lanes = lanesOf('distributors');
  const row = await database
    .selectFrom('distributors')
    .leftJoin('teams', (join) =>
      join.onRef('teams.ledger', '=', 'distributors.ledger').onRef('teams.id', '=', 'distributors.id'),
    )
    .selectAll('distributors')
    .select([
      'directs',
      'team_size',
      creditedBy('distributors').as('credited_units'),
      sql<bigint>`(select coalesce(sum(opened_units), 0)::int8 from ${lanes} join distributor_periods months
        on months.ledger = distributors.ledger and months.id = lanes.id)`.as('opened_units'),
      sql<bigint>`(select coalesce(sum(paid_units), 0)::int8 from ${lanes} join distributor_periods months
        on months.ledger = distributors.ledger and months.id = lanes.id)`.as('paid_units'),
      sql<bigint>`(select coalesce(sum(sales), 0)::int8 from ${lanes} join distributor_periods months
        on months.ledger = distributors.ledger and months.id = lanes.id)`.as('own_sales'),
    ])
    .where('distributors.ledger', '=', keyOf(ledger))
    .where((where) => (typeof id === 'number' ? where('distributors.id', '=', id) : where('wallet', '=', id)))
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    sponsor: row.sponsor,
    depth: row.depth,
    rank: row.rank,
    status: row.status,
    movedTo: row.moved_to,
    wallet: row.wallet as Address | null,
    hold: row.held_until === null ? null : { until: Number(row.held_until), reason: row.hold_reason as Hex },
    recovery:
      row.recovery_from === null
        ? null
        : { wallet: row.recovery_wallet as Address, executableFrom: Number(row.recovery_from) },
    openedUnits: row.opened_units,
    creditedUnits: row.credited_units,
    paidUnits: row.paid_units,
    directs: row.directs ?? 0,
    teamSize: row.team_size ?? 0,
    ownSales: Number(row.own_sales),
    enrolledBlock: Number(row.block_number),
  };
}

/**
 * The present and the former id (there is at most one) of the distributor in the row `distributor`, as the table
 * `lanes`. None for the row of a former id: its figures belong to the new one.
 */
function lanesOf(distributor: string): RawBuilder<unknown> {
  const name = sql.ref(distributor);
  return sql`(select ${name}.id where ${name}.moved_to is null union all
    select before.id from distributors before where before.ledger = ${name}.ledger and before.moved_to = ${name}.id) lanes`;
}

/** Settled commissions of the distributor in the row `distributor`, in units. */
export function creditedBy(distributor: string): RawBuilder<bigint> {
  return sql`(select coalesce(sum(${sql.raw(creditedColumns.join(' + '))}), 0)::int8
    from ${lanesOf(distributor)} join distributor_periods months
    on months.ledger = ${sql.ref(`${distributor}.ledger`)} and months.id = lanes.id)`;
}

/** A distributor's place in the tree; undefined for an unknown id and for a former id. */
export async function findPlace(
  database: Database,
  ledger: string,
  id: number,
): Promise<TreePlace | undefined> {
  return database
    .selectFrom('distributors')
    .select(['depth', 'path'])
    .where('ledger', '=', keyOf(ledger))
    .where('id', '=', id)
    .where('moved_to', 'is', null)
    .executeTakeFirst();
}
