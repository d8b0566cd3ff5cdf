import type { AuditReport } from '@plumbline/audit';
import { countedVolume, formatCents, formatUnits, type Plan } from '@plumbline/protocol';
import type { LedgerResponse } from '@plumbline/protocol/api';
import { type Network, sellerOf, uplineOf } from './network.ts';
import type { RetailFile, RetailSale } from './sales.ts';
import type { Submitted } from './submit.ts';

/** What an import came to, by the file, by the books and by the chain. Amounts are cents or base units. */
export interface Reconciliation {
  lines: number;
  invoices: number;
  sales: number;
  reversals: number;
  priceCents: bigint;
  volumeCents: bigint;
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  /** What the plan pays for these sales, settled or to be settled. */
  commissionUnits: bigint;
  /** How many rows, lines and requests were not taken, by reason. */
  refused: Map<string, number>;
  audit: { findings: number; settledSales: number; creditedUnits: bigint };
  /** Sales in the ledger that are not in this file. */
  otherSales: number;
  /** Where file, books and chain do not agree, each as a sentence. */
  differences: string[];
}

interface Sources {
  file: RetailFile;
  submitted: Submitted;
  network: Network;
  plan: Plan;
  audit: AuditReport;
  /** Totals of the books as the gateway gives them. */
  books: LedgerResponse['totals'];
}

/** Compares what was submitted with the books and with the replayed chain. */
export function reconcile({ file, submitted, network, plan, audit, books }: Sources): Reconciliation {
  const { sales, reversals } = submitted;
  const refused = new Map([...file.skipped, ...submitted.refused]);
  if (file.badRows.length > 0) refused.set('row that cannot be read', file.badRows.length);
  const figures = {
    sales: sales.length,
    priceCents: sum(sales, (sale) => sale.priceCents),
    volumeCents: sum(sales, (sale) => sale.volumeCents),
    reversedPriceCents: sum(reversals, (reversal) => reversal.priceCents),
    reversedVolumeCents: sum(reversals, (reversal) => reversal.volumeCents),
    commissionUnits: commissionOf(submitted, network, plan),
  };
  const { summary, findings } = audit;
  const otherSales = summary.sales - sales.length;
  return {
    ...figures,
    lines: file.lines,
    invoices: file.invoices,
    reversals: reversals.length,
    refused,
    audit: {
      findings: findings.length,
      settledSales: summary.settledSales,
      creditedUnits: summary.creditedUnits,
    },
    otherSales,
    differences: [
      ...differencesOfBooks(summary, books),
      // A ledger with other sales cannot be compared with the file as a whole.
      ...(otherSales === 0 ? differencesOfFile(figures, summary) : []),
    ],
  };
}

/** Commission for what is left of each sale: its counted volume times the rates of the levels above its seller. */
function commissionOf({ sales, reversals }: Submitted, network: Network, plan: Plan): bigint {
  const back = new Map<string, bigint>();
  for (const { externalId, volumeCents } of reversals) {
    back.set(externalId, (back.get(externalId) ?? 0n) + volumeCents);
  }
  const rates = plan.ratesBps[0] ?? [];
  return sum(sales, (sale: RetailSale) => {
    const levels = 1 + uplineOf(sellerOf(network, sale.buyer)).length;
    const bps = rates.slice(0, levels).reduce((total, rate) => total + rate, 0);
    const left = sale.volumeCents - (back.get(sale.externalId) ?? 0n);
    return countedVolume(plan, 'retail', left) * BigInt(bps);
  });
}

function differencesOfBooks(summary: AuditReport['summary'], books: Sources['books']): string[] {
  const names = [
    'distributors',
    'sales',
    'priceCents',
    'volumeCents',
    'reversedPriceCents',
    'reversedVolumeCents',
    'creditedUnits',
    'paidUnits',
  ] as const;
  return names
    .filter((name) => String(summary[name]) !== String(books[name]))
    .map((name) => `${name}: the chain says ${summary[name]}, the books ${books[name]}`);
}

function differencesOfFile(
  figures: Pick<
    Reconciliation,
    'priceCents' | 'volumeCents' | 'reversedPriceCents' | 'reversedVolumeCents' | 'commissionUnits'
  >,
  summary: AuditReport['summary'],
): string[] {
  const pairs: [string, bigint, bigint][] = [
    ['price', figures.priceCents, summary.priceCents],
    ['volume', figures.volumeCents, summary.volumeCents],
    ['reversed price', figures.reversedPriceCents, summary.reversedPriceCents],
    ['reversed volume', figures.reversedVolumeCents, summary.reversedVolumeCents],
  ];
  if (summary.settledSales === summary.sales) {
    pairs.push(['commission', figures.commissionUnits, summary.creditedUnits]);
  }
  return pairs
    .filter(([, file, chain]) => file !== chain)
    .map(([name, file, chain]) => `${name}: the file says ${file}, the chain ${chain}`);
}

function sum<T>(list: readonly T[], value: (item: T) => bigint): bigint {
  return list.reduce((total, item) => total + value(item), 0n);
}

/** Prints a reconciliation as a table; with `json` also as one line of JSON on standard output. */
export function printReconciliation(result: Reconciliation, json: boolean): void {
  if (json) {
    const { sales, priceCents, volumeCents, reversedVolumeCents, commissionUnits, audit } = result;
    const figures = {
      sales,
      priceCents: String(priceCents),
      volumeCents: String(volumeCents),
      reversedVolumeCents: String(reversedVolumeCents),
      commissionUnits: String(commissionUnits),
      auditFindings: audit.findings,
    };
    console.log(JSON.stringify({ import: figures }));
  }
  const print = json ? console.error : console.log;
  const row = (label: string, value: string | number) =>
    print(`  ${label.padEnd(44)} ${String(value).padStart(18)}`);
  print('\nReconciliation');
  row('lines read', result.lines);
  row('invoices read', result.invoices);
  row('sales accepted', result.sales);
  row('reversals accepted', result.reversals);
  for (const [reason, count] of result.refused) row(`not taken: ${reason}`, count);
  row('total price', formatCents(result.priceCents));
  row('total volume', formatCents(result.volumeCents));
  row('reversed price', formatCents(result.reversedPriceCents));
  row('reversed volume', formatCents(result.reversedVolumeCents));
  row('commission by the plan', formatUnits(result.commissionUnits));
  row('settled sales in the ledger', result.audit.settledSales);
  row('commission settled in the ledger', formatUnits(result.audit.creditedUnits));
  if (result.otherSales !== 0) row('sales in the ledger that are not in this file', result.otherSales);
  for (const difference of result.differences) print(`  DIFFERENCE ${difference}`);
  const agree =
    result.differences.length === 0 ? 'file, books and chain agree' : 'file, books and chain DIFFER';
  print(
    `  ${agree}; audit: ${result.audit.findings === 0 ? 'no finding' : `${result.audit.findings} FINDINGS`}`,
  );
}
