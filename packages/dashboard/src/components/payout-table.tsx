import { amountOf, creditedBy, type SettledLine } from '@plumbline/protocol';
import type { SaleAnswer } from '../api/answers.ts';
import { column, rate } from '../format.ts';
import { text } from '../text.ts';
import { Money } from './money.tsx';
import { PersonLink } from './person-link.tsx';
import { Table } from './table.tsx';

const { columns, unpaid, times, total, payout: caption } = text.sale;

/** Who is paid, recomputed, beside what the gateway shows once it shows anything. */
export function PayoutTable({ payout, sale }: { payout: SettledLine; sale: SaleAnswer }) {
  const isShown = sale.credits !== null;
  const computed = payout.credits.map((credit) => amountOf(payout, credit));
  const shown = computed.map((_, level) => shownAt(sale, level));
  const sum = (sale.credits ?? []).reduce((whole, credit) => whole + BigInt(credit.units), 0n);
  const amounts = column([...computed, creditedBy(payout), ...shown, sum]);
  const here = amounts.slice(0, computed.length + 1);
  const there = amounts.slice(computed.length + 1);
  const rows = payout.credits.map((credit, level) => ({
    key: String(level),
    cells: [
      level === 0 ? text.plan.seller : level,
      credit.id === 0 ? unpaid : <PersonLink key="person" id={credit.id} />,
      rate(credit.bps),
      here[level],
      ...(isShown
        ? [shown[level] === computed[level] ? there[level] : <mark key="shown">{there[level]}</mark>]
        : []),
    ],
  }));
  return (
    <div>
      <p className="soft">
        {times} <Money cents={payout.volumeCents} />
      </p>
      <Table
        caption={caption}
        columns={[
          columns.level,
          columns.person,
          columns.rate,
          columns.amount,
          ...(isShown ? [columns.shown] : []),
        ]}
        numeric={[false, false, true, true, true]}
        rows={rows}
        foot={[total, '', '', here.at(-1), ...(isShown ? [there.at(-1)] : [])]}
      />
    </div>
  );
}

function shownAt(sale: SaleAnswer, level: number): bigint {
  return BigInt(sale.credits?.find((credit) => credit.level === level)?.units ?? 0);
}
