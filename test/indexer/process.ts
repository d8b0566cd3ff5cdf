import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { buildIndexer } from '../../scripts/stack/build.ts';

const main = await buildIndexer();

/** A running indexer process. */
export class Process {
  readonly lines: string[] = [];
  errors = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  #wake: () => void = () => {};

  constructor(settings: Record<string, string>, args: string[] = []) {
    const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, ...settings } });
    this.#child = child;
    this.#ended = once(child, 'close');
    child.stderr.on('data', (text) => {
      this.errors += text;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    void this.#ended.then(() => this.#wake());
  }

  /** Waits for the first line for which `test` holds. */
  async until(test: (line: Record<string, unknown>) => boolean): Promise<void> {
    while (!this.lines.some((line) => test(JSON.parse(line)))) {
      if (this.#child.exitCode !== null) throw new Error(`the process ended: ${this.errors}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its exit code, or the signal that ended it. */
  async end(): Promise<unknown> {
    const [code, signal] = await this.#ended;
    return code ?? signal;
  }
}
