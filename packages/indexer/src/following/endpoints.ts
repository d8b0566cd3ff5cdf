import { NodesFailedError } from '../errors.ts';
import { type IndexerOptions, POLL_MS, TIMEOUT_MS } from '../options.ts';
import { NodeClient, type Patience } from '../rpc/node-client.ts';

/** With no other node to turn to, and with some. */
const ALONE = { attempts: 6, longestPauseMs: 60_000 };
const AMONG_OTHERS = { attempts: 2, longestPauseMs: 1_000 };

/** The nodes of a chain: one is asked, until it does not do. */
export class Endpoints {
  readonly nodes: readonly NodeClient[];
  #current = 0;
  /** What was wrong with nodes since things last went on. */
  readonly #said = new Map<number, Error>();

  constructor(nodes: readonly NodeClient[]) {
    this.nodes = nodes;
  }

  static of({ rpcUrls, pollMs = POLL_MS, timeoutMs = TIMEOUT_MS, signal }: IndexerOptions): Endpoints {
    const patience: Patience = {
      ...(rpcUrls.length > 1 ? AMONG_OTHERS : ALONE),
      pauseMs: pollMs / 2,
      timeoutMs,
    };
    return new Endpoints(rpcUrls.map((url) => new NodeClient(url, patience, signal)));
  }

  /** The node to ask. */
  get node(): NodeClient {
    const node = this.nodes[this.#current];
    if (!node) throw new Error('there is no node to ask');
    return node;
  }

  use(index: number): void {
    this.#current = index;
  }

  /** Notes what is wrong with the node in use and turns to the next. False if all had their chance by now. */
  turn(error: Error): boolean {
    this.#said.set(this.#current, error);
    this.#current = (this.#current + 1) % this.nodes.length;
    return this.#said.size < this.nodes.length;
  }

  /** Something went well. */
  goesOn(): void {
    this.#said.clear();
  }

  /** What is wrong with all nodes; `error` itself if there is only one. They get another chance after this. */
  complaint(error: Error): Error {
    if (this.nodes.length === 1) return error;
    const said = [...this.#said].map(([index, each]) => [this.nodes[index]?.origin ?? '', each] as const);
    this.#said.clear();
    return new NodesFailedError(new Map(said));
  }
}
