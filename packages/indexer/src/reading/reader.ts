import { commissionLedgerAbi, type LedgerTerms } from '@plumbline/protocol';
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex } from 'viem';
import {
  ChainMovedError,
  type Journal,
  LedgerMissingError,
  NodeRefusedError,
  NodeUnreachableError,
} from '../errors.ts';
import { type Block, parseBlock, parseBlockAt, parseChainId, parseLogs } from '../rpc/answers.ts';
import {
  blockCall,
  type ChainHead,
  type Finality,
  headCalls,
  parseChainHead,
  quantity,
} from '../rpc/chain-head.ts';
import { type DecodedLogs, decodeLogs, mergeLogs } from '../rpc/logs.ts';
import { type Answer, type Call, MAX_CALLS, type NodeClient } from '../rpc/node-client.ts';
import type { BlockRange } from './verify.ts';

/** Reads a ledger from one node. */

/** A node may answer for the newest blocks from the state of a newer one. */
const RECENT_BLOCKS = 8;

/** A range, and what it took to read it. */
export type MeasuredRange = BlockRange & { bytes: number; milliseconds: number; wasSplit: boolean };

/** What the contract and the chain say once some blocks were confirmed. */
export interface Confirmation {
  /** Undefined if the node no longer has the state of the last block. */
  contract: Journal | undefined;
  head: ChainHead;
}

export class Reader {
  readonly #node: NodeClient;
  readonly #ledger: Address;
  readonly #signal: AbortSignal | undefined;

  constructor(node: NodeClient, ledger: Address, signal?: AbortSignal) {
    this.#node = node;
    this.#ledger = ledger;
    this.#signal = signal;
  }

