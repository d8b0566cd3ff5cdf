import { commissionLedgerAbi, type LedgerTerms } from '@plumbline/protocol';
import {
  type Address,
  BaseError,
  createPublicClient,
  encodeEventTopics,
  erc20Abi,
  type Hex,
  http,
  numberToHex,
  TransactionReceiptNotFoundError,
} from 'viem';
import { findRefusal, type Refusal } from './refusal.ts';

/** The part of a block's header that the gateway uses. */
export interface BlockHead {
  number: bigint;
  hash: Hex;
  /** Unix seconds. */
  timestamp: number;
}

/** How a transaction ended. */
export interface Receipt {
  hash: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  success: boolean;
}

/** The transaction and the block of an event. */
export interface EventPlace {
  transactionHash: Hex;
  blockNumber: bigint;
  blockHash: Hex;
}

/** A recorder and what it may still do. */
interface Recorder {
  /** From 1; 0 for a key that is nobody's. */
  number: number;
  /** Batches recorded so far. */
  sequence: number;
  /** Units that may be reserved, and distributors and sales that may be recorded, in a period; at most half of it at once. */
  cap: bigint;
  countCap: bigint;
}

/** Where the changes of who stands where are. */
interface Changes {
  /** The change to be applied next, and how many were announced. */
  next: number;
  announced: number;
  /** Unix seconds at which the next one is effective; 0 if none is pending. */
  startsAt: number;
  /** Batches that have to be settled before. */
  openBatches: number;
}

/** Wei per gas. */
export interface Fees {
  maxFee: bigint;
  maxPriorityFee: bigint;
}

/** All that the gateway asks a node about one ledger. Calls reject if the node does not answer. */
export interface Chain {
  readonly ledger: Address;
  chainId(): Promise<number>;
  terms(): Promise<LedgerTerms>;
  /** How many decimals a token shows. */
  tokenDecimals(token: Address): Promise<number>;
  latest(): Promise<BlockHead>;
  /** Hash of the canonical block with this number; null if there is none. */
  findBlockHash(number: bigint): Promise<Hex | null>;
  /** The next nonce of an account as of a block. */
  nonceAt(account: Address, block: bigint | 'pending'): Promise<number>;
  balanceOf(account: Address): Promise<bigint>;
  /** Number of fragments in use. */
  countFragments(): Promise<number>;
  solvency(): Promise<{ held: bigint; free: bigint; reserved: bigint; owed: bigint }>;
  /** The recorder with this key. */
  recorderOf(account: Address): Promise<Recorder>;
  /** How many batches the recorder with this number has recorded, whatever its key is now. */
  lastSequence(recorder: number): Promise<number>;
  /** Version of the plan in force. */
  currentPlan(): Promise<number>;
  changes(): Promise<Changes>;
  /** How many records of a change are applied, and whether it was cancelled. */
  changeOf(change: number): Promise<{ done: number; isCancelled: boolean }>;
  fragments(from: number, count: number): Promise<bigint[]>;
  /** Simulates a call to the ledger: gas used, or why it would revert. */
  simulate(from: Address, data: Hex): Promise<{ gas: bigint } | { refusal: Refusal }>;
  fees(): Promise<Fees>;
  /** Hands signed bytes to the node. */
  broadcast(raw: Hex): Promise<void>;
  /** undefined: the node does not know it; it may still be pending. */
  findReceipt(hash: Hex): Promise<Receipt | undefined>;
  /** The events of one kind with `key` as their first indexed value, e.g. the number of a batch; oldest first. */
  listEvents(name: 'BatchRecorded' | 'Enrolled' | 'SaleReversed', key: bigint): Promise<EventPlace[]>;
}

/**
 * Connects to a node.
 * @param startBlock Block of the ledger's creation: its events begin here.
 */
