import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A log as a node gives it. */
export interface RawLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  logIndex: string;
  [field: string]: unknown;
}

interface RawCall {
  id: number;
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was asked
  params: any[];
}

interface RawAnswer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}

/** What a false node makes of a true answer. */
export type Lie = (call: RawCall, answer: RawAnswer) => RawAnswer;

/** A node between an indexer and a real one, which changes answers on their way. */
export class FalseNode {
  /** How it lies now; not at all at first. */
  lie: Lie = (_, answer) => answer;
  /** Whether it hangs up on everybody. */
  isAway = false;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(rpcUrl: string): Promise<FalseNode> {
    const server = createServer(async (request, response) => {
      if (node.isAway) {
        request.socket.destroy();
        return;
      }
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const body = Buffer.concat(parts).toString();
      const calls = JSON.parse(body) as RawCall[];
      const headers = { 'content-type': 'application/json' };
      const answers = (await (await fetch(rpcUrl, { method: 'POST', headers, body })).json()) as RawAnswer[];
      const changed = calls.map((call) => {
        const answer = answers.find(({ id }) => id === call.id) as RawAnswer;
        return node.lie(call, answer);
      });
      response.writeHead(200, headers).end(JSON.stringify(changed));
    });
    const node = new FalseNode(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Changes the logs that are asked for. */
export function changeLogs(change: (logs: RawLog[]) => RawLog[]): Lie {
  return ({ method }, answer) => {
    if (method !== 'eth_getLogs') return answer;
    return { ...answer, result: change(structuredClone(answer.result as RawLog[])) };
  };
}
