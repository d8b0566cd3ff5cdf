import { commissionLedgerAbi, journalTopics, type LedgerLog } from '@plumbline/protocol';
import {
  type Abi,
  type Address,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
} from 'viem';
import type { Anvil } from '../chain.ts';

/** Calls of contracts without a client library in between: several hundred a second each way. */

/** A call of a ledger's function, as one element of a list. */
export type Call = [name: string, ...args: unknown[]];

export interface Receipt {
  status: Hex;
  logs: { address: Address; topics: Hex[]; data: Hex; blockNumber: Hex; blockHash: Hex; logIndex: Hex }[];
  transactionHash: Hex;
}

interface Transaction {
  from: Address;
  to: Address;
  data: Hex;
  gasPrice?: Hex;
}

interface Answer {
  id: number;
  result?: Hex;
  error?: { message: string; data?: Hex };
}

/** Just below the most gas that a transaction may have. */
const GAS: Hex = '0xf00000';

/** Calldata of a call, of a ledger's function unless another ABI is given. */
export function encodeCall([functionName, ...args]: Call, abi: Abi = commissionLedgerAbi as Abi): Hex {
  return encodeFunctionData({ abi, functionName, args });
}

/**
 * Sends a transaction and waits for its block.
 * @throws Error with the contract's reason if it was reverted.
 */
export async function sendTransaction(chain: Anvil, transaction: Transaction): Promise<Receipt> {
  const receipt = await chain.rpc<Receipt>('eth_sendTransactionSync', [{ ...transaction, gas: GAS }]);
  if (receipt.status !== '0x1') {
    throw new Error(`The transaction was reverted: ${await findReason(chain, transaction)}`);
  }
  return receipt;
}

/** Name of the ledger's error that a call ends with; undefined if it would go through. */
export async function findReason(chain: Anvil, call: Transaction): Promise<string | undefined> {
  const [answer] = await postCalls(chain, [call]);
  if (!answer?.error) return undefined;
  const { data, message } = answer.error;
  return data ? decodeErrorResult({ abi: commissionLedgerAbi, data }).errorName : message;
}

/** Many views of one ledger in one request, in order. */
export async function readViews(chain: Anvil, ledger: Address, calls: readonly Call[]): Promise<unknown[]> {
  const answers = await postCalls(
    chain,
    calls.map((call) => ({ to: ledger, data: encodeCall(call) })),
  );
  return calls.map(([functionName], id) => {
    const answer = answers.find((each) => each.id === id);
    if (!answer?.result) throw new Error(`${functionName}: ${answer?.error?.message ?? 'no answer'}`);
    return decodeFunctionResult({ abi: commissionLedgerAbi as Abi, functionName, data: answer.result });
  });
}

async function postCalls({ rpcUrl }: Anvil, calls: readonly Partial<Transaction>[]): Promise<Answer[]> {
  const requests = calls.map((call, id) => {
    return { jsonrpc: '2.0', id, method: 'eth_call', params: [call, 'latest'] };
  });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(rpcUrl, { method: 'POST', headers, body: JSON.stringify(requests) });
  return (await response.json()) as Answer[];
}

/** The logs of `emitter` in a receipt that belong to a journal. */
export function listJournalLogs({ logs, transactionHash }: Receipt, emitter: Address): LedgerLog[] {
  return logs
    .filter(({ address, topics }) => address === emitter && journalTopics.includes(topics[0] ?? '0x'))
    .map(({ topics, data, blockNumber, blockHash, logIndex }) => ({
      topics,
      data,
      blockNumber: BigInt(blockNumber),
      blockHash,
      transactionHash,
      logIndex: Number(logIndex),
    }));
}
