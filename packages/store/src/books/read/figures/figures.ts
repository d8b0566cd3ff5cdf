import { UNITS_PER_CENT } from '@plumbline/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { creditedColumns, type PeriodColumn, periodColumns } from '../../periods.ts';
import { type Page, type PageRequest, pageOf, parseCursor } from '../page.ts';

/** Volume by the class of the buyer, in cents. */
export interface VolumeByClass {
  retail: bigint;
  preferred: bigint;
  self: bigint;
}

/** A distributor's figures of a period. Sales count when recorded, reversals when made. */
export interface Figures {
  /** Own sales. */
  sales: number;
  /** Volume of own sales, and reversed volume. */
  soldCents: VolumeByClass;
  reversedCents: VolumeByClass;
  /** The same of the present downline, all classes together. */
  teamCents: bigint;
  reversedTeamCents: bigint;
  /** Settled commissions by level, 0 being own sales; the last of the 12 is the sum of all levels above 10. */
  creditedByLevel: bigint[];
  creditedUnits: bigint;
  /** What the distributor was owed from before the ledger. */
  openedUnits: bigint;
  paidUnits: bigint;
  /** Price of own purchases, net of reversals. */
  purchasesCents: bigint;
  /** `creditedUnits - purchasesCents x 10,000`: settled commissions less own purchases; often negative. */
  netUnits: bigint;
}

/** The figures of a month. */
export interface PeriodFigures extends Figures {
  /** Month in UTC: year x 100 + month. */
  period: number;
}

type Sums = { [Column in PeriodColumn]: bigint };

const sums = sql.raw(periodColumns.map((name) => `coalesce(sum(${name}), 0)::int8 as ${name}`).join(', '));

/**
 * A distributor's months with any figures, also under a former id; newest first.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listPeriods(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor }: PageRequest,
): Promise<Page<PeriodFigures>> {
  const last = parseCursor(cursor, /^[1-9][0-9]{5}$/);
  const isOlder = last ? sql`period < ${Number(last[0])}` : sql`true`;
  const { rows } = await sql<Sums & { period: number }>`
    select period, ${sums} from ${monthsOf(ledger, id)} and ${isOlder}
    group by period order by period desc limit ${limit + 1}`.execute(database);
  const months = rows.map((row) => ({ period: row.period, ...figuresOf(row) }));
  return pageOf(months, limit, ({ period }) => String(period));
}

/**
 * A distributor's figures of one month, or of all time.
 * @param period Month in UTC: year x 100 + month.
 */
export async function getFigures(
  database: Database,
  ledger: string,
  id: number,
  period?: number,
): Promise<Figures> {
  const isInside = period === undefined ? sql`true` : sql`period = ${period}`;
  const { rows } = await sql<Sums>`select ${sums} from ${monthsOf(ledger, id)} and ${isInside}`.execute(
    database,
  );
  const [row] = rows;
  if (!row) throw new Error('the sum returned no row');
  return figuresOf(row);
}

/** The rows of a distributor. */
function monthsOf(ledger: string, id: number): RawBuilder<unknown> {
  const key = keyOf(ledger);
  return sql`distributor_periods where ledger = ${key} and id = any(array(
    select id from distributors where ledger = ${key} and id = ${id} and moved_to is null
    union all select id from distributors where ledger = ${key} and moved_to = ${id}
  ))`;
}

function figuresOf(row: Sums): Figures {
  const creditedByLevel = creditedColumns.map((name) => row[name] ?? 0n);
  const creditedUnits = creditedByLevel.reduce((sum, units) => sum + units, 0n);
  const purchasesCents = row.self_price_cents - row.reversed_self_price_cents;
  return {
    sales: Number(row.sales),
    soldCents: { retail: row.retail_cents, preferred: row.preferred_cents, self: row.self_cents },
    reversedCents: {
      retail: row.reversed_retail_cents,
      preferred: row.reversed_preferred_cents,
      self: row.reversed_self_cents,
    },
    teamCents: row.team_cents,
    reversedTeamCents: row.reversed_team_cents,
    creditedByLevel,
    creditedUnits,
    openedUnits: row.opened_units,
    paidUnits: row.paid_units,
    purchasesCents,
    netUnits: creditedUnits - purchasesCents * UNITS_PER_CENT,
  };
}
