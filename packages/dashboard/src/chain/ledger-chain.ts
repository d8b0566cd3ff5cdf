import {
  commissionLedgerAbi,
  fragmentOf,
  journalTopics,
  type LedgerLog,
  laneOf,
  parseAccount,
  STATUS_NONE,
} from '@plumbline/protocol';
import {
  type Address,
  BaseError,
  createClient,
  custom,
  encodeEventTopics,
  erc20Abi,
  type Hex,
  HttpRequestError,
  http,
  numberToHex,
  pad,
  RpcRequestError,
} from 'viem';
import { getBlockNumber, getChainId, readContract } from 'viem/actions';
import type { ChainReader, VerifiedEvent } from '../verify/chain-reader.ts';

/** What a ledger holds and has promised, in base units. */
export interface Solvency {
  held: bigint;
  float: bigint;
  reserved: bigint;
  owed: bigint;
}

/** A ledger as read from a node, without the gateway. */
export interface LedgerChain extends ChainReader {
  solvency(): Promise<Solvency>;
  /** Base units owed to a distributor. Rejects for an id that has not been given. */
  owedTo(id: number): Promise<bigint>;
  /** Symbol of the token at `address`. */
  symbolOf(address: Address): Promise<string>;
}

/** A range of blocks that no node refuses for its length. */
const SMALL_RANGE = 500n;

/** Takes the place of a node until the reader has named one. */
const noNode = custom({ request: () => Promise.reject(new Error('no node is named')) }, { retryCount: 0 });

/** Reads a ledger over JSON-RPC. No request is made before the first call; without a URL every call rejects. */
export function openLedgerChain(rpcUrl: string, ledger: Address, startBlock: number): LedgerChain {
  const transport = rpcUrl === '' ? noNode : http(rpcUrl, { retryCount: 1, timeout: 15_000 });
  const client = createClient({ transport });
  const contract = { address: ledger, abi: commissionLedgerAbi } as const;

  /** Every node has its own limit on the range of a request, so a refused range is split in halves. */
  async function logsBetween(topics: (Hex | Hex[])[], from: bigint, to: bigint): Promise<LedgerLog[]> {
    try {
      const filter = { address: ledger, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) };
      return (await client.request({ method: 'eth_getLogs', params: [filter] })).map((log) => ({
        topics: log.topics,
        data: log.data,
        blockNumber: BigInt(log.blockNumber ?? 0),
        blockHash: log.blockHash ?? '0x',
        transactionHash: log.transactionHash ?? '0x',
        logIndex: Number(log.logIndex),
      }));
    } catch (error) {
      if (!isRefusal(error) || to - from < SMALL_RANGE) throw error;
      const middle = (from + to) / 2n;
      return [...(await logsBetween(topics, from, middle)), ...(await logsBetween(topics, middle + 1n, to))];
    }
  }

  return {
    chainId: () => getChainId(client),
    terms: async () => {
      const terms = await readContract(client, { ...contract, functionName: 'terms' });
      return { ...terms, token: terms.token.toLowerCase() as Address };
    },
    planOf: async (version) => {
      const [plan, startsAt, hash] = await readContract(client, {
        ...contract,
        functionName: 'planOf',
        args: [BigInt(version)],
      });
      return { plan, startsAt: Number(startsAt), hash };
    },
    findAccount: async (id) => {
      const fragment = fragmentOf(id);
      // Only the packed account says under which id a distributor goes on.
      const [word = 0n] = await readContract(client, {
        ...contract,
        functionName: 'fragmentsOf',
        args: [BigInt(fragment), 1n],
      });
      const { owed, ...account } = parseAccount(word, fragment, laneOf(id));
      return account.status === STATUS_NONE ? undefined : account;
    },
    listLogs: async (event: VerifiedEvent, key, from = BigInt(startBlock)) => {
      const topics: Hex[] = [...encodeEventTopics({ abi: commissionLedgerAbi, eventName: event })] as Hex[];
      if (key !== undefined) topics.push(pad(numberToHex(key)));
      return logsBetween(topics, from, await getBlockNumber(client, { cacheTime: 0 }));
    },
    listBlockLogs: (block) => logsBetween([[...journalTopics]], block, block),
    solvency: async () => {
      const [held, float, reserved, owed] = await readContract(client, {
        ...contract,
        functionName: 'solvency',
      });
      return { held, float, reserved, owed };
    },
    owedTo: async (id) => {
      const [, owed] = await readContract(client, {
        ...contract,
        functionName: 'accountOf',
        args: [BigInt(id)],
      });
      return owed;
    },
    symbolOf: (address) => readContract(client, { address, abi: erc20Abi, functionName: 'symbol' }),
  };
}

/** Whether the node answered with an error, as opposed to not at all. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  return (
    error.walk(
      (cause) =>
        cause instanceof RpcRequestError ||
        (cause instanceof HttpRequestError && cause.status !== undefined && cause.status >= 400),
    ) !== null
  );
}
