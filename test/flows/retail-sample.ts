import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/**
 * Writes a generated file of the Online Retail form, with everything that makes the real one awkward: quoted
 * descriptions with commas, missing customers, free articles, negative stock adjustments, postage, prices of three
 * decimals, cancellations that match nothing, bad debt, and rows that cannot be read.
 */
export function writeRetailSample(path: string, invoices: number): { badLines: number[] } {
  const lines = ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'];
  const badLines: number[] = [];
  let state = 2_463_534_242;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const bad = (row: string) => {
    lines.push(row);
    badLines.push(lines.length);
  };
  const bought: { customer: string; code: string; quantity: number }[] = [];
  for (let i = 0; i < invoices; i++) {
    const invoice = 600_000 + i;
    const customer = next(5) === 0 ? '' : `${12_000 + next(400)}.0`;
    const minute = String(next(60)).padStart(2, '0');
    const date = `2011-${String(1 + next(12)).padStart(2, '0')}-${String(1 + next(28)).padStart(2, '0')} 10:${minute}:00`;
    for (let k = 0; k <= next(6); k++) {
      const code = next(12) === 0 ? 'POST' : `${22_000 + next(300)}${next(4) === 0 ? 'A' : ''}`;
      const quantity = next(40) === 0 ? -3 : 1 + next(24);
      const price =
        next(30) === 0
          ? '0.0'
          : next(25) === 0
            ? `0.${String(100 + next(900))}`
            : `${next(12)}.${10 + next(90)}`;
      const text = next(6) === 0 ? `"BOX, ""SMALL"" ${code}"` : `ARTICLE ${code}`;
      lines.push(`${invoice},${code},${text},${quantity},${date},${price},${customer},United Kingdom`);
      if (customer && quantity > 0) bought.push({ customer, code, quantity });
    }
    if (next(9) === 0) {
      const last = bought[next(bought.length)];
      const [customer2, code, quantity] =
        last && next(5) > 0 ? [last.customer, last.code, 1 + next(last.quantity)] : ['12345.0', '99999', 2];
      lines.push(`C${invoice},${code},BACK,-${quantity},${date},1.25,${customer2},United Kingdom`);
    }
    if (next(97) === 0) bad(`${invoice},22001,NO QUANTITY,many,${date},1.25,${customer},United Kingdom`);
    if (next(97) === 0) bad(`${invoice},22001,TOO FEW COLUMNS,1,${date}`);
    if (next(200) === 0) lines.push(`A${invoice},B,Adjust bad debt,1,${date},-11.06,,United Kingdom`);
  }
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text);
  return { badLines };
}
