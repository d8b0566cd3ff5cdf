import { type Address, createPublicClient, type Hex, http, type PublicClient } from 'viem';
import { BlockReplacedError, NodeUnreachableError, reasonOf } from './errors.ts';

/** One block that everything is read at. */
export interface PinnedBlock {
  number: bigint;
  hash: Hex;
  /** Unix seconds. */
  timestamp: number;
}

/** Bytes of an answer; viem's own limit of 10 MB is too little for the logs of a day's sales. */
const MAX_ANSWER_BYTES = 256 * 2 ** 20;

/** The node that an audit asks. Requests that fail are tried again. */
export function connect(rpcUrl: string): PublicClient {
  const options = { retryCount: 3, retryDelay: 200, timeout: 60_000, maxResponseBodySize: MAX_ANSWER_BYTES };
  return createPublicClient({ transport: http(rpcUrl, options) });
}

/**
 * The chain and the block to audit at: `atBlock`, or the newest.
 * @throws NodeUnreachableError if the node does not answer, or has no such block.
 */
export async function pinBlock(
  client: PublicClient,
  rpcUrl: string,
  atBlock?: bigint,
): Promise<{ chainId: number; block: PinnedBlock }> {
  try {
    const [chainId, { number, hash, timestamp }] = await Promise.all([
      client.getChainId(),
      client.getBlock(atBlock === undefined ? { blockTag: 'latest' } : { blockNumber: atBlock }),
    ]);
    return { chainId, block: { number, hash, timestamp: Number(timestamp) } };
  } catch (cause) {
    const what = atBlock === undefined ? 'its newest block' : `block ${atBlock}`;
    throw new NodeUnreachableError(`the node at ${rpcUrl} did not give ${what}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** @throws BlockReplacedError if the block was reorganised away while it was read. */
export async function checkStillThere(client: PublicClient, block: PinnedBlock): Promise<void> {
  const { hash } = await client.getBlock({ blockNumber: block.number });
  if (hash === block.hash) return;
  throw new BlockReplacedError(
    `block ${block.number} was replaced while it was read (${block.hash} by ${hash}); run the audit again`,
  );
}

/** Whether there is code at `address`. */
export async function hasCode(client: PublicClient, address: Address, blockNumber: bigint): Promise<boolean> {
  return (await client.getCode({ address, blockNumber })) !== undefined;
}

/**
 * The block in which the contract at `address` was created, found by halving; 0 if the node has forgotten the state of
 * old blocks. Logs are kept where state is not, so the audit is then only slower.
 */
export async function findFirstBlock(client: PublicClient, address: Address, known: bigint): Promise<bigint> {
  let [low, high] = [0n, known];
  try {
    while (low < high) {
      const middle = (low + high) / 2n;
      if (await hasCode(client, address, middle)) high = middle;
      else low = middle + 1n;
    }
    return high;
  } catch {
    return 0n;
  }
}
