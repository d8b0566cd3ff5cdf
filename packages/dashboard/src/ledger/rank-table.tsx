import { PLAN_BY_DIFFERENCE, PLAN_BY_GENERATION, type Plan } from '@plumbline/protocol';
import { rate } from '../format.ts';
import { Table } from '../parts/table.tsx';
import { text } from '../text.ts';

const words = text.plan;

/** The rates of a plan that depend on the rank, a row for each rank. */
export function RankTable({ plan }: { plan: Plan }) {
  const levels = Math.max(...plan.ratesBps.map((row) => row.length));
  const names = Array.from({ length: levels - 1 }, (_, i) => nameOf(plan, i + 1));
  const rows = plan.ratesBps.map((row, rank) => {
    const name = rank === plan.ratesBps.length - 1 ? words.rankAndAbove(rank) : String(rank);
    const rates = Array.from({ length: levels }, (_, level) => {
      const bps = row[level];
      return bps === undefined ? words.unreached : rate(bps);
    });
    return { key: name, cells: [name, ...rates] };
  });
  return (
    <Table
      caption={words.ranks}
      columns={[words.rank, words.seller, ...names]}
      numeric={[false, ...Array.from({ length: levels }, () => true)]}
      rows={rows}
    />
  );
}

function nameOf({ kind }: Plan, level: number): string {
  if (kind === PLAN_BY_DIFFERENCE) return words.rankRate;
  return kind === PLAN_BY_GENERATION ? words.generation(level) : words.level(level);
}
