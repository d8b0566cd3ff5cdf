import type { JournalEntry } from '@plumbline/protocol';
import { applyEntries, type Database, findPosition, type StretchPart, saveLedger } from '@plumbline/store';
import { sql } from 'kysely';
import { hashOf, LEDGER, type MadeBlock, MadeEntries, RETURN_WINDOW } from './made-entries.ts';
import type { MadeTree, Scale } from './made-tree.ts';

export interface Filled {
  tree: MadeTree;
  batches: number;
  /** Milliseconds that writing took by entry, in stretches of millions. */
  inBulk: { enrolment: number; sale: number };
}

const BLOCKS_PER_PART = 16;
/** Parts into which the time of the sales is divided; distributors move half-way. */
const PARTS = 6;

/** Writes a made-up ledger into the books as an indexer would, and the intake of a gateway that had submitted it. */
export async function fill(database: Database, scale: Scale): Promise<Filled> {
  const terms = {
    token: LEDGER,
    unit: 1n,
    returnWindow: RETURN_WINDOW,
    planNotice: 60,
    capPeriod: 3_600,
    compact: true,
    delay: 86_400,
  };
  await saveLedger(database, { ledger: LEDGER, chainId: 31_337, startBlock: 1, terms });
  const made = new MadeEntries(scale);
  const enrolling = await apply(database, made.enrolments());
  await sql`vacuum analyze`.execute(database);
  let selling = 0;
  for (let part = 0; part < PARTS; part++) {
    selling += await apply(database, made.sales(part, PARTS));
    if (part === PARTS / 2 - 1) await apply(database, made.corrections());
  }
  await apply(database, made.payouts());
  await fillIntake(database);
  await sql`vacuum analyze`.execute(database);
  const inBulk = { enrolment: enrolling / scale.distributors, sale: selling / scale.sales };
  return { tree: made.tree, batches: made.batches, inBulk };
}

/** Writes blocks after those that are in the books, as one stretch. @returns Milliseconds. */
export async function apply(database: Database, blocks: Iterable<MadeBlock>): Promise<number> {
  const from = await findPosition(database, LEDGER);
  if (!from) throw new Error('the books do not follow the ledger');
  const started = performance.now();
  await applyEntries(database, LEDGER, { from, parts: partsOf(from.number + 1, blocks) });
  return performance.now() - started;
}

function* partsOf(first: number, blocks: Iterable<MadeBlock>): Generator<StretchPart> {
  let number = first;
  let part: { entries: JournalEntry[]; blocks: StretchPart['blocks'][number][] } = {
    entries: [],
    blocks: [],
  };
  for (const { time, entries } of blocks) {
    const hash = hashOf(number);
    const place = { head: hash, blockNumber: BigInt(number), blockHash: hash, transactionHash: hash };
    entries.forEach((entry, logIndex) => {
      part.entries.push({ entry, ...place, logIndex });
    });
    part.blocks.push({ number, hash, timestamp: time });
    number++;
    if (part.blocks.length < BLOCKS_PER_PART) continue;
    // The chain goes on after these blocks.
    yield { ...part, tipNumber: number + 1 };
    part = { entries: [], blocks: [] };
  }
  if (part.blocks.length > 0) yield { ...part, tipNumber: number - 1 };
}

/** An enrolment for every distributor, and submissions for the sales of the first thousand batches. */
async function fillIntake(database: Database): Promise<void> {
  await sql`insert into enrolments (ledger, reference, sponsor_reference, wallet, state, distributor_id)
    select ledger, 'D' || lpad(id::text, 8, '0'), 'D' || lpad(sponsor::text, 8, '0'), wallet, 'batched', id
    from distributors where moved_to is null`.execute(database);
  await sql`insert into submissions (ledger, external_id, seller_reference, class, price_cents, volume_cents, items,
      sold_at, buyer_salt, buyer_commitment, document_salt, body_hash, state, batch, batch_index, transaction_id)
    select ledger, 'S-' || batch || '-' || batch_index, 'D' || lpad(seller::text, 8, '0'), 'retail', price_cents,
      volume_cents, '[]', '2026-01-01T00:00:00Z', '', '', '', '', 'batched', batch, batch_index, batch
    from sales where batch <= 1000`.execute(database);
}
