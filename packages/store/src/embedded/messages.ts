/**
 * Cuts what a PostgreSQL client sends into rounds: a start-up message, or everything up to and including the Sync or
 * the simple Query that asks the server to answer. Another client may run between rounds but not within one, because
 * unnamed statements and portals belong to the session, and here all clients share one session.
 * Format: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class RoundReader {
  #pending: Buffer[] = [];
  #size = 0;
  #started = false;
  #round: Buffer[] = [];
  #copying = false;

  /** Takes received bytes and returns the rounds that they complete. */
  read(chunk: Buffer): Round[] {
    this.#pending.push(chunk);
    this.#size += chunk.length;
    const rounds: Round[] = [];
    for (let message = this.#next(); message; message = this.#next()) {
      const round = this.#started ? this.#typed(message) : this.#opening(message);
      if (round) rounds.push(round);
    }
    return rounds;
  }

  /** The next whole message, if it has arrived. */
  #next(): Buffer | undefined {
    // Typed messages have one byte before the length; start-up messages have none.
    const before = this.#started ? 1 : 0;
    if (this.#size < before + 4) return undefined;
    const [first] = this.#pending;
    if (this.#pending.length > 1 && (first?.length ?? 0) < before + 4) this.#join();
    const length = before + (this.#pending[0]?.readInt32BE(before) ?? 0);
    if (this.#size < length) return undefined;
    this.#join();
    const all = this.#pending[0] ?? Buffer.alloc(0);
    this.#pending = all.length > length ? [all.subarray(length)] : [];
    this.#size -= length;
    return all.subarray(0, length);
  }

  #join(): void {
    if (this.#pending.length > 1) this.#pending = [Buffer.concat(this.#pending)];
  }

  #opening(message: Buffer): Round | undefined {
    const code = message.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption' };
    if (code === CANCEL_REQUEST) return { kind: 'end' };
    this.#started = true;
    return { kind: 'messages', messages: [message] };
  }

  #typed(message: Buffer): Round | undefined {
    const type = String.fromCharCode(message[0] ?? 0);
    if (type === 'X') return { kind: 'end' };
    this.#round.push(message);
    if (type === 'Q' && COPY_IN.test(message.toString('latin1', 5, 2_000))) {
      this.#copying = true;
      return { kind: 'copy' };
    }
    const isEnd = this.#copying ? type === 'c' || type === 'f' : type === 'S' || type === 'Q';
    if (!isEnd) return undefined;
    const messages = this.#copying ? [Buffer.concat(this.#round)] : this.#round;
    const kind = this.#copying ? 'copied' : 'messages';
    this.#round = [];
    this.#copying = false;
    return { kind, messages };
  }
}

/**
 * `copy`: the client wants to send rows and waits for the go-ahead. `copied`: the COPY statement together with all its
 * rows. `encryption`: the client asks for encryption, which is declined. `end`: the client disconnects.
 */
export type Round =
  | { kind: 'messages' | 'copied'; messages: Buffer[] }
  | { kind: 'copy' }
  | { kind: 'encryption' }
  | { kind: 'end' };

/** A COPY statement, after which the client sends rows. */
const COPY_IN = /^\s*copy\s[^;]*\sfrom\s+stdin\b/i;

/** Tells the client to send its rows: a binary CopyInResponse that lists no columns. */
export const SEND_ROWS = Buffer.from([0x47, 0, 0, 0, 7, 1, 0, 0]);

/** An answer without its leading CopyInResponse, which the client has had already. */
export function withoutSendRows(answer: Uint8Array): Uint8Array {
  if (answer[0] !== SEND_ROWS[0]) return answer;
  const length = new DataView(answer.buffer, answer.byteOffset).getInt32(1);
  return answer.subarray(1 + length);
}

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;

/**
 * Whether an answer leaves the session inside a transaction: outside one, the final ReadyForQuery ends with `I`.
 */
export function endsInTransaction(answer: Uint8Array): boolean {
  const ready = answer.length >= 6 && answer[answer.length - 6] === 'Z'.charCodeAt(0);
  return ready && answer[answer.length - 1] !== 'I'.charCodeAt(0);
}
