import { type Database, migrate, openDatabase } from '@plumbline/store';
import { sql } from 'kysely';
import { engines } from '../../test/support/databases.ts';
import { Random } from '../../test/support/random.ts';
import { type Filled, fill } from './fill.ts';
import { type KeepingCosts, measureKeeping } from './keeping.ts';
import type { MadeTree, Scale } from './made-tree.ts';
import { type Ask, queries } from './tree-queries.ts';

/** Milliseconds. */
interface Times {
  p50: number;
  p95: number;
  max: number;
}

/** Bytes of a table with its indexes, and its rows. */
interface Size {
  table: string;
  rows: number;
  mb: number;
}

export interface TreeFigures {
  /** 95th percentile in milliseconds of each query over all groups of distributors. */
  p95: Record<string, number>;
  /** The same by group. */
  groups: Record<string, Record<string, Times>>;
  sizes: Size[];
  keeping: { inBulk: Filled['inBulk']; large: KeepingCosts; small: KeepingCosts };
}

const FULL: Scale = { distributors: 1_000_000, line: 10_000, movers: 1_000, sales: 5_000_000 };
/** A small ledger, to compare the costs of keeping with. */
const SMALL: Scale = { distributors: 1_000, line: 0, movers: 0, sales: 5_000 };

/** Distributors asked about in each group: each once to warm up, and once for the figure. */
const DRAWN = 100;

/**
 * Times the queries over the tree in PostgreSQL, warm, for three groups: distributors drawn from all, those with the
 * 100 largest teams, and distributors of the line; then measures what an enrolment and a sale cost to write there.
 */
export async function measureTrees(scale: Scale = FULL): Promise<TreeFigures> {
  return withLedger(scale, async (database, filled) => {
    const sizes = await listSizes(database);
    const groups: TreeFigures['groups'] = {};
    const all = new Map<string, number[]>();
    for (const [group, distributors] of Object.entries(drawDistributors(filled.tree))) {
      for (const [name, ask] of Object.entries(queries(database, filled))) {
        const times = await timesOf(ask, distributors);
        // `pending` is computed from open sales, so it is reported only for each group.
        if (name !== 'pending') all.set(name, [...(all.get(name) ?? []), ...times]);
        groups[name] = { ...groups[name], [group]: summary(times) };
      }
    }
    const p95 = Object.fromEntries([...all].map(([name, times]) => [name, summary(times).p95]));
    const large = await measureKeeping(database, filled);
    const small = await withLedger(SMALL, measureKeeping);
    return { p95, groups, sizes, keeping: { inBulk: filled.inBulk, large, small } };
  });
}

async function withLedger<T>(
  scale: Scale,
  work: (database: Database, filled: Filled) => Promise<T>,
): Promise<T> {
  const server = await engines[1]?.start();
  if (!server) throw new Error('there is no PostgreSQL among the engines');
  const database = openDatabase(server.url);
  try {
    await migrate(database);
    const started = performance.now();
    const filled = await fill(database, scale);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${scale.distributors} distributors and ${scale.sales} sales written in ${seconds.toFixed(0)} s`,
    );
    return await work(database, filled);
  } finally {
    await database.destroy();
    await server.stop();
  }
}

/** Numbers of distributors, by group. */
function drawDistributors(tree: MadeTree): Record<string, number[]> {
  const random = new Random(11);
  const draw = (from: readonly number[] | Int32Array, count = DRAWN) =>
    Array.from({ length: count }, () => from[random.below(from.length)] ?? 1);
  const everybody = Int32Array.from({ length: tree.count }, (_, i) => i + 1);
  const sizes = tree.sizes();
  const bySize = everybody.toSorted((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const line = everybody.subarray(tree.atRandom);
  return {
    everybody: draw(everybody),
    largest: [...bySize.subarray(0, 100)],
    ...(line.length > 0 && { line: draw(line) }),
  };
}

async function timesOf(ask: Ask, distributors: readonly number[]): Promise<number[]> {
  const times: number[] = [];
  for (const one of distributors) {
    await ask(one, async (query) => void (await query()));
    await ask(one, async (query) => {
      const started = performance.now();
      await query();
      times.push(performance.now() - started);
    });
  }
  return times;
}

function summary(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => {
    const time = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return Math.round(time * 100) / 100;
  };
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function listSizes(database: Database): Promise<Size[]> {
  const { rows } = await sql<Size>`
    select relname as table, n_live_tup::float8 as rows,
      round(pg_total_relation_size(relid) / 1e6, 1)::float8 as mb
    from pg_stat_user_tables where n_live_tup > 0 order by pg_total_relation_size(relid) desc`.execute(
    database,
  );
  return rows;
}
