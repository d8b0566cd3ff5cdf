import { Agent, request } from 'node:http';

/**
 * Reads a contract's logs with eth_getLogs, parses the JSON and does nothing else: the least that any indexer does. A
 * program of its own, as the indexers are: `node raw-logs.ts RPC_URL LEDGER START_BLOCK`; it prints how many logs it saw.
 */

/** Blocks in one request, whose answer is some megabytes, and requests in flight. By trial: more is not faster. */
const BLOCKS = 2;
const IN_FLIGHT = 4;

const [rpcUrl = '', address = '', startBlock = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

const tip = Number(await ask<string>('eth_blockNumber', []));
let next = Number(startBlock);
let logs = 0;
await Promise.all(Array.from({ length: IN_FLIGHT }, readOn));
console.log(JSON.stringify({ logs }));
agent.destroy();

async function readOn(): Promise<void> {
  while (next <= tip) {
    const from = next;
    next += BLOCKS;
    const filter = { address, fromBlock: hex(from), toBlock: hex(Math.min(from + BLOCKS - 1, tip)) };
    const answer = await ask<unknown[]>('eth_getLogs', [filter]);
    logs += answer.length;
  }
}

function ask<T>(method: string, params: unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request(rpcUrl, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString('latin1')) as { result?: T };
        if (answer.result === undefined) reject(new Error(`${method} was refused`));
        else resolve(answer.result);
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
