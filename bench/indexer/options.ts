import { UsageError, wholeNumber } from '../../scripts/command/command.ts';

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

/** The options of `npm run bench -- indexer`. Without any, it takes about half an hour. */
export const indexerOptions = {
  distributors: { type: 'string', value: 'N', default: '20000', help: 'distributors on the chain' },
  sales: { type: 'string', value: 'N', default: '200000', help: 'sales on the chain' },
  million: {
    type: 'string',
    value: 'N',
    default: '1000000',
    help: 'sales on the chain for the part `million`',
  },
  runs: { type: 'string', value: 'N', default: '3', help: 'runs that a figure is the median of' },
  only: { type: 'string', value: 'PARTS', default: PARTS.join(','), help: 'what to measure' },
  'skip-million': { type: 'boolean', default: false, help: 'leave out the part `million`' },
  'skip-ponder': { type: 'boolean', default: false, help: 'leave out Ponder, which is installed for it' },
  'skip-trees': { type: 'boolean', default: false, help: 'leave out the part `trees`' },
} as const;

type Values = { [name in keyof typeof indexerOptions]: string | boolean };

/** @throws UsageError if a value is not of its form. */
export function readOptions(values: Partial<Values>): Options {
  const named = String(values.only).split(',');
  const unknown = named.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no part "${unknown}"; there are: ${PARTS.join(', ')}`);
  const isSkipped = (part: Part) =>
    (part === 'million' && values['skip-million']) ||
    (part === 'ponder' && values['skip-ponder']) ||
    (part === 'trees' && values['skip-trees']);
  const whole = (name: 'distributors' | 'sales' | 'million' | 'runs') =>
    wholeNumber(name, String(values[name]), 1, 99_999_999);
  return {
    distributors: whole('distributors'),
    sales: whole('sales'),
    million: whole('million'),
    runs: whole('runs'),
    parts: new Set(PARTS.filter((part) => named.includes(part) && !isSkipped(part))),
  };
}
