import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServiceOptions {
  name: string;
  /** Program file that Node runs. */
  program: string;
  /** Options of Node itself. */
  nodeOptions?: readonly string[];
  environment: Record<string, string>;
  /** Gets everything the service prints. */
  logFile: string;
  /** Called with every process id, the ones after a crash included. */
  onProcess(pid: number): void;
  /** Called when the service ended by itself and is restarted, with the last line that it printed. */
  onRestart(lastLine: string): void;
}

/** A service that crashes this often in a row, each time soon after its start, is given up. */
const MAX_CRASHES = 5;
const STABLE_MS = 10_000;

/** How long a service may take to stop by itself. */
const STOP_MS = 10_000;

/** A program that is kept running: when it ends, it is restarted. */
export class Service {
  readonly name: string;
  readonly #options: ServiceOptions;
  #child: ChildProcess | undefined;
  #stopping = false;
  #crashes = 0;
  /** Rejects when the service cannot be kept running. */
  readonly failed: Promise<never>;
  #fail: (error: Error) => void = () => {};

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, and gives the first line of JSON with `ready` that it prints. */
  async start(): Promise<Record<string, unknown>> {
    const { program, nodeOptions = [], environment, logFile, onProcess, onRestart } = this.#options;
    const log = createWriteStream(logFile, { flags: 'a' });
    // A process group of its own: Ctrl-C in a terminal must reach only the parent, which stops everything in order.
    const child = spawn(process.execPath, [...nodeOptions, program], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    if (child.pid) onProcess(child.pid);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      log.write(chunk);
      errors = (errors + chunk).slice(-2_000);
    });
    const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        log.write(`${line}\n`);
        if (line.startsWith('{"ready"')) resolve(JSON.parse(line));
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        log.end();
        reject(
          new Error(`${this.name} ended (${signal ?? `code ${code}`}): ${errors.trim() || `see ${logFile}`}`),
        );
      });
    });
    const answer = await ready;
    const started = Date.now();
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      if (Date.now() - started > STABLE_MS) this.#crashes = 0;
      onRestart(errors.trim().split('\n').at(-1) || `ended by ${signal ?? `code ${code}`}`);
      void this.#restart();
    });
    return answer;
  }

  /** Ends it at once, as a crash would; it is restarted. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false }).then(() => child.kill('SIGKILL'))]);
    await ended;
  }

  /** Ends it in order and starts it again. Rejects if it does not start; it stays down until the next call. */
  async restart(): Promise<void> {
    await this.stop();
    this.#stopping = false;
    this.#crashes = 0;
    await this.start();
  }

  async #restart(): Promise<void> {
    while (!this.#stopping) {
      if (++this.#crashes > MAX_CRASHES) {
        this.#fail(new Error(`${this.name} crashes again and again; see ${this.#options.logFile}`));
        return;
      }
      await sleep(100 * this.#crashes);
      if (this.#stopping) return;
      // A start that fails is a crash like any other.
      if (await this.start().catch(() => undefined)) return;
    }
  }
}
