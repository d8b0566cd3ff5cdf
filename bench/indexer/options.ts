import { parseArgs } from 'node:util';

/** What can be measured, in the order in which it is. */
const PARTS = ['raw', 'postgres', 'pglite', 'ponder', 'million', 'trees'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  distributors: number;
  sales: number;
  /** To how many sales the chain is grown for the last part. */
  million: number;
  /** Of how many runs a figure is the median. */
  runs: number;
  parts: ReadonlySet<Part>;
}

/**
 *   npm run bench -- indexer                             everything: about half an hour
 *   npm run bench -- indexer --sales 20000 --distributors 2000 --skip-million --skip-ponder
 *   npm run bench -- indexer --only postgres,raw --runs 1
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      distributors: { type: 'string', default: '20000' },
      sales: { type: 'string', default: '200000' },
      million: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: PARTS.join(',') },
      'skip-million': { type: 'boolean', default: false },
      'skip-ponder': { type: 'boolean', default: false },
      'skip-trees': { type: 'boolean', default: false },
    },
  });
  const named = values.only.split(',');
  const unknown = named.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined)
    throw new Error(`There is no part "${unknown}"; there are: ${PARTS.join(', ')}.`);
  const isSkipped = (part: Part) =>
    (part === 'million' && values['skip-million']) ||
    (part === 'ponder' && values['skip-ponder']) ||
    (part === 'trees' && values['skip-trees']);
  return {
    distributors: whole('distributors', values.distributors),
    sales: whole('sales', values.sales),
    million: whole('million', values.million),
    runs: whole('runs', values.runs),
    parts: new Set(PARTS.filter((part) => named.includes(part) && !isSkipped(part))),
  };
}

function whole(name: string, value: string): number {
  if (!/^[1-9]\d{0,7}$/.test(value)) throw new Error(`--${name} must be a whole number, not ${value}`);
  return Number(value);
}
