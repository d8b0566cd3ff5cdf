import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Address, isAddress } from 'viem';
import { type AuditRequest, auditLedger } from './audit-ledger.ts';
import { reasonOf } from './chain/errors.ts';
import { formatReport, toJson } from './report/text.ts';

/**
 * Audits a ledger: `--rpc URL --ledger ADDRESS [--from BLOCK] [--out FILE.json] [--json]`.
 * Exit code 0: everything holds. 1: there are findings. 2: the audit could not be made.
 */

const USAGE = 'usage: npm run audit -- --rpc URL --ledger ADDRESS [--from BLOCK] [--out FILE.json] [--json]';

/** Arguments that are not of their form. */
class UsageError extends Error {
  override name = 'UsageError';
}

interface Arguments {
  request: AuditRequest;
  /** Undefined: a file named after ledger and block. */
  out: string | undefined;
  json: boolean;
}

function readArguments(args: string[]): Arguments {
  const { rpc, ledger, from, out, json } = parse(args);
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

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rpc: { type: 'string' },
        ledger: { type: 'string' },
        from: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** One line that is written over and over, for distributors who watch. */
function showProgress(doing: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${doing}`);
}

async function run(args: string[]): Promise<number> {
  const { request, out, json } = readArguments(args);
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
