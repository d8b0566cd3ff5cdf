import { formatCents, formatUnits, planPhrase } from '@plumbline/protocol';
import type { AuditReport } from '../audit-ledger.ts';
import type { Finding } from '../findings.ts';
import type { Summary } from './summary.ts';

/** Findings shown on a page; the report file has all. */
const SHOWN = 50;

/** The report as one line of JSON; amounts and block numbers are decimal strings. */
export function toJson(report: AuditReport): string {
  return JSON.stringify(report, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** The report as a page of text, without a newline at its end. */
export function formatReport(report: AuditReport): string {
  const { block, summary, findings } = report;
  const time = new Date(block.timestamp * 1000).toISOString().replace('.000', '');
  return [
    `Audit of ledger ${report.ledger}`,
    `chain ${report.chainId}, block ${block.number} of ${time}`,
    `  ${block.hash}`,
    '',
    ...table([
      ['Net sales', amount(formatCents(summary.netPriceCents)), 'sold less taken back'],
      ['Net volume', amount(formatCents(summary.netVolumeCents)), 'what commissions are counted on'],
      ['Commission credited', amount(formatUnits(summary.creditedUnits)), ''],
      ['  paid out', amount(formatUnits(summary.paidUnits)), ''],
      ['  owed', amount(formatUnits(summary.owedUnits)), ''],
    ]),
    '',
    ...table([
      ['Held', amount(formatUnits(report.heldUnits)), "by the token's own books"],
      ['  owed', amount(formatUnits(summary.owedUnits)), ''],
      ['  reserved', amount(formatUnits(summary.reservedUnits)), 'for sales that are not settled'],
      ['  float', amount(formatUnits(summary.floatUnits)), 'free to cover new sales'],
    ]),
    '',
    ...table([
      ['Gross sales', amount(formatCents(summary.priceCents)), ''],
      ['  reversed', amount(formatCents(summary.reversedPriceCents)), ''],
      ['Gross volume', amount(formatCents(summary.volumeCents)), ''],
      ['  reversed', amount(formatCents(summary.reversedVolumeCents)), ''],
      ['Funded', amount(formatUnits(summary.fundedUnits)), ''],
      ['  withdrawn', amount(formatUnits(summary.withdrawnUnits)), 'free float taken out'],
      ['  swept', amount(formatUnits(summary.sweptUnits)), 'tokens that had come without a funding'],
      ['  opening balances', amount(formatUnits(summary.openedUnits)), 'owed from before the ledger'],
      ['Refunded late', amount(formatCents(summary.lateRefundCents)), 'at the company’s cost'],
    ]),
    '',
    ...table([
      ['Distributors', count(summary.distributors), describeDistributors(summary)],
      ['Sales', count(summary.sales), `${grouped(String(summary.settledSales))} settled`],
      ['Recorders', count(summary.recorders), ''],
      ['Batches', count(summary.batches), summary.isPaused ? 'recording is paused' : ''],
      ['Changes', count(summary.changes), `${grouped(String(summary.pendingChanges))} pending`],
      ['Acts', count(summary.acts), `${grouped(String(summary.pendingActs))} pending`],
      ['Plans', count(summary.plans), describePlan(summary)],
      ['Flags', count(summary.flags), `${grouped(String(summary.openFlags))} open`],
      ['Entries', count(report.entryCount), `head ${report.head}`],
      ['Findings', count(findings.length), ''],
    ]),
    ...(summary.successor === null ? [] : table([['Successor', summary.successor, '']])),
    '',
    ...listFindings(findings),
  ].join('\n');
}

function describePlan({ planInForce }: Summary): string {
  if (!planInForce) return 'none in force';
  return `plan ${planInForce.version} in force, ${planPhrase(planInForce)}`;
}

/** How many have left, moved or are held; a part without any is left out. */
function describeDistributors(summary: Summary): string {
  const parts: [distributors: number, what: string][] = [
    [summary.inactiveDistributors, 'inactive'],
    [summary.leftDistributors, 'left'],
    [summary.movedDistributors, 'moved'],
    [summary.heldDistributors, 'held now'],
    [summary.pendingRecoveries, 'with a recovery under way'],
  ];
  return parts
    .filter(([distributors]) => distributors > 0)
    .map(([distributors, what]) => `${grouped(String(distributors))} ${what}`)
    .join(', ');
}

const NAME_WIDTH = 22;
const NUMBER_WIDTH = 24;

function table(rows: readonly (readonly [name: string, value: string, note: string])[]): string[] {
  return rows.map(([name, value, note]) =>
    `${name.padEnd(NAME_WIDTH)}${value}${note && `  ${note}`}`.trimEnd(),
  );
}

/** An amount with at least two decimals, so that the points stand below each other. */
function amount(text: string): string {
  const [whole = '', decimals = ''] = text.split('.');
  return `${grouped(whole)}.${decimals.padEnd(6)}`.padStart(NUMBER_WIDTH);
}

/** A count, its last digit where amounts have theirs before the point. */
function count(value: number): string {
  return grouped(String(value)).padStart(NUMBER_WIDTH - 7);
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

function listFindings(findings: readonly Finding[]): string[] {
  if (findings.length === 0) {
    return [
      'Everything holds: the journal is complete, every entry follows the rules, every balance agrees.',
    ];
  }
  const lines = findings
    .slice(0, SHOWN)
    .map(({ code, message, ...place }) => `[${code}] ${where(place)}${message}`);
  const rest = findings.length - lines.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

function where({
  entry,
  blockNumber,
  transactionHash,
}: Pick<Finding, 'entry' | 'blockNumber' | 'transactionHash'>) {
  return entry === null ? '' : `entry ${entry}, block ${blockNumber}, transaction ${transactionHash}: `;
}
