import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { sql } from 'kysely';
import { onBothEngines } from './on-both-engines.ts';

const intake = [
  'attempts',
  'enrolments',
  'idempotency',
  'leases',
  'outgoing_batches',
  'reversal_requests',
  'submissions',
  'transactions',
];

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const [, list = ''] = /unnest\(array\[([^\]]+)\]/.exec(operations) ?? [];
const documented = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name);

/** What the books need to be distributed over servers by ledger; see docs/operations.md. */
onBothEngines('the schema of the books', (store) => {
  const isOurs = sql`tables.relkind = 'r' and tables.relnamespace = 'public'::regnamespace`;
  const namesLedger = sql`exists (
    select from pg_attribute key where key.attrelid = tables.oid and key.attname = 'ledger'
      and key.atttypid = 'bigint'::regtype
  )`;
  const isOfBooks = sql`${namesLedger} and ${isOurs} and tables.relname <> all(${intake}::text[])`;

  const namesOf = async (query: ReturnType<typeof sql<{ name: string }>>) =>
    (await query.execute(store.database)).rows.map(({ name }) => name);

  it('has no tables but those of the books, the intake and the migrations', async () => {
    const books = await namesOf(
      sql`select relname as name from pg_class tables where ${isOfBooks} order by relname`,
    );
    expect(books).to.include.members([
      'ledgers',
      'cursors',
      'entries',
      'distributors',
      'distributor_periods',
      'batches',
    ]);
    expect([...documented].sort(), 'the tables that docs/operations.md distributes').to.deep.equal(books);
    const others = await namesOf(
      sql`select relname as name from pg_class tables where relkind = 'r'
        and relnamespace = 'public'::regnamespace and not (${isOfBooks}) order by relname`,
    );
    expect(others).to.deep.equal([...intake, 'kysely_migration', 'kysely_migration_lock'].sort());
  });

  it('has the ledger key in every table but those that all ledgers share', async () => {
    const without = sql<{ name: string }>`select relname as name from pg_class tables
      where ${isOurs} and not (${namesLedger}) order by relname`;
    expect(await namesOf(without)).to.deep.equal(['kysely_migration', 'kysely_migration_lock', 'leases']);
  });

  it('has a primary key in every table', async () => {
    const without = sql<{ name: string }>`select relname as name from pg_class tables where ${isOfBooks}
      and not exists (select from pg_index where indrelid = tables.oid and indisprimary)`;
    expect(await namesOf(without)).to.deep.equal([]);
  });

  it('begins every key and index with the ledger', async () => {
    const { rows } = await sql<{ name: string; first: string | null; isUnique: boolean }>`
      select indexes.relname as name, attname as first, indisunique as "isUnique"
      from pg_index join pg_class tables on tables.oid = indrelid join pg_class indexes on indexes.oid = indexrelid
      left join pg_attribute columns on columns.attrelid = indrelid and columns.attnum = indkey[0]
      where ${isOfBooks}`.execute(store.database);
    expect(rows.filter(({ isUnique }) => isUnique).length).to.be.greaterThan(10);
    expect(rows.filter(({ first }) => first !== 'ledger')).to.deep.equal([]);
  });

  it('has no constraint beyond its keys, no trigger, no sequence', async () => {
    const constraints = sql<{ name: string }>`select conname as name from pg_constraint
      join pg_class tables on tables.oid = conrelid where ${isOfBooks} and contype not in ('p', 'n')`;
    expect(await namesOf(constraints)).to.deep.equal([]);
    const triggers = sql<{ name: string }>`select tgname as name from pg_trigger
      join pg_class tables on tables.oid = tgrelid where ${isOfBooks}`;
    expect(await namesOf(triggers)).to.deep.equal([]);
    const numbered = sql<{
      name: string;
    }>`select relname || '.' || attname as name from pg_attribute columns
      join pg_class tables on tables.oid = columns.attrelid
      left join pg_attrdef on adrelid = columns.attrelid and adnum = columns.attnum
      where ${isOfBooks} and columns.attnum > 0
        and (attidentity <> '' or pg_get_expr(adbin, adrelid) like '%nextval%')`;
    expect(await namesOf(numbered)).to.deep.equal([]);
  });
});
