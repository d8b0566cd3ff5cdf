import {
  amountOf,
  creditedBy,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  type SettledLine,
} from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { ReactNode } from 'react';
import { rate } from '../../format.ts';
import { DistributorLink } from '../../parts/distributor-link.tsx';
import { Money } from '../../parts/money.tsx';
import { Table } from '../../parts/table.tsx';
import { useProgramme } from '../../state/programme.ts';
import { text } from '../../text.ts';
import type { Verification } from '../../verify/checks.ts';
import type { PlacedDistributor } from '../../verify/upline.ts';

const { columns, unpaid, passed, reasons, times, total, payout: caption } = text.sale;

/** What the plan calls a level. */
function levelName(plan: Verification['plan'], level: number): ReactNode {
  if (level === 0) return text.plan.seller;
  if (plan?.kind === PLAN_BY_DIFFERENCE) return text.plan.difference;
  return plan?.kind === PLAN_BY_GENERATION ? text.plan.generation(level) : level;
}

/** Who is paid by the recomputation and who is passed over, beside what the gateway shows after settlement. */
export function PayoutTable(props: {
  payout: SettledLine;
  upline: readonly PlacedDistributor[];
  plan: Verification['plan'];
  sale: SaleResponse;
}) {
  const { payout, upline, plan, sale } = props;
  const isShown = sale.credits !== null;
  const computed = payout.credits.map((credit) => amountOf(payout, credit));
  const shown = computed.map((_, level) => shownAt(sale, level));
  const sum = (sale.credits ?? []).reduce((whole, credit) => whole + BigInt(credit.units), 0n);
  const amounts = useProgramme().amounts.column([...computed, creditedBy(payout), ...shown, sum]);
  const here = amounts.slice(0, computed.length + 1);
  const there = amounts.slice(computed.length + 1);
  const rows = upline.map((distributor) => {
    const { id, level } = distributor;
    if (level === null) return { key: `passed ${id}`, cells: passedCells(distributor, isShown) };
    const credit = payout.credits[level];
    return {
      key: String(level),
      cells: [
        levelName(plan, level),
        credit?.id === 0 ? unpaidDistributor(distributor) : <DistributorLink key="distributor" id={id} />,
        rate(credit?.bps ?? 0),
        here[level],
        ...(isShown
          ? [shown[level] === computed[level] ? there[level] : <mark key="shown">{there[level]}</mark>]
          : []),
      ],
    };
  });
  return (
    <div>
      <p className="soft">
        {times} <Money cents={payout.volumeCents} />
      </p>
      <Table
        caption={caption}
        columns={[
          columns.level,
          columns.distributor,
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

function passedCells(distributor: PlacedDistributor, isShown: boolean): ReactNode[] {
  return [
    <span key="passed" className="soft">
      {passed}
    </span>,
    withReason(distributor),
    '',
    '',
    ...(isShown ? [''] : []),
  ];
}

function unpaidDistributor(distributor: PlacedDistributor): ReactNode {
  return (
    <span key="distributor">
      {withReason(distributor)}: {unpaid}
    </span>
  );
}

/** A distributor and why they are not paid. */
function withReason({ id, reason }: PlacedDistributor): ReactNode {
  return (
    <span key="distributor">
      <DistributorLink id={id} /> <span className="soft">{reason === null ? '' : reasons[reason]}</span>
    </span>
  );
}

function shownAt(sale: SaleResponse, level: number): bigint {
  return BigInt(sale.credits?.find((credit) => credit.level === level)?.units ?? 0);
}
