import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { clearBooks, dumpBooks } from '../support/books.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { changeLogs, FalseNode } from './false-node.ts';
import { Programme } from './programme.ts';

const main = join(import.meta.dirname, '../../packages/indexer/src/main.ts');

/** A running indexer process. */
class Process {
  readonly lines: string[] = [];
  errors = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  #wake: () => void = () => {};

  constructor(settings: Record<string, string>) {
    const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...settings } });
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

for (const engine of engines) {
  describe(`the indexer's process on ${engine.name}`, () => {
    let bench: Bench;
    let programme: Programme;
    let settings: Record<string, string>;

    before(async () => {
      bench = await Bench.start(engine);
      programme = await Programme.open(bench.chain, { seed: 51 });
      for (let round = 0; round < 8; round++) {
        await programme.live(6);
        await programme.mine(100);
      }
      settings = {
        PLUMBLINE_DATABASE_URL: bench.url,
        PLUMBLINE_RPC_URL: bench.chain.rpcUrl,
        PLUMBLINE_LEDGER: programme.deployment.ledger,
        PLUMBLINE_START_BLOCK: String(programme.deployment.startBlock),
        PLUMBLINE_POLL_MS: '20',
      };
    });

    afterEach(() => clearBooks(bench.database).catch(() => {}));

    after(() => bench?.stop());

    it('refuses settings that are missing or wrong, in one line', async () => {
      const wrong: Record<string, string> = {
        PLUMBLINE_DATABASE_URL: 'mysql://here',
        PLUMBLINE_RPC_URL: 'localhost',
        PLUMBLINE_LEDGER: '0x12',
        PLUMBLINE_START_BLOCK: '-4',
      };
      for (const [name, value] of Object.entries(wrong)) {
        const running = new Process({ ...settings, [name]: value });
        expect(await running.end()).to.equal(1);
        expect(running.errors).to.match(
          new RegExp(`^${name} must be [^\\n]+, not "${value.replace('here', '…')}"\\n$`),
        );
        expect(running.lines).to.deep.equal([]);
      }
    });

    it('ends with one line when the node is false', async () => {
      const node = await FalseNode.start(bench.chain.rpcUrl);
      node.lie = changeLogs((logs) => logs.slice(1));
      try {
        const running = new Process({ ...settings, PLUMBLINE_RPC_URL: node.url });
        expect(await running.end()).to.equal(1);
        expect(running.errors).to.match(/^refused blocks [^\n]+\n$/);
        expect((await dumpBooks(bench.database)).entries).to.deep.equal([]);
      } finally {
        await node.stop();
      }
    });

    it('loses nothing and writes nothing twice when it is killed at any moment', async () => {
      // After so many lines and milliseconds: while it connects, between stretches, while it reads and while it writes.
      const moments = [0, 1, 2, 1, 2, 1].map((lines, i) => ({ lines, pause: 4 * i }));
      for (const { lines, pause } of moments) {
        const running = new Process(settings);
        if (lines > 0) await running.until(() => running.lines.length >= lines);
        await delay(pause);
        running.kill('SIGKILL');
        expect(await running.end()).to.equal('SIGKILL');
      }
      const { entryCount } = await programme.views();
      const last = new Process(settings);
      await programme.sell(3);
      await last.until((line) => line.entryCount === entryCount + 1);
      expect(last.lines[0]).to.equal('{"ready":"indexer"}');
      last.kill('SIGTERM');
      expect(await last.end()).to.equal(0);
      expect(last.errors).to.equal('');
      const books = await dumpBooks(bench.database);
      expect(await bench.buildFresh(programme)).to.deep.equal(books);
      const views = await programme.views();
      expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
    });
  });
}
