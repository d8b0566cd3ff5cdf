import { NodesFailedError } from '../errors.ts';
import { DEFAULT_POLL_MS, DEFAULT_TIMEOUT_MS, type IndexerOptions } from '../options.ts';
import { NodeClient, type RetryPolicy } from '../rpc/node-client.ts';

/** Where there are other nodes, it is quicker to ask the next than to wait for this one. */
const SINGLE_NODE = { attempts: 6, maxPauseMs: 60_000 };
const SEVERAL_NODES = { attempts: 2, maxPauseMs: 1_000 };

/** The nodes of a chain. One is in use; when it fails, the next takes over. */
export class Endpoints {
  readonly nodes: readonly NodeClient[];
  #current = 0;
  /** By index: how nodes have failed since something last succeeded. */
  readonly #failures = new Map<number, Error>();

  constructor(nodes: readonly NodeClient[]) {
    this.nodes = nodes;
  }

  static of({
    rpcUrls,
    pollMs = DEFAULT_POLL_MS,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    signal,
  }: IndexerOptions): Endpoints {
    const policy: RetryPolicy = {
      ...(rpcUrls.length > 1 ? SEVERAL_NODES : SINGLE_NODE),
      pauseMs: pollMs / 2,
      timeoutMs,
    };
    return new Endpoints(rpcUrls.map((url) => new NodeClient(url, policy, signal)));
  }

  /** The node in use. */
  get node(): NodeClient {
    const node = this.nodes[this.#current];
    if (!node) throw new Error('there is no node to ask');
    return node;
  }

  use(index: number): void {
    this.#current = index;
  }

  /** Notes how the node in use failed and switches to the next. False once every node has failed. */
  failOver(error: Error): boolean {
    this.#failures.set(this.#current, error);
    this.#current = (this.#current + 1) % this.nodes.length;
    return this.#failures.size < this.nodes.length;
  }

  /** Forgets earlier failures, because something has succeeded. */
  recover(): void {
    this.#failures.clear();
  }

  /** One error for the failures of all nodes, which get another chance afterwards; `error` itself for a single node. */
  summarize(error: Error): Error {
    if (this.nodes.length === 1) return error;
    const failures = [...this.#failures].map(
      ([index, each]) => [this.nodes[index]?.origin ?? '', each] as const,
    );
    this.#failures.clear();
    return new NodesFailedError(new Map(failures));
  }
}
