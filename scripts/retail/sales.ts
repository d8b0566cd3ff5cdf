import type { SaleItem } from '@plumbline/protocol';
import { type BadRow, lineCents, type RetailLine, readRetailFile } from './file.ts';

/** An invoice of the file as a sale. */
export interface RetailSale {
  externalId: string;
  /** The customer's number, or `guest:` and the invoice's. */
  buyer: string;
  priceCents: bigint;
  volumeCents: bigint;
  items: SaleItem[];
  soldAt: string;
}

/** The part of a sale that a cancellation line takes back. */
export interface RetailReversal {
  reversalId: string;
  /** The sale's. */
  externalId: string;
  priceCents: bigint;
  volumeCents: bigint;
}

/** What a file holds, once read. */
export interface RetailFile {
  /** In the order in which the invoices first appear. */
  sales: RetailSale[];
  /** In file order. */
  reversals: RetailReversal[];
  invoices: number;
  lines: number;
  badRows: BadRow[];
  /** How many lines were skipped, by reason. */
  skipped: Map<string, number>;
}

/** A line of a sale, and how much of it can still be refunded. */
interface SoldLine {
  sale: RetailSale;
  price: RetailLine['unitPrice'];
  quantityLeft: bigint;
  centsLeft: bigint;
}

/** Products begin with five digits; postage, fees, samples and manual entries do not, and have no volume. */
function isProduct(product: string): boolean {
  return /^\d{5}/.test(product);
}

/**
 * Reads a file into sales and reversals.
 * @param onLine Called for every row read.
 */
export async function loadRetailFile(path: string, onLine: () => void = () => {}): Promise<RetailFile> {
  const book = new SalesBook();
  for await (const row of readRetailFile(path)) {
    onLine();
    book.add(row);
  }
  return book.close();
}

class SalesBook {
  readonly #sales = new Map<string, RetailSale>();
  readonly #invoices = new Set<string>();
  /** By customer and product, newest last. */
  readonly #sold = new Map<string, SoldLine[]>();
  readonly #reversals: RetailReversal[] = [];
  readonly #badRows: BadRow[] = [];
  readonly #skipped = new Map<string, number>();
  #lines = 0;

  add(row: RetailLine | BadRow): void {
    this.#lines++;
    if ('problem' in row) {
      this.#badRows.push(row);
      return;
    }
    this.#invoices.add(row.invoice);
    if (row.invoice.startsWith('A')) this.#skip('adjustment of bad debt');
    else if (row.invoice.startsWith('C')) this.#cancel(row);
    else if (row.quantity <= 0n) this.#skip('quantity not positive');
    else if (row.unitPrice.digits <= 0n) this.#skip('price not positive');
    else this.#sell(row);
  }

  close(): RetailFile {
    const sales = [...this.#sales.values()].filter((sale) => sale.priceCents > 0n);
    return {
      sales,
      reversals: this.#reversals,
      invoices: this.#invoices.size,
      lines: this.#lines,
      badRows: this.#badRows,
      skipped: this.#skipped,
    };
  }

  #sell(row: RetailLine): void {
    const amount = lineCents(row.quantity, row.unitPrice);
    const buyer = row.customer || `guest:${row.invoice}`;
    const sale = this.#sales.get(row.invoice) ?? {
      externalId: row.invoice,
      buyer,
      priceCents: 0n,
      volumeCents: 0n,
      items: [],
      soldAt: row.soldAt,
    };
    this.#sales.set(row.invoice, sale);
    sale.priceCents += amount;
    if (isProduct(row.product)) sale.volumeCents += amount;
    if (row.soldAt < sale.soldAt) sale.soldAt = row.soldAt;
    sale.items.push({
      product: row.product,
      quantity: Number(row.quantity),
      amountCents: amount.toString(),
      ...(row.description && { name: row.description }),
    });
    if (!row.customer) return;
    const key = soldKey(row);
    const sold = this.#sold.get(key);
    const line = { sale, price: row.unitPrice, quantityLeft: row.quantity, centsLeft: amount };
    if (sold) sold.push(line);
    else this.#sold.set(key, [line]);
  }

  /** Takes a cancellation from the latest earlier sale that has enough left, and there from the first such line. */
  #cancel(row: RetailLine): void {
    const quantity = -row.quantity;
    if (quantity <= 0n) {
      this.#skip('cancellation without a negative quantity');
      return;
    }
    if (!row.customer) {
      this.#skip('cancellation: no customer');
      return;
    }
    const sold = this.#sold.get(soldKey(row));
    if (!sold) {
      this.#skip('cancellation: no earlier sale of the product');
      return;
    }
    const latest = sold.findLast((line) => line.quantityLeft >= quantity)?.sale;
    const line = sold.find((each) => each.sale === latest && each.quantityLeft >= quantity);
    if (!line) {
      this.#skip('cancellation: not enough quantity');
      return;
    }
    let cents = lineCents(quantity, line.price);
    // Prices with more than two decimals are rounded, and a refund must not exceed what is left of its line.
    if (cents > line.centsLeft) cents = line.centsLeft;
    line.quantityLeft -= quantity;
    line.centsLeft -= cents;
    if (cents === 0n) {
      this.#skip('cancellation: less than a cent');
      return;
    }
    this.#reversals.push({
      reversalId: `${row.invoice}:${row.line}`,
      externalId: line.sale.externalId,
      priceCents: cents,
      volumeCents: isProduct(row.product) ? cents : 0n,
    });
  }

  #skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  }
}

function soldKey(row: RetailLine): string {
  return `${row.customer} ${row.product}`;
}
