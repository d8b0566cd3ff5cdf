/** A progress bar on a terminal; elsewhere, a line every few seconds. */
export class Progress {
  readonly #label: string;
  readonly #total: number;
  readonly #started = Date.now();
  #done = 0;
  #drawn = 0;

  constructor(label: string, total: number) {
    this.#label = label;
    this.#total = total;
  }

  /** @param done How many of the total are done. */
  update(done: number): void {
    this.#done = done;
    const interval = process.stderr.isTTY ? 100 : 5_000;
    if (Date.now() - this.#drawn < interval && done < this.#total) return;
    this.#drawn = Date.now();
    this.#draw();
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\n');
  }

  #draw(): void {
    const share = this.#total === 0 ? 1 : this.#done / this.#total;
    const seconds = (Date.now() - this.#started) / 1000;
    const left = share > 0 ? Math.round(seconds / share - seconds) : 0;
    const bar = '█'.repeat(Math.round(share * 30)).padEnd(30, '░');
    const line = `${this.#label.padEnd(22)} ${bar} ${this.#done}/${this.#total}  ${left} s left`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}\x1b[K` : `${line}\n`);
  }
}
