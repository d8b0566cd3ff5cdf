import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { type BulkColumn, inChunks } from './bulk.ts';
import { restorePeople, restoreSums } from './people-rollback.ts';
import { getPositionAt, lockPosition, type Position, setCursor } from './position.ts';
import { addTotals, type TotalsChange } from './totals.ts';

/**
 * All rows to take out but the few plans are found by a primary key, from the entries that go: a rollback costs what it
 * undoes, however much there is below it, and writing pays for no index that only a rollback reads.
 */

/** Settled sales of a batch: from index `from` up to but not including `until`. */
interface Settlement {
  batch: number;
  from: number;
  until: number;
}

/** What goes. */
interface Undone {
  /** Number of the first entry. */
  entry: number;
  /** The last batch that stays; 0 if none does. */
  lastBatch: number;
  settlements: Settlement[];
}

const settlementColumns: readonly BulkColumn<Settlement>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'first', type: 'int4', of: (row) => row.from },
  { name: 'until', type: 'int4', of: (row) => row.until },
];

/**
 * Takes everything above block `number` out of the books, so that they are as if they had never read further.
 * @param from Where the books stand.
 * @returns The position they are at then: the newest they know at or below `number`.
 * @throws PositionMovedError if the books do not stand at `from`.
 */
export async function rollBack(
  database: Database,
  ledger: string,
  from: Position,
  number: number,
): Promise<Position> {
  return database.transaction().execute(async (transaction) => {
    await lockPosition(transaction, ledger, from);
    const position = await getPositionAt(transaction, ledger, number);
    const undone = await findUndone(transaction, ledger, position);
    await undoEnrolled(transaction, ledger, undone);
    const returned = await restorePeople(transaction, ledger, undone.entry);
    await undoPayouts(transaction, ledger, undone);
    await undoSettled(transaction, ledger, undone);
    await restoreSums(transaction, ledger, returned);
    await undoReversed(transaction, ledger, undone);
    await undoRecorded(transaction, ledger, undone);
    await undoFlags(transaction, ledger, undone);
    await undoFloat(transaction, ledger, undone);
    await sql`delete from plans where ledger = ${ledger} and block_number > ${position.number}`.execute(
      transaction,
    );
    await sql`delete from entries where ledger = ${ledger} and entry >= ${undone.entry}`.execute(transaction);
    await sql`delete from blocks where ledger = ${ledger} and number > ${position.number}`.execute(
      transaction,
    );
    await setCursor(transaction, ledger, position, position.number);
    return position;
  });
}

async function findUndone(
  transaction: Database,
  ledger: string,
  { number, entryCount }: Position,
): Promise<Undone> {
  const { rows: settlements } = await sql<Settlement>`
    select (content->>'batch')::int4 as batch, (content->>'from')::int4 as "from", (content->>'until')::int4 as until
    from entries where ledger = ${ledger} and entry >= ${entryCount} and kind = 'batchSettled'`.execute(
    transaction,
  );
  // Batches are numbered in the order of the journal: only those that go are passed over.
  const last = await transaction
    .selectFrom('batches')
    .select('batch')
    .where('ledger', '=', ledger)
    .where('block_number', '<=', BigInt(number))
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { entry: entryCount, lastBatch: last?.batch ?? 0, settlements };
}

async function undoEnrolled(transaction: Database, ledger: string, { entry }: Undone): Promise<void> {
  await undo(
    transaction,
    ledger,
    ['people'],
    sql`with gone as (
      delete from people where ledger = ${ledger} and id in (
        select (content->>'id')::int4 from entries where ledger = ${ledger} and entry >= ${entry} and kind = 'enrolled'
      ) returning id
    ) select count(*) as people from gone`,
  );
}

async function undoPayouts(transaction: Database, ledger: string, { entry }: Undone): Promise<void> {
  await undo(
    transaction,
    ledger,
    ['paid_units'],
    sql`with gone as (
      delete from payouts where ledger = ${ledger} and entry >= ${entry} returning id, units
    ), sums as (
      select id, sum(units) as units from gone group by id
    ), changed as (
      update people set paid_units = paid_units - sums.units from sums where ledger = ${ledger} and people.id = sums.id
    ) select sum(units) as paid_units from sums`,
  );
}

