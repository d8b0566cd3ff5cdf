import {
  type BooksStatus,
  type Database,
  findLedger,
  findPosition,
  findStatus,
  firstPosition,
  hasTables,
  migrate,
  type Position,
  saveLedger,
} from '@plumbline/store';
import type { Address } from 'viem';
import { BooksMissingError, WrongChainError } from '../errors.ts';
import type { Reader } from '../reading/reader.ts';
import type { Expected } from '../reading/verify.ts';

/** The books of one ledger: opens them, and makes sure that they, the ledger and the node belong together. */
export class LedgerBooks {
  readonly ledger: Address;
  readonly #database: Database;
  readonly #startBlock: number;
  #expected: Expected | undefined;
  #ready: Promise<void> = Promise.resolve();
  #finalNumber = -1;

  constructor(database: Database, ledger: Address, startBlock = 0) {
    this.#database = database;
    this.ledger = ledger;
    this.#startBlock = startBlock;
  }

  /** Resolves once the ledger is in the books. Nothing is read from them or written before. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** The ledger as `open` found it. */
  get expected(): Expected {
    if (!this.#expected) throw new Error('the ledger was not looked up');
    return this.#expected;
  }

  /** The newest block that was ever final; -1 if there was none. */
  get finalNumber(): number {
    return this.#finalNumber;
  }

  noteFinal(number: number): void {
    this.#finalNumber = Math.max(this.#finalNumber, number);
  }

  /** @throws BooksMissingError if there are none. */
  async getStatus(): Promise<BooksStatus> {
    const status = await findStatus(this.#database, this.ledger);
    if (!status) throw new BooksMissingError(this.ledger);
    return status;
  }

  /**
   * Opens the books, or founds them in an empty database.
   * @returns Where they stand.
   * @throws LedgerMissingError if the node has no ledger at the address.
   * @throws WrongChainError if the node is of another chain than the books.
   */
  async open(reader: Reader): Promise<Position> {
    const database = this.#database;
    if (!(await hasTables(database))) return this.#found(reader);
    await migrate(database);
    const chainId = await reader.getChainId();
    const known = await findLedger(database, this.ledger);
    const status = known && (await findStatus(database, this.ledger));
    if (known && status && status.entryCount > 0) {
      if (known.chainId !== chainId) throw new WrongChainError(this.ledger, known.chainId, chainId);
      this.#expected = { chainId, ledger: this.ledger, terms: known.terms };
      this.noteFinal(status.finalNumber ?? -1);
      return this.getPosition(reader);
    }
    await this.#lookUp(reader, chainId);
    await this.#save();
    return this.getPosition(reader);
  }

  /** Where the books stand; opens them again if they are gone. */
  async getPosition(reader: Reader): Promise<Position> {
    return (await findPosition(this.#database, this.ledger)) ?? (await this.open(reader));
  }

  /** Creates the tables while the reading begins. */
  async #found(reader: Reader): Promise<Position> {
    const migration = migrate(this.#database);
    // It may fail while the node is still answering.
    migration.catch(() => {});
    await this.#lookUp(reader, await reader.getChainId());
    this.#ready = migration.then(() => this.#save());
    this.#ready.catch(() => {});
    return firstPosition(this.#startBlock);
  }

  async #lookUp(reader: Reader, chainId: number): Promise<void> {
    this.#expected = { chainId, ledger: this.ledger, terms: await reader.getTerms(chainId) };
  }

  #save(): Promise<void> {
    return saveLedger(this.#database, { ...this.expected, startBlock: this.#startBlock });
  }
}
