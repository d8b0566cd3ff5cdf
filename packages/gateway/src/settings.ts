import { PlumblineError } from '@plumbline/protocol';
import type { Address, Hex } from 'viem';

/** The environment variables that the gateway reads. */

/** A variable of the environment that is missing or not of its form. */
class EnvironmentError extends PlumblineError {
  override name = 'EnvironmentError';

  constructor(variable: string, expected: string, isSet: boolean) {
    super('invalid-environment', `${variable} must be ${expected}${isSet ? '' : '; it is not set'}`);
  }
}

interface Variable {
  /** What its value must be. */
  expected: string;
  pattern: RegExp;
  /** Without it the variable must be set. */
  fallback?: string;
  /** More about it, for `--help`. */
  help?: string;
}

const URL_FORM = /^(https?|postgres(ql)?):\/\/\S+$/;
const NUMBER = /^[0-9]{1,12}$/;

const variables = {
  PLUMBLINE_RPC_URL: { expected: 'the URL of an Ethereum node', pattern: URL_FORM },
  PLUMBLINE_LEDGER: { expected: 'the address of a ledger', pattern: /^0x[0-9a-fA-F]{40}$/ },
  PLUMBLINE_START_BLOCK: {
    expected: 'a block number',
    pattern: NUMBER,
    fallback: '0',
    help: "the block of the ledger's creation, or any before it",
  },
  PLUMBLINE_SIGNER_KEY: {
    expected: 'a private key: 0x and 64 hex digits',
    pattern: /^0x[0-9a-fA-F]{64}$/,
    help: 'the key of the recorder, who signs every transaction',
  },
  PLUMBLINE_API_KEY: {
    expected: 'a key of at least 8 characters',
    pattern: /^\S{8,}$/,
    help: 'whoever writes must send it as "Authorization: Bearer KEY"',
  },
  PLUMBLINE_DATABASE_URL: { expected: 'the URL of a PostgreSQL database', pattern: URL_FORM },
  PLUMBLINE_PUBLIC_RPC_URL: {
    expected: 'the URL of an Ethereum node',
    pattern: /^(https?:\/\/\S+)?$/,
    fallback: '',
    help: 'browsers are told to use it; without it the reader chooses one',
  },
  PLUMBLINE_HOST: { expected: 'an address to listen on', pattern: /^/, fallback: '127.0.0.1' },
  PLUMBLINE_PORT: { expected: 'a port', pattern: NUMBER, fallback: '0', help: '0 takes a free one' },
  PLUMBLINE_BATCH_SIZE: {
    expected: '1 to 1000',
    pattern: /^([1-9][0-9]{0,2}|1000)$/,
    fallback: '250',
    help: 'most sales, or reversals, in one transaction',
  },
  PLUMBLINE_BATCH_AGE_MS: {
    expected: 'milliseconds',
    pattern: NUMBER,
    fallback: '2000',
    help: 'a batch that is not full is sent when its oldest item is this old',
  },
  PLUMBLINE_LOG_LEVEL: {
    expected: 'a level of pino, e.g. debug, info or silent',
    pattern: /^/,
    fallback: 'info',
  },
  PLUMBLINE_DASHBOARD: {
    expected: "the folder of the dashboard's built files",
    pattern: /^/,
    fallback: '',
    help: 'without it no dashboard is served',
  },
} as const satisfies Record<string, Variable>;

/**
 * Reads the settings of a gateway process.
 * @throws EnvironmentError for the first variable that is missing or not of its form
 */
export function readSettings(environment: NodeJS.ProcessEnv) {
  const read = (name: keyof typeof variables): string => {
    const { expected, pattern, fallback }: Variable = variables[name];
    const value = environment[name] ?? fallback;
    if (value !== undefined && pattern.test(value)) return value;
    throw new EnvironmentError(name, expected, value !== undefined);
  };
  return {
    rpcUrl: read('PLUMBLINE_RPC_URL'),
    ledger: read('PLUMBLINE_LEDGER').toLowerCase() as Address,
    startBlock: Number(read('PLUMBLINE_START_BLOCK')),
    signerKey: read('PLUMBLINE_SIGNER_KEY') as Hex,
    apiKey: read('PLUMBLINE_API_KEY'),
    databaseUrl: read('PLUMBLINE_DATABASE_URL'),
    // Never the gateway's own node: its URL may hold a key.
    publicRpcUrl: read('PLUMBLINE_PUBLIC_RPC_URL') || null,
    host: read('PLUMBLINE_HOST'),
    port: Number(read('PLUMBLINE_PORT')),
    batchSize: Number(read('PLUMBLINE_BATCH_SIZE')),
    batchAgeMs: Number(read('PLUMBLINE_BATCH_AGE_MS')),
    logLevel: read('PLUMBLINE_LOG_LEVEL'),
    dashboard: read('PLUMBLINE_DASHBOARD') || undefined,
  };
}

/** The text of `--help`. */
export function usageText(): string {
  const width = Math.max(...Object.keys(variables).map((name) => name.length));
  const lines = Object.entries<Variable>(variables).map(([name, { expected, fallback, help }]) => {
    const preset = fallback === undefined ? 'required' : fallback && `default: ${fallback}`;
    const words = help === undefined ? expected : `${expected}; ${help}`;
    return `  ${name.padEnd(width)}  ${words}${preset && ` (${preset})`}`;
  });
  return [
    'Serves the HTTP API, and sends what it accepts to the ledger. Settings are read from the environment:',
    '',
    ...lines,
  ].join('\n');
}
