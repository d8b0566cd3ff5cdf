import { setTimeout as delay } from 'node:timers/promises';
import { type BooksStatus, type Database, findStatus, listLedgers } from '@plumbline/store';
import type { Address } from 'viem';
import { NodeClient } from './rpc/node-client.ts';

/** Books that are behind are looked at twice, this far apart, to tell their rate. */
const SAMPLE_MS = 1_000;

/** Where the books of a ledger stand. */
export interface LedgerStatus {
  ledger: Address;
  head: string;
  entryCount: number;
  block: number;
  /** Unix seconds. */
  blockTime: number | null;
  finalBlock: number | null;
  /** The chain's newest block, from the node if one was asked, else from the books. */
  tip: number;
  lagBlocks: number;
  /** Null while the books are level. */
  entriesPerSecond: number | null;
  secondsLeft: number | null;
}

/** Where the books of all ledgers stand. @param rpcUrl A node to ask for the newest block. */
export async function readStatus(database: Database, rpcUrl: string | undefined): Promise<LedgerStatus[]> {
  const tip = rpcUrl === undefined ? undefined : await readTip(rpcUrl);
  const ledgers = await listLedgers(database);
  const before = await Promise.all(ledgers.map((ledger) => findStatus(database, ledger)));
  const isBehind = before.some((status) => status && lagOf(status, tip) > 0);
  if (isBehind) await delay(SAMPLE_MS);
  const after = isBehind ? await Promise.all(ledgers.map((ledger) => findStatus(database, ledger))) : before;
  return ledgers.flatMap((ledger, i) => {
    const [then, now] = [before[i], after[i]];
    return then && now ? [compareStatus(ledger, then, now, tip)] : [];
  });
}

/** The newest block; undefined if the node does not say. */
async function readTip(rpcUrl: string): Promise<number | undefined> {
  try {
    const policy = { attempts: 1, pauseMs: 0, maxPauseMs: 0, timeoutMs: SAMPLE_MS };
    return Number(await new NodeClient(rpcUrl, policy).ask('eth_blockNumber', []));
  } catch {
    return undefined;
  }
}

function lagOf({ blockNumber, tipNumber }: BooksStatus, tip: number | undefined): number {
  return Math.max(0, Math.max(tip ?? 0, tipNumber) - blockNumber);
}

function compareStatus(
  ledger: Address,
  before: BooksStatus,
  now: BooksStatus,
  tip: number | undefined,
): LedgerStatus {
  const lagBlocks = lagOf(now, tip);
  const seconds = SAMPLE_MS / 1000;
  const blocksPerSecond = (now.blockNumber - before.blockNumber) / seconds;
  const isLevel = lagOf(before, tip) === 0;
  return {
    ledger,
    head: now.head,
    entryCount: now.entryCount,
    block: now.blockNumber,
    blockTime: now.blockTime,
    finalBlock: now.finalNumber ?? null,
    tip: Math.max(tip ?? 0, now.tipNumber),
    lagBlocks,
    entriesPerSecond: isLevel ? null : Math.round((now.entryCount - before.entryCount) / seconds),
    secondsLeft: isLevel || blocksPerSecond <= 0 ? null : Math.ceil(lagBlocks / blocksPerSecond),
  };
}