export function connectChain(rpcUrl: string, ledger: Address, startBlock: number): Chain {
  const client = createPublicClient({ transport: http(rpcUrl, { batch: true, retryCount: 2 }) });
  const contract = { address: ledger, abi: commissionLedgerAbi } as const;
  let chainId: number | undefined;
  let decimals: number | undefined;

  async function readRecorder(account: Address): Promise<Recorder> {
    const { number, sequence, cap, countCap } = await client.readContract({
      ...contract,
      functionName: 'recorderOf',
      args: [account],
    });
    return { number: Number(number), sequence: Number(sequence), cap, countCap };
  }

  return {
    ledger,
    async chainId() {
      chainId ??= await client.getChainId();
      return chainId;
    },
    async terms() {
      const terms = await client.readContract({ ...contract, functionName: 'terms' });
      return { ...terms, token: terms.token.toLowerCase() as Address };
    },
    async tokenDecimals(token) {
      decimals ??= await client.readContract({ address: token, abi: erc20Abi, functionName: 'decimals' });
      return decimals;
    },
    async latest() {
      const { number, hash, timestamp } = await client.getBlock({ blockTag: 'latest' });
      return { number, hash, timestamp: Number(timestamp) };
    },
    async findBlockHash(number) {
      const block = await client.request({
        method: 'eth_getBlockByNumber',
        params: [numberToHex(number), false],
      });
      return block?.hash ?? null;
    },
    nonceAt(address, block) {
      return block === 'pending'
        ? client.getTransactionCount({ address, blockTag: 'pending' })
        : client.getTransactionCount({ address, blockNumber: block });
    },
    balanceOf: (address) => client.getBalance({ address }),
    async countFragments() {
      const [fragments] = await client.readContract({ ...contract, functionName: 'counts' });
      return Number(fragments);
    },
    async solvency() {
      const [held, free, reserved, owed] = await client.readContract({
        ...contract,
        functionName: 'solvency',
      });
      return { held, free, reserved, owed };
    },
    recorderOf: readRecorder,
    async lastSequence(recorder) {
      const args = [BigInt(recorder)] as const;
      const [key] = await client.readContract({ ...contract, functionName: 'recorderKey', args });
      return (await readRecorder(key)).sequence;
    },
    async currentPlan() {
      return Number(await client.readContract({ ...contract, functionName: 'currentPlan' }));
    },
    async changes() {
      const [next, announced, startsAt, openBatches] = await client.readContract({
        ...contract,
        functionName: 'changes',
      });
      return {
        next: Number(next),
        announced: Number(announced),
        startsAt: Number(startsAt),
        openBatches: Number(openBatches),
      };
    },
    async changeOf(change) {
      const args = [BigInt(change)] as const;
      const [, , done, isCancelled] = await client.readContract({
        ...contract,
        functionName: 'changeOf',
        args,
      });
      return { done: Number(done), isCancelled };
    },
    async fragments(from, count) {
      const args = [BigInt(from), BigInt(count)] as const;
      return [...(await client.readContract({ ...contract, functionName: 'fragmentsOf', args }))];
    },
    async simulate(from, data) {
      try {
        const gas = await client.request({ method: 'eth_estimateGas', params: [{ from, to: ledger, data }] });
        return { gas: BigInt(gas) };
      } catch (error) {
        const refusal = error instanceof BaseError ? findRefusal(error) : undefined;
        if (!refusal) throw error;
        return { refusal };
      }
    },
    async fees() {
      const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
      return { maxFee: maxFeePerGas, maxPriorityFee: maxPriorityFeePerGas };
    },
    async broadcast(raw) {
      await client.sendRawTransaction({ serializedTransaction: raw });
    },
    async findReceipt(hash) {
      try {
        const { blockNumber, blockHash, status } = await client.getTransactionReceipt({ hash });
        return { hash, blockNumber, blockHash, success: status === 'success' };
      } catch (error) {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      }
    },
    async listEvents(name, key) {
      const [topic] = encodeEventTopics({ abi: commissionLedgerAbi, eventName: name });
      const logs = await client.request({
        method: 'eth_getLogs',
        params: [
          {
            address: ledger,
            fromBlock: numberToHex(startBlock),
            toBlock: 'latest',
            topics: [topic as Hex, numberToHex(key, { size: 32 })],
          },
        ],
      });
      return logs.flatMap(({ transactionHash, blockNumber, blockHash }) =>
        transactionHash && blockNumber && blockHash
          ? [{ transactionHash, blockNumber: BigInt(blockNumber), blockHash }]
          : [],
      );
    },
  };
}
