import { journalTopics, ledgerFactoryAbi } from '@plumbline/protocol';
import { type Address, getAbiItem, type Hex, toEventSelector } from 'viem';
import { ChainMovedError, FactoryMissingError, FalseLogsError, NodeRefusedError } from '../errors.ts';
import { type AddressedLog, blockAt, logsIn } from '../rpc/answers.ts';
import { blockCall, quantity } from '../rpc/chain-head.ts';
import type { NodeClient } from '../rpc/node-client.ts';

/** A ledger that the factory created. */
export interface CreatedLedger {
  ledger: Address;
  /** Of its creation. */
  block: number;
}

const LEDGER_CREATED = toEventSelector(getAbiItem({ abi: ledgerFactoryAbi, name: 'LedgerCreated' }));

/** Blocks to ask for at once: there are few ledgers. */
const SPAN = 50_000;

/** Addresses to ask for at once: nodes limit how many they take. */
const ADDRESSES = 500;

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
  const created: ReturnType<typeof createdIn>[] = [];
  for (let next = from; next <= to; next += SPAN) {
    const last = Math.min(to, next + SPAN - 1);
    const logs = await readLogs(node, [factory], [LEDGER_CREATED], next, last);
    created.push(...logs.map(createdIn));
  }
  await checkBlocks(node, created);
  return created.map(({ ledger, block }) => ({ ledger, block }));
}

/** Which of `ledgers` have entries in blocks `from` to `to`, as far as the node says. */
export async function listActive(
  node: NodeClient,
  ledgers: readonly Address[],
  from: number,
  to: number,
): Promise<Set<Address>> {
  const active = new Set<Address>();
  for (let i = 0; i < ledgers.length; i += ADDRESSES) {
    const logs = await readLogs(node, ledgers.slice(i, i + ADDRESSES), journalTopics, from, to);
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
    return logsIn(await node.ask('eth_getLogs', [filter]));
  } catch (error) {
    if (!(error instanceof NodeRefusedError) || from === to) throw error;
    const middle = Math.floor((from + to) / 2);
    const lower = await readLogs(node, address, topics, from, middle);
    return [...lower, ...(await readLogs(node, address, topics, middle + 1, to))];
  }
}

function createdIn({ topics, blockNumber, blockHash }: AddressedLog): CreatedLedger & { blockHash: Hex } {
  const word = topics[1] ?? '';
  if (!/^0x0{24}[0-9a-f]{40}$/.test(word)) throw new FalseLogsError(`the node gives as a ledger ${word}`);
  return { ledger: `0x${word.slice(26)}`, block: Number(blockNumber), blockHash };
}

/** A ledger is read from the block of its creation on: that must not be too high. */
async function checkBlocks(
  node: NodeClient,
  created: readonly ReturnType<typeof createdIn>[],
): Promise<void> {
  const results = await node.askAll(created.map(({ block }) => blockCall(block)));
  results.forEach((result, i) => {
    const { block, blockHash } = created[i] as (typeof created)[number];
    if (blockAt(block, result)?.hash !== blockHash) throw new ChainMovedError(block);
  });
}