  async getChainId(): Promise<number> {
    return parseChainId(await this.#node.ask('eth_chainId', []));
  }

  /** @throws LedgerMissingError if there is no ledger at the address. */
  async getTerms(chainId: number): Promise<LedgerTerms> {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'terms' });
    const call = { method: 'eth_call', params: [{ to: this.#ledger, data }, 'latest'] };
    const [answer] = await this.#node.tryAll([call]);
    if (!answer || 'error' in answer) throw new LedgerMissingError(this.#ledger, chainId, answer?.error);
    return parseTerms(answer.result as Hex, (cause) => new LedgerMissingError(this.#ledger, chainId, cause));
  }

  /** The hashes of blocks; null where the chain has none. */
  async listHashes(numbers: readonly number[]): Promise<(Hex | null)[]> {
    const blocks = await this.#listBlocks(numbers);
    return blocks.map((block) => block?.hash ?? null);
  }

  /**
   * @param topics First topics of the logs to read.
   * @throws ChainMovedError if the node does not have these blocks, or not all of one fork.
   */
  async readRange(from: number, to: number, topics: readonly Hex[]): Promise<MeasuredRange> {
    const started = performance.now();
    const { logs, bytes, wasSplit } = await this.#readLogs(from, to, topics);
    const milliseconds = performance.now() - started;
    // Logs of other blocks are refused when the range is checked; their blocks need not exist.
    const numbers = new Set(logs.runs.map(({ place }) => Number(place.blockNumber)));
    const inside = [...numbers].filter((number) => number >= from && number < to);
    const blocks = await this.#listForkOf(to, inside);
    return { from, to, logs, blocks, bytes, milliseconds, wasSplit };
  }

  /**
   * Blocks `numbers`, then block `to`. Every request asks for `to` too, so that all are of its fork, even if a load
   * balancer sends each request to another node.
   */
  async #listForkOf(to: number, numbers: readonly number[]): Promise<[...Block[], Block]> {
    const groups = [numbers.slice(0, MAX_CALLS - 1)];
    for (let i = MAX_CALLS - 1; i < numbers.length; i += MAX_CALLS - 1)
      groups.push(numbers.slice(i, i + MAX_CALLS - 1));
    const found = await Promise.all(groups.map((group) => this.#listBlocks([to, ...group])));
    const end = found[0]?.[0];
    if (!end || found.some(([each]) => each?.hash !== end.hash)) throw new ChainMovedError(to);
    const blocks = found.flatMap(([, ...group]) => group);
    const missing = blocks.indexOf(null);
    if (missing >= 0) throw new ChainMovedError(numbers[missing] ?? to);
    return [...(blocks as Block[]), end];
  }

  /**
   * Confirms that all `blocks` are still on the chain, and asks the contract for its journal after the last of them.
   * Where the node no longer has that state, only the heads in the logs can be checked until a later block.
   * @throws ChainMovedError if a block is no longer on the chain.
   */
  async confirm(blocks: readonly { number: number; hash: Hex }[], finality: Finality): Promise<Confirmation> {
    const last = blocks.at(-1);
    if (!last) throw new Error('nothing was read');
    const at = { blockHash: last.hash, requireCanonical: true };
    const calls = [
      this.#viewCall('head', at),
      this.#viewCall('entryCount', at),
      ...headCalls(last.number, finality),
      ...blocks.map(({ number }) => blockCall(number)),
    ];
    const answers = await this.#node.tryAll(calls, { signal: this.#signal });
    const view = parseChainHead(answers.slice(2, 5), last.number, finality);
    answers.slice(5).forEach((answer, i) => {
      if ('error' in answer) throw answer.error;
      const { number, hash } = blocks[i] as { number: number; hash: Hex };
      if (parseBlockAt(number, answer.result)?.hash !== hash) throw new ChainMovedError(number);
    });
    let [head, count] = answers;
    // The next block may have changed the state while the node answered.
    if (view.tip < last.number + RECENT_BLOCKS && (await this.#newestNumber()) > last.number) {
      [head, count] = await this.#node.tryAll(calls.slice(0, 2), { signal: this.#signal });
    }
    const contract = parseJournal(head, count);
    if (contract || view.tip > last.number) return { contract, head: view };
    for (const answer of [head, count]) if (answer && 'error' in answer) throw answer.error;
    throw new LedgerMissingError(this.#ledger, await this.getChainId());
  }

  /** Halves the range until the node answers: what a node refuses is most often too large. */
  async #readLogs(
    from: number,
    to: number,
    topics: readonly Hex[],
  ): Promise<{ logs: DecodedLogs; bytes: number; wasSplit: boolean }> {
    const [fromBlock, toBlock] = [quantity(from), quantity(to)];
    const filter = { address: this.#ledger, topics: [topics], fromBlock, toBlock };
    try {
      const attempts = from === to ? undefined : 1;
      const call = { method: 'eth_getLogs', params: [filter] };
      const options = { attempts, signal: this.#signal };
      const read = await this.#node.readLogs(call, options);
      const logs = 'logs' in read ? read.logs : decodeLogs(parseLogs(read.result));
      return { logs, bytes: read.bytes, wasSplit: false };
    } catch (error) {
      if (from === to || !mayFitInParts(error)) throw error;
      const middle = Math.floor((from + to) / 2);
      const lower = await this.#readLogs(from, middle, topics);
      const upper = await this.#readLogs(middle + 1, to, topics);
      const bytes = lower.bytes + upper.bytes;
      return { logs: mergeLogs(lower.logs, upper.logs), bytes, wasSplit: true };
    }
  }

  async #listBlocks(numbers: readonly number[]): Promise<(Block | null)[]> {
    const results = await this.#node.askAll(numbers.map(blockCall), { signal: this.#signal });
    return results.map((result, i) => parseBlockAt(numbers[i] ?? 0, result));
  }

  async #newestNumber(): Promise<number> {
    const call = { method: 'eth_getBlockByNumber', params: ['latest', false] };
    const [newest] = await this.#node.askAll([call], { signal: this.#signal });
    return parseBlock(newest)?.number ?? -1;
  }

  #viewCall(functionName: 'head' | 'entryCount', at: unknown): Call {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName });
    return { method: 'eth_call', params: [{ to: this.#ledger, data }, at] };
  }
}

function mayFitInParts(error: unknown): boolean {
  return error instanceof NodeRefusedError || (error instanceof NodeUnreachableError && error.mayBeTooMuch);
}

function parseTerms(data: Hex, missing: (cause: unknown) => Error): LedgerTerms {
  try {
    const terms = decodeFunctionResult({ abi: commissionLedgerAbi, functionName: 'terms', data });
    return { ...terms, token: terms.token.toLowerCase() as Address };
  } catch (cause) {
    throw missing(cause);
  }
}

function parseJournal(head: Answer | undefined, count: Answer | undefined): Journal | undefined {
  if (!head || !count || 'error' in head || 'error' in count) return undefined;
  // No code: the state is gone, or the block is older than the ledger.
  if (head.result === '0x' || count.result === '0x') return undefined;
  return { head: head.result as Hex, entryCount: Number(count.result) };
}
