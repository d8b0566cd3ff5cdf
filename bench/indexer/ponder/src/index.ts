import { ponder } from 'ponder:registry';
import { batches, credits, distributors, entries, payouts, sales } from 'ponder:schema';
import { decodeSales } from '@plumbline/protocol';

/** In a credit of the event an id takes the last eight decimal digits. */
const ID_DECIMALS = 100_000_000n;

/**
 * How many entries there were. A row in the database would let Ponder resume after a crash; counting in memory costs it
 * nothing, and every run starts from the first block.
 */
let count = 0;

/** Events that are only counted as entries of the journal. */
const OTHERS = [
  'LedgerOpened',
  'PlanAnnounced',
  'RecorderSet',
  'RoleChanged',
  'AdminTransferSet',
  'AdminDelaySet',
  'FloatFunded',
] as const;

for (const name of OTHERS) {
  ponder.on(`Ledger:${name}`, async ({ event, context }) => {
    await context.db.insert(entries).values({ number: count++, kind: name, head: event.args.head });
  });
}

ponder.on('Ledger:Enrolled', async ({ event, context }) => {
  const { id, sponsor, wallet, head } = event.args;
  await context.db.insert(entries).values({ number: count++, kind: 'Enrolled', head });
  const block = Number(event.block.number);
  await context.db.insert(distributors).values({ id: Number(id), sponsor: Number(sponsor), wallet, block });
});

ponder.on('Ledger:BatchRecorded', async ({ event, context }) => {
  const { args } = event;
  const batch = Number(args.batch);
  const records = decodeSales(args.records);
  await context.db.insert(entries).values({ number: count++, kind: 'BatchRecorded', head: args.head });
  await context.db.insert(batches).values({
    batch,
    plan: Number(args.plan),
    recorder: args.recorder,
    recordedAt: Number(args.recordedAt),
    reserved: args.reserved,
    manifestRoot: args.manifestRoot,
    count: records.length,
    settled: 0,
    block: Number(event.block.number),
  });
  await context.db.insert(sales).values(records.map((sale, index) => ({ batch, index, ...sale })));
});

ponder.on('Ledger:SaleSettled', async ({ event, context }) => {
  const { sale, volumeCents, credits: packed } = event.args;
  const [batch, index] = [Number(sale >> 16n), Number(sale & 0xffffn)];
  let creditedUnits = 0n;
  const rows = packed.flatMap((credit, level) => {
    if (credit === 0n) return [];
    const units = credit / ID_DECIMALS;
    creditedUnits += units;
    return {
      batch,
      index,
      level,
      payee: Number(credit % ID_DECIMALS),
      bps: Number(units / volumeCents),
      units,
    };
  });
  await context.db.update(sales, { batch, index }).set({ countedCents: volumeCents, creditedUnits });
  if (rows.length > 0) await context.db.insert(credits).values(rows);
});

ponder.on('Ledger:BatchSettled', async ({ event, context }) => {
  const { batch, until, head } = event.args;
  await context.db.insert(entries).values({ number: count++, kind: 'BatchSettled', head });
  await context.db.update(batches, { batch: Number(batch) }).set({ settled: Number(until) });
});

ponder.on('Ledger:Payout', async ({ event, context }) => {
  const { id, wallet, units, head } = event.args;
  const entry = count++;
  await context.db.insert(entries).values({ number: entry, kind: 'Payout', head });
  const block = Number(event.block.number);
  await context.db.insert(payouts).values({ entry, distributor: Number(id), wallet, units, block });
});
