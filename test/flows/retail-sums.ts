import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/**
 * What an Online Retail file must add up to, from the file alone. It shares no code with the import, on purpose: another
 * reader of CSV, other arithmetic (thousandths of a cent as integers), another way up the tree.
 */
export interface RetailSums {
  sales: number;
  priceCents: bigint;
  volumeCents: bigint;
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  commissionUnits: bigint;
}

interface Part {
  invoice: string;
  units: number;
  millionths: bigint;
  centsLeft: bigint;
}

const RATES = [2000n, 500n, 300n, 200n, 100n, 100n];

export function sumRetailFile(path: string, distributors: number): RetailSums {
  const raw = readFileSync(path);
  const text = (raw[0] === 0x1f ? gunzipSync(raw) : raw).toString('utf8');
  const price = new Map<string, bigint>();
  const volume = new Map<string, bigint>();
  const buyers = new Map<string, string>();
  const parts = new Map<string, Part[]>();
  let reversedPriceCents = 0n;
  let reversedVolumeCents = 0n;
  const back = new Map<string, bigint>();

  for (const row of rowsOf(text).slice(1)) {
    const [invoice = '', code = '', , quantity = '', , unitPrice = '', customer = ''] = row;
    if (row.length !== 8 || !/^[AC]?\d+$/.test(invoice) || !/^-?\d+$/.test(quantity)) continue;
    if (!/^-?\d+(\.\d+)?$/.test(unitPrice)) continue;
    const key = `${customer}|${code}`;
    const units = Number(quantity);
    if (invoice[0] === 'C' && units < 0 && customer) {
      const candidates = parts.get(key) ?? [];
      let chosen: Part | undefined;
      for (const part of candidates) {
        // The latest sale wins; within a sale, its first line.
        if (part.units >= -units && part.invoice !== chosen?.invoice) chosen = part;
      }
      if (!chosen) continue;
      const cents = least(centsOf(BigInt(-units) * chosen.millionths), chosen.centsLeft);
      chosen.units += units;
      chosen.centsLeft -= cents;
      reversedPriceCents += cents;
      if (/^[0-9]{5}/.test(code)) {
        reversedVolumeCents += cents;
        back.set(chosen.invoice, (back.get(chosen.invoice) ?? 0n) + cents);
      }
    }
    if (/^[AC]/.test(invoice) || units <= 0) continue;
    const millionths = millionthsOf(unitPrice);
    if (millionths <= 0n) continue;
    const cents = centsOf(BigInt(units) * millionths);
    price.set(invoice, (price.get(invoice) ?? 0n) + cents);
    volume.set(invoice, (volume.get(invoice) ?? 0n) + (/^[0-9]{5}/.test(code) ? cents : 0n));
    if (!buyers.has(invoice)) buyers.set(invoice, customer ? customer.replace('.0', '') : `guest:${invoice}`);
    if (!customer) continue;
    const list = parts.get(key) ?? [];
    list.push({ invoice, units, millionths, centsLeft: cents });
    parts.set(key, list);
  }

  const sums = { sales: 0, priceCents: 0n, volumeCents: 0n, commissionUnits: 0n };
  for (const [invoice, cents] of price) {
    if (cents === 0n) continue;
    const counted = volume.get(invoice) ?? 0n;
    sums.sales += 1;
    sums.priceCents += cents;
    sums.volumeCents += counted;
    const levels = 1 + heightOf(2 + hash(`seller:${buyers.get(invoice)}`, distributors));
    const rate = RATES.slice(0, levels).reduce((a, b) => a + b, 0n);
    sums.commissionUnits += (counted - (back.get(invoice) ?? 0n)) * rate;
  }
  return { ...sums, reversedPriceCents, reversedVolumeCents };
}

/** Distributors above distributor `k`. */
function heightOf(k: number): number {
  return k === 1 ? 0 : 1 + heightOf(1 + hash(`sponsor:${k}`, k - 1));
}

function hash(text: string, below: number): number {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return Number(BigInt(`0x${hex}`) % BigInt(below));
}

/** A price in millionths of the unit. */
function millionthsOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(6, '0').slice(0, 6));
  return text.startsWith('-') ? -size : size;
}

/** Millionths in cents, half up. */
function centsOf(millionths: bigint): bigint {
  return (millionths + 5_000n) / 10_000n;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** RFC 4180, character by character. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      row.push(field);
      field = '';
    } else if (c === '\n') {
      row.push(field.replace(/\r$/, ''));
      if (row.length > 1) rows.push(row);
      row = [];
      field = '';
    } else field += c;
  }
  if (field || row.length > 0) rows.push([...row, field]);
  return rows;
}
