import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type ErrorDetails, PlumblineError } from '@plumbline/protocol';
import { type Address, isAddress } from 'viem';
import { type AuditRequest, auditLedger } from './audit-ledger.ts';
import { reasonOf } from './chain/errors.ts';
import { formatReport, toJson } from './report/text.ts';

/** The audit as a command: one line on standard error if it could not be made, a report if it could. */

const USAGE = 'usage: npm run audit -- --rpc URL --ledger ADDRESS [--from BLOCK] [--out FILE.json] [--json]';

const HELP = `Replays a ledger from the chain alone and compares the result with its contract.

${USAGE}

  --rpc URL         the node to read from (http or https)
  --ledger ADDRESS  the ledger to audit
  --from BLOCK      the block in which the ledger was created; found by itself if not given
  --out FILE.json   where to write the whole report (default: plumbline-audit-LEDGER-BLOCK.json)
  --json            print the whole report instead of a summary, and write no file unless --out is given
  -h, --help        print this text

Exit code: 0 if everything holds, 1 if there are findings, 2 if the audit could not be made.`;

/** A wrong command line. */
class UsageError extends PlumblineError {
  override name = 'UsageError';

  constructor(message: string, details?: ErrorDetails) {
    super('usage', message, details);
  }
}

interface Arguments {
  request: AuditRequest;
  /** Undefined: a file named after ledger and block. */
  out: string | undefined;
  json: boolean;
}

/** @throws UsageError if a value is not of its form. */
function readArguments({ rpc, ledger, from, out, json }: ReturnType<typeof readOptions>): Arguments {
  if (rpc === undefined || !/^https?:$/.test(URL.parse(rpc)?.protocol ?? '')) {
    throw new UsageError(`--rpc must be the http or https URL of a node, not ${rpc ?? 'missing'}`);
  }
  if (ledger === undefined || !isAddress(ledger, { strict: false })) {
    throw new UsageError(`--ledger must be an address, 0x and 40 hex digits, not ${ledger ?? 'missing'}`);
  }
  if (from !== undefined && !/^[0-9]{1,15}$/.test(from)) {
    throw new UsageError(`--from must be a block number in decimal digits, not ${from}`);
  }
  if (out === '') throw new UsageError('--out must name a file');
  const fromBlock = from === undefined ? undefined : BigInt(from);
  return { request: { rpcUrl: rpc, ledger: ledger as Address, fromBlock }, out, json: json ?? false };
}

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rpc: { type: 'string' },
        ledger: { type: 'string' },
        from: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** One line that is written over and over, for whoever watches a terminal. */
function showProgress(doing: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${doing}`);
}

async function run(args: string[]): Promise<number> {
  const values = readOptions(args);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { request, out, json } = readArguments(values);
  const report = await auditLedger({ ...request, onProgress: showProgress });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  // A report that goes to standard output needs no file unless one is asked for.
  const file = out ?? (json ? undefined : `plumbline-audit-${report.ledger}-${report.block.number}.json`);
  if (file !== undefined) await writeFile(file, `${toJson(report)}\n`);
  process.stdout.write(
    json ? `${toJson(report)}\n` : `${formatReport(report)}\n\nThe whole report: ${file}\n`,
  );
  return report.findings.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`audit: ${reasonOf(error)}${error instanceof UsageError ? `; ${USAGE}` : ''}\n`);
  process.exitCode = 2;
}
