import { cpus, totalmem } from 'node:os';
import { buildChain, type Chain } from './chain.ts';
import { Server, useEmbedded } from './indexer/databases.ts';
import { measureOurs, measurePonder, measureRaw } from './indexer/measure.ts';
import type { Options, Part } from './indexer/options.ts';
import { installPonder } from './indexer/ponder.ts';
import type { Run } from './indexer/program.ts';
import { measureTrees } from './indexer/trees.ts';

/**
 * How long our indexer takes to read a whole ledger into an empty database, beside Ponder on the same chain and the same
 * database server, and beside reading the logs alone. Programs are measured from their start, each in its own process;
 * they take turns, so that other load on the machine affects all of them; figures are medians. indexer/options.ts says
 * how to run only a part.
 */

/** Ponder takes a block for final this many blocks later, and what is not final it takes one by one, which is slower. */
const BLOCKS_UNTIL_FINAL = 30;

export async function run(options: Options): Promise<Record<string, unknown>> {
  const { distributors, sales, million, runs, parts } = options;
  const server = await Server.start();
  const chain = await buildChain({ distributors });
  try {
    const ways: [Part, string, () => Promise<Run>][] = [
      ['raw', 'raw logs', () => measureRaw(chain)],
      ['postgres', 'Plumbline, PostgreSQL', () => server.use((url) => measureOurs(chain, url))],
      ['pglite', 'Plumbline, PGlite', () => useEmbedded((url) => measureOurs(chain, url))],
    ];
    if (parts.has('ponder')) {
      const version = await installPonder();
      const way = () => server.use((url) => measurePonder(chain, url));
      ways.push(['ponder', `Ponder ${version}, PostgreSQL`, way]);
    }
    const table = new Map<string, Row>();

    await grow(chain, sales);
    const taken = new Map<Part, Run>();
    const chosen = ways.filter(([part]) => parts.has(part));
    for (const [part, name, result] of await takeTurns(chosen, runs)) {
      taken.set(part, result);
      table.set(`${name}, ${sales} sales`, rowOf(result, sales));
    }
    if (parts.has('million')) {
      await grow(chain, million);
      const way = ways.filter(([part]) => part === 'postgres');
      for (const [, name, result] of await takeTurns(way, runs)) {
        taken.set('million', result);
        table.set(`${name}, ${million} sales`, rowOf(result, million));
      }
    }

    console.log(
      `${distributors} distributors, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ` +
        `${Math.round(totalmem() / 2 ** 30)} GB; medians of ${runs}`,
    );
    console.table(Object.fromEntries(table));
    const figures = figuresOf(taken, { sales, million });
    if (!parts.has('trees')) return figures;
    const { p95: treeP95Ms, ...details } = await measureTrees();
    console.log(JSON.stringify(details, null, 2));
    return { ...figures, treeP95Ms };
  } finally {
    await chain.anvil.stop();
    await server.stop();
  }
}

/** The last blocks are empty, so that every sale is final for every program. */
async function grow(chain: Chain, sales: number): Promise<void> {
  console.log(`building a chain of ${sales} sales`);
  await chain.grow(sales);
  await chain.anvil.rpc('anvil_mine', [`0x${(BLOCKS_UNTIL_FINAL + 1).toString(16)}`]);
}

/** Runs each once a round, and returns the median run of each. */
async function takeTurns(
  ways: readonly [Part, string, () => Promise<Run>][],
  rounds: number,
): Promise<[Part, string, Run][]> {
  const results = ways.map(() => [] as Run[]);
  for (let round = 1; round <= rounds; round++) {
    for (const [i, [, name, measure]] of ways.entries()) {
      const result = await measure();
      console.log(`round ${round}, ${name}: ${result.seconds.toFixed(1)} s, ${result.rssMb} MB`);
      results[i]?.push(result);
    }
  }
  return ways.map(([part, name], i) => [part, name, medianOf(results[i] ?? [])]);
}

function medianOf(runs: readonly Run[]): Run {
  const middle = (pick: (run: Run) => number) =>
    runs.map(pick).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Number.NaN;
  return {
    seconds: middle((run) => run.seconds),
    cpuSeconds: middle((run) => run.cpuSeconds),
    rssMb: middle((run) => run.rssMb),
  };
}

interface Row {
  seconds: number;
  'sales/s': number;
  'CPU s': number;
  'RSS MB': number;
}

function rowOf({ seconds, cpuSeconds, rssMb }: Run, sales: number): Row {
  return {
    seconds: rounded(seconds),
    'sales/s': Math.round(sales / seconds),
    'CPU s': rounded(cpuSeconds),
    'RSS MB': rssMb,
  };
}

/** Only what was measured. Ratios compare seconds, except that of the two sizes, which compares sales a second. */
function figuresOf(
  taken: ReadonlyMap<Part, Run>,
  sizes: { sales: number; million: number },
): Record<string, number> {
  const [raw, postgres, pglite, ponder, million] = (
    ['raw', 'postgres', 'pglite', 'ponder', 'million'] as const
  ).map((part) => taken.get(part));
  return {
    ...(postgres && { salesPerSecond: Math.round(sizes.sales / postgres.seconds) }),
    ...(postgres && ponder && { vsPonder: rounded(ponder.seconds / postgres.seconds) }),
    ...(postgres && raw && { vsRawLogs: rounded(postgres.seconds / raw.seconds) }),
    ...(pglite && raw && { pgliteVsRawLogs: rounded(pglite.seconds / raw.seconds) }),
    // The peak of all runs, the longest chain included.
    ...(postgres && { rssMb: Math.max(postgres.rssMb, million?.rssMb ?? 0) }),
    ...(postgres &&
      million && {
        rate1MOver200k: rounded(sizes.million / million.seconds / (sizes.sales / postgres.seconds)),
      }),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
