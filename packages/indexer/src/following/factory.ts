import { journalTopics, ledgerFactoryAbi } from '@plumbline/protocol';
import { type Address, getAbiItem, type Hex, toEventSelector } from 'viem';
import { ChainMovedError, FactoryMissingError, InvalidLogsError, NodeRefusedError } from '../errors.ts';
import { type AddressedLog, parseBlockAt, parseLogs } from '../rpc/answers.ts';
import { blockCall, quantity } from '../rpc/chain-head.ts';
import type { NodeClient } from '../rpc/node-client.ts';

/** A ledger that the factory created. */
export interface CreatedLedger {
  ledger: Address;
  /** The block of its creation. */
  block: number;
}

const LEDGER_CREATED = toEventSelector(getAbiItem({ abi: ledgerFactoryAbi, name: 'LedgerCreated' }));

/** Blocks in one request; there are few ledgers. */
const MAX_BLOCKS = 50_000;

/** Addresses in one request: nodes limit how many they take. */
const MAX_ADDRESSES = 500;

/** @throws FactoryMissingError if there is no contract at the address. */
export async function checkFactory(node: NodeClient, factory: Address): Promise<void> {
  const code = await node.ask('eth_getCode', [factory, 'latest']);
  if (code === '0x' || typeof code !== 'string') throw new FactoryMissingError(factory);
}

/** The ledgers that were created in blocks `from` to `to`. */
export async function listCreated(
  node: NodeClient,
  factory: Address,
  from: number,
  to: number,
): Promise<CreatedLedger[]> {
  const created: ReturnType<typeof parseCreated>[] = [];
  for (let next = from; next <= to; next += MAX_BLOCKS) {
    const last = Math.min(to, next + MAX_BLOCKS - 1);
    const logs = await readLogs(node, [factory], [LEDGER_CREATED], next, last);
    created.push(...logs.map(parseCreated));
  }
  await checkBlocks(node, created);
  return created.map(({ ledger, block }) => ({ ledger, block }));
}

/** Those of `ledgers` with logs in blocks `from` to `to`, according to the node. */
export async function listActive(
  node: NodeClient,
  ledgers: readonly Address[],
  from: number,
  to: number,
): Promise<Set<Address>> {
  const active = new Set<Address>();
  for (let i = 0; i < ledgers.length; i += MAX_ADDRESSES) {
    const logs = await readLogs(node, ledgers.slice(i, i + MAX_ADDRESSES), journalTopics, from, to);
    for (const { place } of logs) active.add(place.address);
  }
  return active;
}

async function readLogs(
  node: NodeClient,
  address: readonly Address[],
  topics: readonly Hex[],
  from: number,
  to: number,
): Promise<AddressedLog[]> {
  try {
    const filter = { address, topics: [topics], fromBlock: quantity(from), toBlock: quantity(to) };
    return parseLogs(await node.ask('eth_getLogs', [filter]));
  } catch (error) {
    if (!(error instanceof NodeRefusedError) || from === to) throw error;
    const middle = Math.floor((from + to) / 2);
    const lower = await readLogs(node, address, topics, from, middle);
    return [...lower, ...(await readLogs(node, address, topics, middle + 1, to))];
  }
}

function parseCreated({ topics, blockNumber, blockHash }: AddressedLog): CreatedLedger & { blockHash: Hex } {
  const word = topics[1] ?? '';
  if (!/^0x0{24}[0-9a-f]{40}$/.test(word)) throw new InvalidLogsError(`the node gives as a ledger ${word}`);
  return { ledger: `0x${word.slice(26)}`, block: Number(blockNumber), blockHash };
}

/** A ledger is read from the block of its creation on, so that block must be right. */
async function checkBlocks(
  node: NodeClient,
  created: readonly ReturnType<typeof parseCreated>[],
): Promise<void> {
  const results = await node.askAll(created.map(({ block }) => blockCall(block)));
  results.forEach((result, i) => {
    const { block, blockHash } = created[i] as (typeof created)[number];
    if (parseBlockAt(block, result)?.hash !== blockHash) throw new ChainMovedError(block);
  });
}
