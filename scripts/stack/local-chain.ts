import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Anvil, startAnvil } from './anvil.ts';
import type { StackFolder } from './folder.ts';

/** A chain that crashes this often in a row, each time soon after its start, is given up. */
const MAX_CRASHES = 5;
const STABLE_MS = 30_000;

/** The local chain of a stack, kept running on one port from one file. */
export class LocalChain {
  readonly #folder: StackFolder;
  readonly #port: number;
  #node: Anvil | undefined;
  #stopping = false;
  #crashes = 0;
  /** Rejects when the chain cannot be kept running. */
  readonly failed: Promise<never>;
  #fail: (error: Error) => void = () => {};

  constructor(folder: StackFolder, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** The node that runs now; address and accounts stay the same after a restart. */
  get node(): Anvil {
    if (!this.#node) throw new Error('the local chain is not started');
    return this.#node;
  }

  /**
   * Starts the chain from its file. A kill can leave half a file; then the copy made at the last good start is used,
   * and indexer and gateway bring the chain and the books together again.
   */
  async start(): Promise<void> {
    const { chainFile } = this.#folder;
    const backup = join(this.#folder.path, 'chain.backup.json');
    try {
      await this.#startNode();
      if (existsSync(chainFile)) copyFileSync(chainFile, backup);
    } catch (error) {
      if (!existsSync(chainFile)) throw error;
      if (existsSync(backup)) copyFileSync(backup, chainFile);
      else rmSync(chainFile);
      await this.#startNode();
    }
  }

  /** Ends it at once, as a crash would; it is restarted. */
  kill(): void {
    this.node.process.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#node?.stop();
  }

  async #startNode(): Promise<void> {
    const node = await startAnvil({ port: this.#port, state: this.#folder.chainFile, detached: true });
    const started = Date.now();
    this.#node = node;
    if (node.process.pid) this.#folder.noteProcess('chain', node.process.pid);
    node.process.once('exit', () => void this.#restart(Date.now() - started));
  }

  async #restart(lived: number): Promise<void> {
    if (this.#stopping) return;
    this.#crashes = lived > STABLE_MS ? 1 : this.#crashes + 1;
    try {
      if (this.#crashes > MAX_CRASHES) throw new Error('it crashes again and again');
      await sleep(200 * this.#crashes);
      if (!this.#stopping) await this.start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      this.#fail(new Error(`the local chain cannot be kept running: ${reason}`));
    }
  }
}
