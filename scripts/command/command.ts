import { parseArgs } from 'node:util';

/** The command line of every script: what it takes, its `--help`, and its exit code. */

/** An option, as `parseArgs` of node:util has it, and what the usage text says of it. */
interface Option {
  type: 'boolean' | 'string';
  default?: boolean | string;
  short?: string;
  /** Stands for the value in the usage text, e.g. `PORT`. */
  value?: string;
  help: string;
}

type Options = Record<string, Option>;

export interface Usage<O extends Options = Options> {
  /** What one types, e.g. `npm test --`. */
  command: string;
  summary: string;
  /** The arguments that are not options, e.g. `FILE`; none are taken without it. */
  operands?: string;
  options?: O;
  /** Lines below the options, e.g. examples. */
  notes?: string[];
  /** The exit code when `main` throws anything but a `UsageError`; 1 if it is not given. */
  failureCode?: number;
}

/** Who started the command must change how it is called. */
export class UsageError extends Error {
  override name = 'UsageError';
}

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O & { help: { type: 'boolean' } }; allowPositionals: true }>
>;

/**
 * Reads the command line and runs `main`, which gives the exit code; 0 if it gives none. An error becomes one line on
 * standard error; the exit code of a wrong command line is 2.
 */
export async function runCommand<const O extends Options = Record<never, never>>(
  usage: Usage<O>,
  main: (commandLine: Parsed<O>) => Promise<number | undefined> | number | undefined,
): Promise<void> {
  try {
    const commandLine = read(usage, process.argv.slice(2));
    if ((commandLine.values as { help?: boolean }).help) console.log(usageText(usage));
    else process.exitCode = (await main(commandLine)) ?? 0;
  } catch (error) {
    console.error(`${nameOf(usage)}: ${await reasonOf(error)}`);
    // What was started must not keep a command alive that has failed.
    process.exit(error instanceof UsageError ? 2 : (usage.failureCode ?? 1));
  }
}

/** What went wrong, without the key that a node's URL may hold. */
async function reasonOf(error: unknown): Promise<string> {
  // Loaded only now: most commands use nothing of protocol, and all of them should start fast.
  const { hideSecrets } = await import('@plumbline/protocol');
  if (!(error instanceof Error)) return hideSecrets(String(error));
  if (!('shortMessage' in error)) return hideSecrets(error.message);
  // Errors of viem carry the whole request in the lines below the first.
  const url = /^URL: (\S+)$/m.exec(error.message)?.[1];
  return hideSecrets(url ? `${error.shortMessage} (${url})` : String(error.shortMessage));
}

/**
 * The value of a numeric option.
 * @throws UsageError unless it is a whole number from `min` to `max`.
 */
export function wholeNumber(option: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < min || number > max) {
    throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, not ${value}`);
  }
  return number;
}

function read<O extends Options>(usage: Usage<O>, args: string[]): Parsed<O> {
  const options = { ...usage.options, help: { type: 'boolean' as const, short: 'h' } };
  try {
    return parseArgs({ args, options, allowPositionals: usage.operands !== undefined }) as Parsed<O>;
  } catch (error) {
    // The sentences after the first one tell how to quote.
    const [first] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${first}; --help lists what there is`);
  }
}

function usageText(usage: Usage): string {
  const help: Option = { type: 'boolean', short: 'h', help: 'print this text' };
  const options = Object.entries<Option>({ ...usage.options, help });
  const left = (name: string, { short, value }: Option) =>
    `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
  const width = Math.max(...options.map(([name, option]) => left(name, option).length));
  const lines = options.map(([name, option]) => {
    const preset = typeof option.default === 'string' ? ` (default: ${option.default})` : '';
    return `  ${left(name, option).padEnd(width)}  ${option.help}${preset}`;
  });
  const operands = usage.operands ? ` ${usage.operands}` : '';
  const notes = usage.notes ? ['', ...usage.notes] : [];
  return [usage.summary, '', `  ${usage.command}${operands} [options]`, '', ...lines, ...notes].join('\n');
}

/** `test` of `npm test --`, `bench` of `npm run bench --`. */
function nameOf({ command }: Usage): string {
  return command.replace(/^npm (run )?| --$/g, '');
}
