import { sql } from 'kysely';
import { periodColumns, type Volumes } from '../../periods.ts';
import { sumsBelow, type Uplines } from '../../tree/uplines.ts';
import type { PeriodChange, PeriodSums } from '../changes/period-sums.ts';
import { inChunks } from '../rows/chunks.ts';
import type { CopyColumn } from '../rows/copy-rows.ts';
import type { BooksWriter } from '../rows/writer.ts';

/** Writes the growth of distributors' months. */

const keyColumns: readonly CopyColumn<PeriodChange>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'period', type: 'int4', of: (row) => row.period },
];

const sumColumns: readonly CopyColumn<PeriodChange>[] = periodColumns.map((name, i) => ({
  name,
  type: 'int8',
  of: (row) => row.value(i),
}));

const isZero = sql.raw(periodColumns.map((name) => `${name} = 0`).join(' and '));

/** The columns in which a row grows; the others keep their value or the default of zero. */
function grownColumns(changes: readonly PeriodChange[]): readonly CopyColumn<PeriodChange>[] {
  return sumColumns.filter(({ of }) => changes.some((row) => of(row)));
}

/** Inserts the first months of a ledger. */
export async function insertPeriods(writer: BooksWriter, changes: readonly PeriodChange[]): Promise<void> {
  const real = changes.filter((change) => !change.isZero());
  await writer.insert('distributor_periods', [...keyColumns, ...grownColumns(real)], real);
}

/** Adds to the months of distributors, or inserts them. */
export async function growPeriods(
  { transaction, ledger }: BooksWriter,
  changes: readonly PeriodChange[],
): Promise<void> {
  const real = changes.filter((change) => !change.isZero());
  const grown = grownColumns(real);
  const columns = [...keyColumns, ...grown];
  const names = sql.raw(columns.map(({ name }) => name).join(', '));
  const sums = sql.raw(
    grown.map(({ name }) => `${name} = distributor_periods.${name} + excluded.${name}`).join(', '),
  );
  await inChunks(columns, real, (source) =>
    sql`insert into distributor_periods (ledger, ${names}) select ${ledger}::bigint, ${names} from ${source}
      on conflict (ledger, id, period) do update set ${sums}`.execute(transaction),
  );
}

/** Deletes those months of `changes` that are all zeros now. */
export async function dropEmptyPeriods(
  { transaction, ledger }: BooksWriter,
  changes: readonly PeriodChange[],
): Promise<void> {
  await inChunks(keyColumns, changes, (source) =>
    sql`delete from distributor_periods using ${source} where distributor_periods.ledger = ${ledger}
      and distributor_periods.id = v.id and distributor_periods.period = v.period and ${isZero}`.execute(
      transaction,
    ),
  );
}

/** The present own volume and team volume of a distributor's month. */
export interface KnownPeriod {
  id: number;
  period: number;
  own: Volumes;
  team: Volumes;
}

/** The months in which distributors with these ids, or their teams, had volume. */
export async function loadPeriods(
  { transaction, ledger }: BooksWriter,
  ids: readonly number[],
): Promise<KnownPeriod[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<
    Record<'volume' | 'reversed' | 'team' | 'reversedTeam', bigint> & { id: number; period: number }
  >`
    select id, period, retail_cents + preferred_cents + self_cents as volume,
      reversed_retail_cents + reversed_preferred_cents + reversed_self_cents as reversed,
      team_cents as team, reversed_team_cents as "reversedTeam"
    from distributor_periods where ledger = ${ledger} and id = any(${[...ids]}::int4[])`.execute(transaction);
  return rows.map(({ id, period, volume, reversed, team, reversedTeam }) => ({
    id,
    period,
    own: { volume, reversed },
    team: { volume: team, reversed: reversedTeam },
  }));
}

/** Adds own volumes to the teams above. */
export function raiseVolumes(
  sums: PeriodSums,
  uplines: Uplines,
  own: readonly { id: number; period: number; volumes: Volumes }[],
): void {
  const byPeriod = new Map<number, Map<number, Volumes>>();
  for (const { id, period, volumes } of own) {
    if (volumes.volume === 0n && volumes.reversed === 0n) continue;
    const amounts = byPeriod.get(period) ?? new Map<number, Volumes>();
    byPeriod.set(period, amounts);
    const known = amounts.get(id);
    amounts.set(id, known ? added(known, volumes) : volumes);
  }
  for (const [period, amounts] of byPeriod) {
    const month = sums.month(period);
    for (const [id, volumes] of sumsBelow(uplines, amounts, added)) month.team(id, volumes);
  }
}

function added(a: Volumes, b: Volumes): Volumes {
  return { volume: a.volume + b.volume, reversed: a.reversed + b.reversed };
}

/** The own volumes in the growth of months. */
export function ownVolumesOf(sums: PeriodSums): { id: number; period: number; volumes: Volumes }[] {
  return sums
    .changes()
    .map((change) => ({ id: change.id, period: change.period, volumes: change.ownVolumes() }));
}