async function undoSettled(transaction: Database, ledger: string, { settlements }: Undone): Promise<void> {
  await inChunks(settlementColumns, settlements, async (source) => {
    await undo(
      transaction,
      ledger,
      ['credited_units'],
      sql`with gone as (
        delete from credits using ${source}
        where ledger = ${ledger} and credits.batch = v.batch and batch_index >= v.first and batch_index < v.until
        returning payee, units
      ), sums as (
        select payee, sum(units) as units from gone group by payee
      ), changed as (
        update people set credited_units = credited_units - sums.units from sums
        where ledger = ${ledger} and people.id = sums.payee
      ) select sum(units) as credited_units from sums`,
    );
    await undo(
      transaction,
      ledger,
      ['settled_sales'],
      sql`with opened as (
        update sales set settled_block = null, counted_cents = null, credited_units = null from ${source}
        where ledger = ${ledger} and sales.batch = v.batch and batch_index >= v.first and batch_index < v.until
        returning sales.batch
      ), sums as (
        select batch, count(*) as count from opened group by batch
      ), changed as (
        update batches set settled = settled - sums.count from sums
        where ledger = ${ledger} and batches.batch = sums.batch
      ) select sum(count) as settled_sales from sums`,
    );
  });
}

async function undoReversed(transaction: Database, ledger: string, { entry }: Undone): Promise<void> {
  await undo(
    transaction,
    ledger,
    ['reversed_price_cents', 'reversed_volume_cents'],
    sql`with gone as (
      delete from reversals where ledger = ${ledger} and entry >= ${entry}
      returning batch, batch_index, price_cents, volume_cents
    ), sums as (
      select batch, batch_index, sum(price_cents) as price, sum(volume_cents) as volume
      from gone group by batch, batch_index
    ), changed as (
      update sales set reversed_price_cents = reversed_price_cents - sums.price,
        reversed_volume_cents = reversed_volume_cents - sums.volume
      from sums where ledger = ${ledger} and sales.batch = sums.batch and sales.batch_index = sums.batch_index
    ) select sum(price) as reversed_price_cents, sum(volume) as reversed_volume_cents from sums`,
  );
}

async function undoRecorded(transaction: Database, ledger: string, { lastBatch }: Undone): Promise<void> {
  await undo(
    transaction,
    ledger,
    ['batches'],
    sql`with gone as (
      delete from batches where ledger = ${ledger} and batch > ${lastBatch} returning batch
    ) select count(*) as batches from gone`,
  );
  await undo(
    transaction,
    ledger,
    ['sales', 'price_cents', 'volume_cents'],
    sql`with gone as (
      delete from sales where ledger = ${ledger} and batch > ${lastBatch} returning price_cents, volume_cents
    ) select count(*) as sales, sum(price_cents) as price_cents, sum(volume_cents) as volume_cents from gone`,
  );
}

async function undoFlags(transaction: Database, ledger: string, { entry }: Undone): Promise<void> {
  const those = (kind: string) => sql`select (content->>'flag')::int8 from entries
    where ledger = ${ledger} and entry >= ${entry} and kind = ${kind}`;
  await sql`delete from flags where ledger = ${ledger} and flag in (${those('flagRaised')})`.execute(
    transaction,
  );
  await sql`update flags set outcome = null, evidence = null, closed_entry = null
    where ledger = ${ledger} and flag in (${those('flagClosed')})`.execute(transaction);
}

async function undoFloat(transaction: Database, ledger: string, { entry }: Undone): Promise<void> {
  await undo(
    transaction,
    ledger,
    ['funded_units', 'withdrawn_units'],
    sql`select sum((content->>'units')::int8) filter (where kind = 'floatFunded')::int8 as funded_units,
      sum((content->>'units')::int8) filter (where kind = 'floatWithdrawn')::int8 as withdrawn_units
      from entries where ledger = ${ledger} and entry >= ${entry} and kind in ('floatFunded', 'floatWithdrawn')`,
  );
}

/** Runs `statement`, which undoes something and says by how much the totals named `columns` shrink. */
async function undo(
  transaction: Database,
  ledger: string,
  columns: readonly (keyof TotalsChange)[],
  statement: RawBuilder<unknown>,
): Promise<void> {
  const { rows } = await (
    statement as RawBuilder<Partial<Record<keyof TotalsChange, bigint | null>>>
  ).execute(transaction);
  // Null over no rows.
  const change = columns.map((name) => [name, -(rows[0]?.[name] ?? 0n)] as const);
  await addTotals(transaction, ledger, Object.fromEntries(change));
}
