import type { Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { endsInTransaction, type Round, RoundReader, SEND_ROWS, withoutSendRows } from './messages.ts';

/** A client of the embedded database. It keeps the turn for one round, or for a whole transaction. */
export class Session {
  readonly #pglite: PGlite;
  readonly #turns: Turns;
  readonly #socket: Socket;
  readonly #rounds: Round[] = [];
  #working = false;
  #holding = false;
  #gone = false;
  /** Resolves when the client is gone and its open transaction is rolled back. */
  readonly ended: Promise<void>;
  #end: () => void = () => {};

  constructor(pglite: PGlite, turns: Turns, socket: Socket) {
    this.#pglite = pglite;
    this.#turns = turns;
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const reader = new RoundReader();
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#rounds.push(...reader.read(chunk));
      void this.#work();
    });
    // A broken connection also emits `close`, which does the clean-up.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#gone = true;
      void this.#work();
    });
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.destroy();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let round = this.#rounds.shift(); round && !this.#gone; round = this.#rounds.shift()) {
      await this.#answer(round);
    }
    if (this.#gone) await this.#undo();
    this.#working = false;
  }

  async #answer(round: Round): Promise<void> {
    if (round.kind === 'encryption') {
      this.#socket.write('N');
      return;
    }
    if (round.kind === 'end') {
      this.#socket.end();
      return;
    }
    if (!this.#holding) await this.#turns.take();
    this.#holding = true;
    if (round.kind === 'copy') {
      // PGlite takes the statement and its rows only together, so the answer to the statement comes from here.
      this.#socket.write(SEND_ROWS);
      return;
    }
    try {
      let last: Uint8Array = new Uint8Array();
      for (const message of round.messages) {
        last = await this.#pglite.execProtocolRaw(message);
        if (round.kind === 'copied') last = withoutSendRows(last);
        if (last.length > 0 && !this.#socket.destroyed) this.#socket.write(last);
      }
      if (!endsInTransaction(last)) this.#release();
    } catch {
      // PGlite itself failed: close the connection, as a server that crashed would.
      this.#socket.destroy();
    }
  }

  async #undo(): Promise<void> {
    if (this.#holding) {
      await this.#pglite.exec('ROLLBACK').catch(() => {});
      this.#release();
    }
    this.#end();
  }

  #release(): void {
    this.#holding = false;
    this.#turns.give();
  }
}

/** A queue for one resource: one holder at a time, first come, first served. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  /** Waits for the turn. */
  async take(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Passes the turn to the next in the queue. */
  give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken = false;
  }
}
