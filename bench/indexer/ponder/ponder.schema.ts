import { onchainTable, primaryKey } from 'ponder';

/**
 * The facts of our books as a user of Ponder would keep them. What our books have beyond them is left out, in Ponder's
 * favour: what each distributor was credited and paid in all, the batches' records, the entries' contents, the place of
 * each thing on chain, and every index but the primary keys.
 */

export const distributors = onchainTable('distributors', (t) => ({
  id: t.integer().primaryKey(),
  sponsor: t.integer().notNull(),
  wallet: t.hex().notNull(),
  block: t.integer().notNull(),
}));

export const batches = onchainTable('batches', (t) => ({
  batch: t.integer().primaryKey(),
  plan: t.integer().notNull(),
  recorder: t.hex().notNull(),
  recordedAt: t.integer().notNull(),
  reserved: t.bigint().notNull(),
  manifestRoot: t.hex().notNull(),
  count: t.integer().notNull(),
  settled: t.integer().notNull(),
  block: t.integer().notNull(),
}));

export const sales = onchainTable(
  'sales',
  (t) => ({
    batch: t.integer().notNull(),
    index: t.integer().notNull(),
    seller: t.integer().notNull(),
    class: t.text().notNull(),
    priceCents: t.bigint().notNull(),
    volumeCents: t.bigint().notNull(),
    countedCents: t.bigint(),
    creditedUnits: t.bigint(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.batch, table.index] }) }),
);

export const credits = onchainTable(
  'credits',
  (t) => ({
    batch: t.integer().notNull(),
    index: t.integer().notNull(),
    level: t.integer().notNull(),
    payee: t.integer().notNull(),
    bps: t.integer().notNull(),
    units: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.batch, table.index, table.level] }) }),
);

export const payouts = onchainTable('payouts', (t) => ({
  entry: t.integer().primaryKey(),
  distributor: t.integer().notNull(),
  wallet: t.hex().notNull(),
  units: t.bigint().notNull(),
  block: t.integer().notNull(),
}));

export const entries = onchainTable('entries', (t) => ({
  number: t.integer().primaryKey(),
  kind: t.text().notNull(),
  head: t.hex().notNull(),
}));
