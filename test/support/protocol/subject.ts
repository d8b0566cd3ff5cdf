import type { LedgerLog } from '@plumbline/protocol';
import type { Arbitrary } from 'fast-check';
import { type Address, type Hex, zeroAddress } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import type { Call } from '../company/calls.ts';
import type { Random } from '../random.ts';
import { sampleOf } from './arbitraries.ts';
import type { CreationTerms, Ledger } from './ledger.ts';
import { Twin } from './twin.ts';
import type { TwinDistributor } from './twin-distributors.ts';

/** A real ledger beside its twin, with the keys of all wallets on it. */
export class Subject {
  readonly ledger: Ledger;
  readonly twin: Twin;
  readonly random: Random;
  readonly terms: CreationTerms;
  /** Private keys by wallet. */
  readonly #keys = new Map<Address, Hex>();
  /** Who may cancel besides the admin. */
  readonly guardians = new Set<Address>();
  /** The reasons for which the ledger has refused something. */
  readonly refusals = new Set<string>();
  /** Logs since they were last taken. */
  logs: LedgerLog[] = [];

  constructor(random: Random, ledger: Ledger, terms: CreationTerms) {
    this.random = random;
    this.ledger = ledger;
    this.terms = terms;
    this.twin = new Twin(terms);
  }

  /** A value of an arbitrary; the company's seed decides which. */
  draw<T>(arbitrary: Arbitrary<T>): T {
    return sampleOf(arbitrary, this.random.below(2 ** 31));
  }

  get admin(): Address {
    return this.ledger.chain.admin;
  }

  get adminKey(): Hex {
    return this.ledger.chain.anvil.accounts[0]?.privateKey as Hex;
  }

  /** Where its signatures count. */
  get place(): { chainId: number; ledger: Address } {
    return { chainId: this.ledger.chain.deployment.chainId, ledger: this.ledger.address };
  }

  /** Time of the newest block. */
  get now(): number {
    return this.ledger.chain.now;
  }

  /** Sends a call to the ledger and keeps its logs. */
  async send(call: Call, options?: Parameters<Ledger['send']>[1]): Promise<void> {
    this.logs.push(...(await this.ledger.send(call, options)));
  }

  /**
   * Makes a call that the ledger must refuse, at the time of the newest block.
   * @throws Error if it does not, or for another reason.
   */
  async expectReason(call: Call, reason: string, from?: Address): Promise<void> {
    const found = await this.ledger.findReason(call, from);
    this.refusals.add(reason);
    if (found !== reason) throw new Error(`${call[0]} ends with ${found} and not with ${reason}.`);
  }

  /** A new wallet, whose key is kept. */
  newWallet(): Address {
    const key = this.random.hex(32);
    const wallet = privateKeyToAddress(key).toLowerCase() as Address;
    this.#keys.set(wallet, key);
    return wallet;
  }

  keyOf(wallet: Address): Hex {
    const key = this.#keys.get(wallet);
    if (!key) throw new Error(`The key of ${wallet} is not known.`);
    return key;
  }

  /** All distributors with a wallet. */
  walletOwners(): [id: number, distributor: TwinDistributor][] {
    return [...this.twin.distributors].filter(([, { wallet }]) => wallet !== zeroAddress);
  }

  /** All distributors who can be paid at `time`. */
  payable(time: number): [id: number, distributor: TwinDistributor][] {
    return this.walletOwners().filter(([, { owed, heldUntil }]) => owed > 0n && heldUntil <= time);
  }
}
