import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A log as a node gives it. */
export interface RawLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  transactionHash: string;
  logIndex: string;
  [field: string]: unknown;
}

export interface RawCall {
  id: number;
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was asked
  params: any[];
}

export interface RawAnswer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}

/** Turns a true answer into a false one. */
export type Lie = (call: RawCall, answer: RawAnswer) => RawAnswer;

/** Sends something in place of `body`, the answers to the request `asked`. */
export type Transport = (response: ServerResponse, body: string, asked: string) => void;

const deliver: Transport = (response, body) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
};

/** A proxy between an indexer and a real node, which changes the node's answers. */
export class FalseNode {
  /** How it changes answers; at first it does not. */
  lie: Lie = (_, answer) => answer;
  transport: Transport = deliver;
  /** Whether it closes every connection. */
  isAway = false;
  /** The requests so far, and when they came. */
  readonly asked: { body: string; time: number }[] = [];
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
      node.asked.push({ body, time: performance.now() });
      const calls = JSON.parse(body) as RawCall[];
      const headers = { 'content-type': 'application/json' };
      const answers = (await (await fetch(rpcUrl, { method: 'POST', headers, body })).json()) as RawAnswer[];
      const changed = calls.map((call) => {
        const answer = answers.find(({ id }) => id === call.id) as RawAnswer;
        return node.lie(call, answer);
      });
      node.transport(response, JSON.stringify(changed), body);
    });
    const node = new FalseNode(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Makes it honest again. */
  reform(): void {
    this.lie = (_, answer) => answer;
    this.transport = deliver;
    this.isAway = false;
    this.asked.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Changes the logs in answers. */
export function changeLogs(change: (logs: RawLog[]) => RawLog[]): Lie {
  return ({ method }, answer) => {
    if (method !== 'eth_getLogs' || !Array.isArray(answer.result)) return answer;
    return { ...answer, result: change(structuredClone(answer.result as RawLog[])) };
  };
}
