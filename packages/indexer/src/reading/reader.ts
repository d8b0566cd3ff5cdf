import { commissionLedgerAbi, type LedgerTerms } from '@plumbline/protocol';
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex } from 'viem';
import {
  ChainMovedError,
  type Journal,
  LedgerMissingError,
  NodeRefusedError,
  NodeUnreachableError,
} from '../errors.ts';
import { type Block, blockAt, blockIn, chainIdIn, logsIn } from '../rpc/answers.ts';
import {
  blockCall,
  type ChainView,
  type Finality,
  headCalls,
  quantity,
  readHead,
} from '../rpc/chain-head.ts';
import { type DecodedLogs, decodeLogs, joined } from '../rpc/logs.ts';
import { type Answer, BATCH, type Call, type NodeClient } from '../rpc/node-client.ts';
import type { Piece } from './verify.ts';

/** What one node knows of a ledger. */

/** Blocks below the newest whose state a node may mix up with the newest's. */
const RECENT = 8;

/** A piece, and what it took to get it. */
export type MeasuredPiece = Piece & { bytes: number; milliseconds: number; wasSplit: boolean };

/** The end of what was read: that all of it is still on the chain, and what the contract says there. */
export interface Closing {
  contract: Journal | undefined;
  head: ChainView;
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
    return chainIdIn(await this.#node.ask('eth_chainId', []));
  }

  /** @throws LedgerMissingError if there is no ledger at the address. */
  async getTerms(chainId: number): Promise<LedgerTerms> {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'terms' });
    const call = { method: 'eth_call', params: [{ to: this.#ledger, data }, 'latest'] };
    const [answer] = await this.#node.tryAll([call]);
    if (!answer || 'error' in answer) throw new LedgerMissingError(this.#ledger, chainId, answer?.error);
    return termsOf(answer.result as Hex, (cause) => new LedgerMissingError(this.#ledger, chainId, cause));
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
  async readPiece(from: number, to: number, topics: readonly Hex[]): Promise<MeasuredPiece> {
    const started = performance.now();
    const { logs, bytes, wasSplit } = await this.#readLogs(from, to, topics);
    const milliseconds = performance.now() - started;
    // Logs from outside are refused when the piece is verified; their blocks need not exist.
    const numbers = new Set(logs.runs.map(({ place }) => Number(place.blockNumber)));
    const inside = [...numbers].filter((number) => number >= from && number < to);
    const blocks = await this.#listForkOf(to, inside);
    return { from, to, logs, blocks, bytes, milliseconds, wasSplit };
  }

  /**
   * Blocks `numbers` and then block `to`, of which each request asks first: if that is still there later, all are of its
   * fork, even if every request was answered by another node behind a balancer.
   */
  async #listForkOf(to: number, numbers: readonly number[]): Promise<[...Block[], Block]> {
    const groups = [numbers.slice(0, BATCH - 1)];
    for (let i = BATCH - 1; i < numbers.length; i += BATCH - 1) groups.push(numbers.slice(i, i + BATCH - 1));
    const found = await Promise.all(groups.map((group) => this.#listBlocks([to, ...group])));
    const end = found[0]?.[0];
    if (!end || found.some(([each]) => each?.hash !== end.hash)) throw new ChainMovedError(to);
    const blocks = found.flatMap(([, ...group]) => group);
    const missing = blocks.indexOf(null);
    if (missing >= 0) throw new ChainMovedError(numbers[missing] ?? to);
    return [...(blocks as Block[]), end];
  }

  /**
   * Whether all `blocks` are still on the chain, and the contract's journal after the last of them. Undefined if the node
   * no longer has the state of a block below the newest; the heads in the logs then stand alone until a block is reached
   * whose state it has.
   * @throws ChainMovedError if they are not.
   */
  async close(blocks: readonly { number: number; hash: Hex }[], finality: Finality): Promise<Closing> {
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
    const view = readHead(answers.slice(2, 5), last.number, finality);
    answers.slice(5).forEach((answer, i) => {
      if ('error' in answer) throw answer.error;
      const { number, hash } = blocks[i] as { number: number; hash: Hex };
      if (blockAt(number, answer.result)?.hash !== hash) throw new ChainMovedError(number);
    });
    let [head, count] = answers;
    // A node may answer for its newest block from the state that the next one changes meanwhile.
    if (view.tip < last.number + RECENT && (await this.#newestNumber()) > last.number) {
      [head, count] = await this.#node.tryAll(calls.slice(0, 2), { signal: this.#signal });
    }
    const contract = journalOf(head, count);
    if (contract || view.tip > last.number) return { contract, head: view };
    for (const answer of [head, count]) if (answer && 'error' in answer) throw answer.error;
    throw new LedgerMissingError(this.#ledger, await this.getChainId());
  }

  /** Halves the range until the node answers: what it refuses is most often a range with too much in it. */
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
      const logs = 'logs' in read ? read.logs : decodeLogs(logsIn(read.result));
      return { logs, bytes: read.bytes, wasSplit: false };
    } catch (error) {
      if (from === to || !mayPassInParts(error)) throw error;
      const middle = Math.floor((from + to) / 2);
      const lower = await this.#readLogs(from, middle, topics);
      const upper = await this.#readLogs(middle + 1, to, topics);
      const bytes = lower.bytes + upper.bytes;
      return { logs: joined(lower.logs, upper.logs), bytes, wasSplit: true };
    }
  }

  async #listBlocks(numbers: readonly number[]): Promise<(Block | null)[]> {
    const results = await this.#node.askAll(numbers.map(blockCall), { signal: this.#signal });
    return results.map((result, i) => blockAt(numbers[i] ?? 0, result));
  }

  async #newestNumber(): Promise<number> {
    const call = { method: 'eth_getBlockByNumber', params: ['latest', false] };
    const [newest] = await this.#node.askAll([call], { signal: this.#signal });
    return blockIn(newest)?.number ?? -1;
  }

  #viewCall(functionName: 'head' | 'entryCount', at: unknown): Call {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName });
    return { method: 'eth_call', params: [{ to: this.#ledger, data }, at] };
  }
}

function mayPassInParts(error: unknown): boolean {
  return error instanceof NodeRefusedError || (error instanceof NodeUnreachableError && error.mayBeTooMuch);
}

function termsOf(data: Hex, missing: (cause: unknown) => Error): LedgerTerms {
  try {
    const terms = decodeFunctionResult({ abi: commissionLedgerAbi, functionName: 'terms', data });
    return { ...terms, token: terms.token.toLowerCase() as Address };
  } catch (cause) {
    throw missing(cause);
  }
}

function journalOf(head: Answer | undefined, count: Answer | undefined): Journal | undefined {
  if (!head || !count || 'error' in head || 'error' in count) return undefined;
  // No code there: the state is gone, or the block is older than the ledger.
  if (head.result === '0x' || count.result === '0x') return undefined;
  return { head: head.result as Hex, entryCount: Number(count.result) };
}
