import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** A line of an Online Retail file (UCI, doi:10.24432/C5BW33). */
export interface RetailLine {
  /** Line in the file, the header being 1. */
  line: number;
  invoice: string;
  product: string;
  description: string;
  quantity: bigint;
  /** ISO 8601, taken as UTC. */
  soldAt: string;
  unitPrice: Decimal;
  /** Digits, or empty. */
  customer: string;
}

/** A decimal number as written: `digits / 10 ** places`. */
export interface Decimal {
  digits: bigint;
  places: number;
}

/** A row that cannot be read, with the reason. */
export interface BadRow {
  line: number;
  problem: string;
}

const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
];

/**
 * Reads a file, gzip or plain, row by row.
 * @throws Error if it cannot be opened or its header is not that of the data set; a bad row is yielded, not thrown.
 */
export async function* readRetailFile(path: string): AsyncGenerator<RetailLine | BadRow> {
  const magic = Buffer.alloc(2);
  const handle = await open(path);
  await handle.read(magic, 0, 2, 0);
  await handle.close();
  const source = createReadStream(path);
  const parser = parse({
    relax_column_count: true,
    relax_quotes: true,
    info: true,
    skip_empty_lines: true,
    bom: true,
  });
  const rows =
    magic[0] === 0x1f && magic[1] === 0x8b
      ? pipeline(source, createGunzip(), parser, () => {})
      : pipeline(source, parser, () => {});
  let first = true;
  for await (const { record, info } of rows as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (first) {
      first = false;
      if (record.join() !== COLUMNS.join()) {
        throw new Error(
          `${path}: line 1 must be the header ${COLUMNS.join()}, not ${record.join().slice(0, 200)}`,
        );
      }
      continue;
    }
    yield readRow(record, info.lines);
  }
  if (first)
    throw new Error(`${path}: the file is empty; its first line must be the header ${COLUMNS.join()}`);
}

function readRow(record: string[], line: number): RetailLine | BadRow {
  if (record.length !== COLUMNS.length) {
    return { line, problem: `has ${record.length} columns where ${COLUMNS.length} belong` };
  }
  const [invoice, product, description, quantity, date, price, customer] = record.map((text) =>
    text.trim(),
  ) as [string, string, string, string, string, string, string];
  if (!/^[AC]?\d+$/.test(invoice))
    return { line, problem: `InvoiceNo ${JSON.stringify(invoice)} is no invoice number` };
  if (product === '') return { line, problem: 'StockCode is empty' };
  if (!/^-?\d{1,9}$/.test(quantity)) {
    return { line, problem: `Quantity ${JSON.stringify(quantity)} is not a whole number` };
  }
  const unitPrice = parseDecimal(price);
  if (!unitPrice) return { line, problem: `UnitPrice ${JSON.stringify(price)} is not a decimal number` };
  const soldAt = parseDate(date);
  if (!soldAt)
    return { line, problem: `InvoiceDate ${JSON.stringify(date)} is not of the form 2010-12-01 08:26:00` };
  if (!/^(\d+(\.0)?)?$/.test(customer)) {
    return { line, problem: `CustomerID ${JSON.stringify(customer)} is not a number` };
  }
  return {
    line,
    invoice,
    product,
    description,
    quantity: BigInt(quantity),
    soldAt,
    unitPrice,
    customer: customer.replace(/\.0$/, ''),
  };
}

function parseDecimal(text: string): Decimal | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text);
  if (!match) return undefined;
  const fraction = match[3] ?? '';
  return { digits: BigInt(`${match[1]}${match[2]}${fraction}`), places: fraction.length };
}

function parseDate(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const iso = `${text.replace(' ', 'T')}Z`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

/** `quantity x price` in cents, rounded half up once. Both are positive. */
export function lineCents(quantity: bigint, price: Decimal): bigint {
  const scale = 10n ** BigInt(price.places);
  return (2n * quantity * price.digits * 100n + scale) / (2n * scale);
}
