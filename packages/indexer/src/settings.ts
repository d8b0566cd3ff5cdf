import { parseArgs } from 'node:util';
import { SettingError } from './errors.ts';
import type { Finality } from './rpc/chain-head.ts';

/** Reads the command line and the environment. */

export type Command =
  | { name: 'help' }
  | { name: 'follow'; from: number | undefined; to: number | undefined; once: boolean }
  | { name: 'status' }
  | { name: 'rebuild'; beside: string | undefined };

const DATABASE_URL = /^postgres(ql)?:\/\//;
const BLOCK = /^\d{1,15}$/;

const USAGE =
  'usage: indexer [--from BLOCK] [--to BLOCK] [--once], indexer status, or indexer rebuild --check [--beside URL]';

/** What `--help` prints. */
export const HELP = `Reads the journal of a ledger, or of all ledgers of a factory, into the books.

  indexer [--from BLOCK] [--to BLOCK] [--once]   follow the chain
  indexer status                                 print where the books of each ledger stand, one JSON line each
  indexer rebuild --check [--beside URL]         rebuild the books from the chain and compare them row by row

  --from BLOCK   the first block that can hold an entry
  --to BLOCK     the last block to read; then the indexer ends
  --once         read up to the newest block, then end
  --check        compare only; the books are not changed
  --beside URL   an empty PostgreSQL database to rebuild in; without it, memory
  -h, --help     print this text

Environment:
  PLUMBLINE_DATABASE_URL   the PostgreSQL database with the books
  PLUMBLINE_RPC_URL        HTTP URLs of the chain's nodes, with commas between them
  PLUMBLINE_LEDGER         address of the ledger to follow, or
  PLUMBLINE_FACTORY        address of the factory whose ledgers to follow
  PLUMBLINE_START_BLOCK    the first block that can hold an entry (default: 0)
  PLUMBLINE_FINALITY       final blocks: finalized, safe, or a number of blocks below the newest (default: finalized)
  PLUMBLINE_POLL_MS        milliseconds between two polls of the chain (default: 200)
  PLUMBLINE_OPEN_MS        milliseconds that a database transaction stays open for more entries (default: 5000)
  PLUMBLINE_STRETCH_SIZE   entries and sales to write at once (default: 40000)

Exit code: 0 when done, 1 when something failed or the books differ, 2 when a setting is wrong.`;

/** @throws SettingError naming the option and what would be right. */
export function readCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { name: 'help' };
  const [command, ...others] = positionals;
  const given = Object.keys(values);
  const allow = (...names: string[]) => {
    const stray = others[0] ?? given.find((name) => !names.includes(name));
    if (stray === undefined) return;
    const what = others.length > 0 ? stray : `--${stray}`;
    throw new SettingError(`${what} does not belong to ${command ?? 'following'}; ${USAGE}`);
  };
  switch (command) {
    case undefined: {
      allow('from', 'to', 'once');
      const [from, to] = [parseBlockNumber('--from', values.from), parseBlockNumber('--to', values.to)];
      if (from !== undefined && to !== undefined && to < from) {
        throw new SettingError(`--to must be a block from ${from} on, where --from begins, not ${to}`);
      }
      return { name: 'follow', from, to, once: values.once ?? false };
    }
    case 'status':
      allow();
      return { name: 'status' };
    case 'rebuild': {
      allow('check', 'beside');
      if (!values.check)
        throw new SettingError('rebuild must be given --check: it compares, and changes nothing');
      const { beside } = values;
      if (beside !== undefined && !DATABASE_URL.test(beside)) {
        throw new SettingError(
          `--beside must be the URL of an empty PostgreSQL database, not ${quote(beside)}`,
        );
      }
      return { name: 'rebuild', beside };
    }
    default:
      throw new SettingError(`there is no command ${JSON.stringify(command)}; ${USAGE}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        once: { type: 'boolean' },
        check: { type: 'boolean' },
        beside: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new SettingError(`${(cause as Error).message.replace(/\. To specify.*/s, '')}; ${USAGE}`, cause);
  }
}

function parseBlockNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!BLOCK.test(value)) throw new SettingError(`${option} must be a block number, not ${quote(value)}`);
  return Number(value);
}

/** A value for a message. Of a URL, which may hold a key, only the scheme is shown. */
function quote(value: string): string {
  return JSON.stringify(value.replace(/:\/\/.*/s, '://…'));
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SettingError naming the variable that is missing or wrong. */
function readSetting(
  environment: Environment,
  name: string,
  form: RegExp,
  what: string,
  fallback?: string,
): string {
  const value = environment[name] ?? fallback;
  if (value === undefined || !form.test(value)) {
    throw new SettingError(`${name} must be ${what}, not ${value === undefined ? 'empty' : quote(value)}`);
  }
  return value;
}

export function readDatabaseUrl(environment: Environment): string {
  return readSetting(environment, 'PLUMBLINE_DATABASE_URL', DATABASE_URL, 'the URL of a PostgreSQL database');
}

/** The nodes' URLs; `fallback` stands for a missing setting. */
export function readRpcUrls(environment: Environment, fallback?: string): string[] {
  const form = /^https?:\/\/[^,\s]+(\s*,\s*https?:\/\/[^,\s]+)*$/;
  const what = 'the HTTP URL of a node, or several with commas between them';
  return readSetting(environment, 'PLUMBLINE_RPC_URL', fallback === undefined ? form : /^/, what, fallback)
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
}

/** One ledger, or the factory of many. */
export function readAddresses(environment: Environment): { ledger?: string; factory?: string } {
  const form = /^0x[0-9a-fA-F]{40}$/;
  const isMany = environment.PLUMBLINE_LEDGER === undefined && environment.PLUMBLINE_FACTORY !== undefined;
  return isMany
    ? { factory: readSetting(environment, 'PLUMBLINE_FACTORY', form, 'the address of a factory') }
    : { ledger: readSetting(environment, 'PLUMBLINE_LEDGER', form, 'the address of a ledger') };
}

/** How to follow the chain. */
export function readFollowing(environment: Environment) {
  const number = (name: string, what: string, fallback: string) =>
    Number(readSetting(environment, name, /^\d{1,9}$/, what, fallback));
  return {
    startBlock: Number(readSetting(environment, 'PLUMBLINE_START_BLOCK', BLOCK, 'a block number', '0')),
    pollMs: number('PLUMBLINE_POLL_MS', 'a number of milliseconds', '200'),
    openMs: number('PLUMBLINE_OPEN_MS', 'a number of milliseconds', '5000'),
    stretchSize: Math.max(1, number('PLUMBLINE_STRETCH_SIZE', 'a number of entries and sales', '40000')),
    finality: readFinality(environment),
  };
}

export function readFinality(environment: Environment): Finality {
  const what = '"finalized", "safe", or a number of blocks';
  const form = /^(finalized|safe|\d{1,9})$/;
  const value = readSetting(environment, 'PLUMBLINE_FINALITY', form, what, 'finalized');
  return value === 'finalized' || value === 'safe' ? value : Number(value);
}
