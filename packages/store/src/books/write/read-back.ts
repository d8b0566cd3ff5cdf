import { decodeLines, type Entry } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { TimedEntry } from './changes/changes.ts';
import type { BooksWriter } from './rows/writer.ts';

interface Row {
  number: number;
  time: number;
  kind: Entry['kind'];
  content: Record<string, unknown>;
  head: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
  records: Hex | null;
  lines: Hex | null;
}

/** The entries from number `first` on, as they were written, except that plans lack what has a table of its own. */
export async function readBack({ transaction, ledger }: BooksWriter, first: number): Promise<TimedEntry[]> {
  const { rows } = await sql<Row>`
    select entries.entry::float8 as number, blocks.timestamp::float8 as time, kind, content, entries.head,
      entries.block_number as "blockNumber", blocks.hash as "blockHash",
      entries.transaction_hash as "transactionHash", entries.log_index as "logIndex", records, lines
    from entries
    join blocks on blocks.ledger = entries.ledger and blocks.number = entries.block_number
    left join batches on batches.ledger = entries.ledger
      and batches.batch = case when kind = 'batchRecorded' then (content->>'batch')::int4 end
    left join settlements on settlements.ledger = entries.ledger
      and settlements.batch = case when kind = 'batchSettled' then (content->>'batch')::int4 end
      -- Other kinds of entries may have an address in this field, and PostgreSQL evaluates conditions in any order.
      and settlements.first = case when kind = 'batchSettled' then (content->>'from')::int4 end
    where entries.ledger = ${ledger} and entries.entry >= ${first} order by entries.entry`.execute(
    transaction,
  );
  return rows.map(({ kind, content, records, lines, ...place }) => {
    const fields = Object.entries(content).map(([name, value]) => [
      name,
      WIDE.has(name) ? BigInt(value as string) : value,
    ]);
    const entry = { kind, ...Object.fromEntries(fields) } as Entry;
    if (entry.kind === 'batchRecorded') entry.records = records ?? '0x';
    if (entry.kind === 'batchSettled') entry.lines = decodeLines(lines ?? '0x');
    return { entry, ...place };
  });
}

/** Fields that are decimal strings in JSON. */
const WIDE = new Set(['units', 'cap', 'reserved', 'credited', 'released', 'priceCents', 'volumeCents']);
