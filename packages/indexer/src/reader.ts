import { commissionLedgerAbi, journalTopics, type LedgerTerms } from '@plumbline/protocol';
import type { BlockRow, Position } from '@plumbline/store';
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex } from 'viem';
import { ChainMovedError, type Journal, LedgerMissingError, NodeRefusedError } from './errors.ts';
import type { Answer, Call, NodeClient } from './node-client.ts';
import type { AddressedLog, Reading } from './verify.ts';

/** What the node knows of a ledger. */

interface RpcBlock {
  number: Hex;
  hash: Hex;
  timestamp: Hex;
}

interface RpcLog {
  address: Address;
  topics: Hex[];
  data: Hex;
  blockNumber: Hex;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: Hex;
}

/** A reading, and whether the node gave its logs only in pieces. */
type SplitReading = Reading & { wasSplit: boolean };

export class Reader {
  readonly #node: NodeClient;
  readonly #ledger: Address;

  constructor(node: NodeClient, ledger: Address) {
    this.#node = node;
    this.#ledger = ledger;
  }

  async getChainId(): Promise<number> {
    return Number(await this.#node.ask('eth_chainId', []));
  }

  /** @throws LedgerMissingError if there is no ledger at the address. */
  async getTerms(chainId: number): Promise<LedgerTerms> {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'terms' });
    const call = { method: 'eth_call', params: [{ to: this.#ledger, data }, 'latest'] };
    const [answer] = await this.#node.tryAll([call]);
    if (!answer || 'error' in answer) throw new LedgerMissingError(this.#ledger, chainId, answer?.error);
    return termsOf(answer.result as Hex, (cause) => new LedgerMissingError(this.#ledger, chainId, cause));
  }

  /** The newest block, and the hash of block `number` or null if the chain does not reach it. */
  async look(number: number): Promise<{ tip: number; positionHash: Hex | null }> {
    const [tip, position] = await this.#node.askAll([
      { method: 'eth_getBlockByNumber', params: ['latest', false] },
      blockCall(Math.max(number, 0)),
    ]);
    return {
      tip: Number((tip as RpcBlock).number),
      positionHash: (position as RpcBlock | null)?.hash ?? null,
    };
  }

  /** The hashes of blocks; null where the chain has none. */
  async listHashes(numbers: readonly number[]): Promise<(Hex | null)[]> {
    const blocks = (await this.#node.askAll(numbers.map(blockCall))) as (RpcBlock | null)[];
    return blocks.map((block) => block?.hash ?? null);
  }

  /**
   * Reads the blocks after `from` up to `to`, all from one fork of the chain.
   * @throws ChainMovedError if the chain changed meanwhile.
   */
  async read(from: Position, to: number): Promise<SplitReading> {
    const [before] = await this.listHashes([to]);
    const { logs, wasSplit } = await this.#readLogs(from.number + 1, to);
    // Logs from outside are refused when the reading is verified; their blocks need not exist.
    const inside = logs.map((log) => Number(log.blockNumber)).filter((number) => number <= to);
    const numbers = [...new Set([...inside, to])];
    const blocks = await this.#readBlocks(numbers);
    const last = blocks.at(-1);
    if (!last || last.hash !== before) throw new ChainMovedError(to);
    const contract = await this.#readJournal(last);
    // Asked last: if the books' block is still there, everything above it was read from its fork.
    if (from.hash !== null) {
      const [after] = await this.listHashes([from.number]);
      if (after !== from.hash) throw new ChainMovedError(from.number);
    }
    return { logs, blocks: blocks as [...BlockRow[], BlockRow], contract, wasSplit };
  }

  /** Halves the range until the node answers: what it refuses is most often a range with too much in it. */
  async #readLogs(from: number, to: number): Promise<{ logs: AddressedLog[]; wasSplit: boolean }> {
    const filter = {
      address: this.#ledger,
      topics: [journalTopics],
      fromBlock: quantity(from),
      toBlock: quantity(to),
    };
    try {
      const logs = (await this.#node.ask('eth_getLogs', [filter])) as RpcLog[];
      return { logs: logs.map(logOf), wasSplit: false };
    } catch (error) {
      if (!(error instanceof NodeRefusedError) || from === to) throw error;
      const middle = Math.floor((from + to) / 2);
      const lower = await this.#readLogs(from, middle);
      const upper = await this.#readLogs(middle + 1, to);
      return { logs: [...lower.logs, ...upper.logs], wasSplit: true };
    }
  }

  async #readBlocks(numbers: readonly number[]): Promise<BlockRow[]> {
    const blocks = (await this.#node.askAll(numbers.map(blockCall))) as (RpcBlock | null)[];
    return blocks.map((block, i) => {
      if (!block) throw new ChainMovedError(numbers[i] ?? 0);
      return { number: Number(block.number), hash: block.hash, timestamp: Number(block.timestamp) };
    });
  }

  /**
   * The contract's journal after `block`. Undefined if the node no longer has the state of a block below the newest; the
   * heads in the logs then stand alone until a block is reached whose state it has.
   */
  async #readJournal(block: BlockRow): Promise<Journal | undefined> {
    let asked = await this.#askJournal(block);
    // A node may answer for its newest block from a state that the next one changes meanwhile.
    const newest = await this.#newestNumber();
    if (newest > block.number) asked = await this.#askJournal(block);
    const journal = journalOf(...asked);
    if (journal || newest > block.number) return journal;
    const [hash] = await this.listHashes([block.number]);
    if (hash !== block.hash) throw new ChainMovedError(block.number);
    for (const answer of asked) if ('error' in answer) throw answer.error;
    throw new LedgerMissingError(this.#ledger, await this.getChainId());
  }

  async #askJournal({ hash }: BlockRow): Promise<[Answer, Answer]> {
    const at = { blockHash: hash, requireCanonical: true };
    const calls = [this.#viewCall('head', at), this.#viewCall('entryCount', at)];
    return (await this.#node.tryAll(calls)) as [Answer, Answer];
  }

  async #newestNumber(): Promise<number> {
    const block = (await this.#node.ask('eth_getBlockByNumber', ['latest', false])) as RpcBlock;
    return Number(block.number);
  }

  #viewCall(functionName: 'head' | 'entryCount', at: unknown): Call {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName });
    return { method: 'eth_call', params: [{ to: this.#ledger, data }, at] };
  }
}

function termsOf(data: Hex, missing: (cause: unknown) => Error): LedgerTerms {
  try {
    const terms = decodeFunctionResult({ abi: commissionLedgerAbi, functionName: 'terms', data });
    return { ...terms, token: terms.token.toLowerCase() as Address };
  } catch (cause) {
    throw missing(cause);
  }
}

function journalOf(head: Answer, count: Answer): Journal | undefined {
  if ('error' in head || 'error' in count) return undefined;
  // No code there: the state is gone, or the block is older than the ledger.
  if (head.result === '0x' || count.result === '0x') return undefined;
  return { head: head.result as Hex, entryCount: Number(count.result) };
}

function blockCall(number: number): Call {
  return { method: 'eth_getBlockByNumber', params: [quantity(number), false] };
}

function quantity(number: number): Hex {
  return `0x${number.toString(16)}`;
}

function logOf(log: RpcLog): AddressedLog {
  return {
    address: log.address.toLowerCase() as Address,
    topics: log.topics,
    data: log.data,
    blockNumber: BigInt(log.blockNumber),
    blockHash: log.blockHash,
    transactionHash: log.transactionHash,
    logIndex: Number(log.logIndex),
  };
}
