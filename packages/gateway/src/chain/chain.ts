import { commissionLedgerAbi, type LedgerTerms } from '@plumbline/protocol';
import {
  type Address,
  BaseError,
  createPublicClient,
  encodeEventTopics,
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
  latest(): Promise<BlockHead>;
  /** Hash of the canonical block with this number; null if there is none. */
  findBlockHash(number: bigint): Promise<Hex | null>;
  /** The next nonce of an account as of a block. */
  nonceAt(account: Address, block: bigint | 'pending'): Promise<number>;
  balanceOf(account: Address): Promise<bigint>;
  counts(): Promise<{ batches: number; fragments: number; plans: number }>;
  solvency(): Promise<{ held: bigint; free: bigint; reserved: bigint; owed: bigint }>;
  /** The units that a recorder may reserve in a period, and those that are left of them now. */
  recorderOf(account: Address): Promise<{ cap: bigint; left: bigint }>;
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
    async counts() {
      const [batches, fragments, plans] = await client.readContract({ ...contract, functionName: 'counts' });
      return { batches: Number(batches), fragments: Number(fragments), plans: Number(plans) };
    },
    async solvency() {
      const [held, free, reserved, owed] = await client.readContract({
        ...contract,
        functionName: 'solvency',
      });
      return { held, free, reserved, owed };
    },
    async recorderOf(account) {
      const [cap, left] = await client.readContract({
        ...contract,
        functionName: 'recorderOf',
        args: [account],
      });
      return { cap, left };
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
