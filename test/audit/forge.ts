import { auditLogs, type LogAudit, type Origin } from '@plumbline/audit';
import { listLogs } from '@plumbline/audit/testing';
import {
  commissionLedgerAbi,
  decodeEntries,
  type Entry,
  extendHead,
  GENESIS_HEAD,
  type LedgerLog,
  type LedgerTerms,
} from '@plumbline/protocol';
import {
  type AbiEvent,
  decodeEventLog,
  encodeAbiParameters,
  encodeEventTopics,
  getAbiItem,
  type Hex,
  toEventSelector,
} from 'viem';
import type { LedgerCompany } from '../support/company/company.ts';

const SALE_SETTLED = toEventSelector(getAbiItem({ abi: commissionLedgerAbi, name: 'SaleSettled' }));

type Args = Record<string, unknown>;

/** A ledger's logs, copied, to be altered and audited without the chain. */
export interface Copy {
  logs: LedgerLog[];
  blockTimes: Map<bigint, number>;
  origin: Origin;
}

export async function copyLogs({ client, ledger, chainId }: LedgerCompany): Promise<Copy> {
  const until = await client.getBlockNumber();
  const { logs, blockTimes } = await listLogs(client, { ledger, from: 0n, until });
  const terms = (await client.readContract({
    address: ledger,
    abi: commissionLedgerAbi,
    functionName: 'terms',
  })) as LedgerTerms;
  return { logs, blockTimes, origin: { chainId, ledger, terms } };
}

/** Audits altered logs; `code@entry` of each finding. */
export function audit(copy: Copy, logs: readonly LedgerLog[]): string[] {
  return fullAudit(copy, logs).findings.map(({ code, entry }) => `${code}@${entry}`);
}

export function fullAudit({ blockTimes, origin }: Copy, logs: readonly LedgerLog[]): LogAudit {
  return auditLogs(logs, blockTimes, origin);
}

/** Name and fields of a log's event. */
function read(log: LedgerLog): { eventName: string; args: Args } {
  return decodeEventLog({
    abi: commissionLedgerAbi,
    topics: [...log.topics] as [Hex, ...Hex[]],
    data: log.data,
  }) as unknown as { eventName: string; args: Args };
}

/** The same log with some fields changed. */
export function rewrite(log: LedgerLog, change: (args: Args) => Args): LedgerLog {
  const { eventName, args } = read(log);
  const event = getAbiItem({ abi: commissionLedgerAbi, name: eventName as 'Payout' }) as AbiEvent;
  const next = { ...args, ...change(args) };
  const inData = event.inputs.filter((input) => !input.indexed);
  return {
    ...log,
    topics: encodeEventTopics({ abi: [event], args: next } as never) as Hex[],
    data: encodeAbiParameters(
      inData,
      inData.map(({ name }) => next[name ?? '']),
    ),
  };
}

/** Positions of the logs of one event, of which `test` may choose some. */
export function find(logs: readonly LedgerLog[], name: string, test = (_: Args) => true): number {
  const at = logs.findIndex((log) => {
    const { eventName, args } = read(log);
    return eventName === name && test(args);
  });
  if (at < 0) throw new Error(`there is no such ${name}`);
  return at;
}

/** Number of the entry that the log at `at` belongs to. */
export function entryAt(logs: readonly LedgerLog[], at: number): number {
  return logs.slice(0, at).filter((log) => log.topics[0] !== SALE_SETTLED).length;
}

/** Replaces, drops or adds logs: the list with `with_` in the place of `count` logs from `at`. */
export function splice(logs: readonly LedgerLog[], at: number, count: number, ...with_: LedgerLog[]) {
  return logs.toSpliced(at, count, ...with_);
}

/** What a careful forger does: every head computed anew, so that the stream agrees with itself. */
export function refold(logs: readonly LedgerLog[]): LedgerLog[] {
  let head: Hex = GENESIS_HEAD;
  let lines: LedgerLog[] = [];
  return logs.map((log) => {
    if (log.topics[0] === SALE_SETTLED) {
      lines.push(log);
      return log;
    }
    const [decoded] = decodeEntries([...lines, log]);
    lines = [];
    const next = extendHead(head, decoded!.entry as Entry);
    head = next;
    return rewrite(log, () => ({ head: next }));
  });
}
