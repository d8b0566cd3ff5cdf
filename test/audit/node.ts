import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LedgerLog } from '@plumbline/protocol';
import { type Hex, numberToHex } from 'viem';

interface Range {
  fromBlock: Hex;
  toBlock: Hex;
}

/** Answers a call in the node's stead; undefined leaves it to the node, a thrown error is the node's error. */
export type Answer = (method: string, params: unknown[], ask: () => Promise<unknown>) => unknown;

/** A node that answers like `rpcUrl` except where `answer` says otherwise. */
export async function startNode(rpcUrl: string, answer: Answer) {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { id, method, params } = JSON.parse(body);
    const ask = async () => {
      const headers = { 'content-type': 'application/json' };
      return JSON.parse(await (await fetch(rpcUrl, { method: 'POST', headers, body })).text());
    };
    response.setHeader('content-type', 'application/json');
    try {
      const result = await answer(method, params, async () => (await ask()).result);
      response.end(JSON.stringify(result === undefined ? await ask() : { jsonrpc: '2.0', id, result }));
    } catch (error) {
      const { message, code = -32_000 } = error as Error & { code?: number };
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    rpcUrl: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function spanOf(params: unknown[]): bigint {
  const { fromBlock, toBlock } = params[0] as Range;
  return BigInt(toBlock) - BigInt(fromBlock) + 1n;
}

/** Gives these logs instead of the journal's. */
export function lyingWith(logs: readonly LedgerLog[], address: string): Answer {
  return (method, params) => {
    if (method !== 'eth_getLogs') return undefined;
    const { fromBlock, toBlock } = params[0] as Range;
    return logs
      .filter(({ blockNumber }) => blockNumber >= BigInt(fromBlock) && blockNumber <= BigInt(toBlock))
      .map((log) => ({
        ...log,
        address,
        blockNumber: numberToHex(log.blockNumber),
        logIndex: numberToHex(log.logIndex),
        removed: false,
        transactionIndex: '0x0',
      }));
  };
}
