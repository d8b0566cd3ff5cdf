import { type LedgerLog, type LedgerTerms, ledgerFactoryAbi, type Plan } from '@plumbline/protocol';
import { type Abi, type Address, type Hex, numberToHex } from 'viem';
import type { Deployment } from '../../../scripts/stack/deploy.ts';
import { type Anvil, startAnvil } from '../chain.ts';
import {
  type Call,
  encodeCall,
  findReason,
  listJournalLogs,
  readViews,
  sendTransaction,
} from '../company/calls.ts';
import { deployCompany } from '../company/company.ts';
import { testDollarAbi } from '../test-dollar.ts';

interface SendOptions {
  /** Of the block; by default a second after the last. */
  time?: number;
  /** By default the admin. */
  from?: Address;
  /** By default whom it is sent to. */
  emitter?: Address;
}

export type CreationTerms = Pick<
  LedgerTerms,
  'returnWindow' | 'planNotice' | 'capPeriod' | 'compact' | 'delay'
>;

/** The first powers of a ledger. */
interface FirstPowers {
  roles: readonly { role: Hex; account: Address }[];
  recorders: readonly { key: Address; cap: bigint; countCap: number }[];
}

/** Seconds before an offered admin's seat can be taken. */
export function adminDelayOf({ delay }: Pick<CreationTerms, 'delay'>): number {
  return Math.max(delay, 3_600);
}

/**
 * A real chain whose clock the tests set: every transaction has its own block, and its time is the one given.
 */
export class Chain {
  readonly anvil: Anvil;
  readonly deployment: Deployment;
  /** Time of the newest block. */
  now: number;
  readonly admin: Address;
  /** Logs of the newest ledger's creation. */
  created: LedgerLog[] = [];
  #ledgers = 0;

  private constructor(anvil: Anvil, deployment: Deployment, now: number) {
    this.anvil = anvil;
    this.deployment = deployment;
    this.now = now;
    this.admin = (anvil.accounts[0]?.address ?? '').toLowerCase() as Address;
  }

  static async start(): Promise<Chain> {
    // Every address may send, without ether.
    const args = [
      '--auto-impersonate',
      '--prune-history',
      '--gas-price',
      '0',
      '--block-base-fee-per-gas',
      '0',
    ];
    const anvil = await startAnvil({ args });
    const deployment = await deployCompany(anvil);
    const block = await anvil.rpc<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false]);
    return new Chain(anvil, deployment, Number(block.timestamp));
  }

  /** A ledger of its own, with the admin as admin. */
  async createLedger(
    terms: CreationTerms,
    plan: Plan,
    { roles, recorders }: FirstPowers = { roles: [], recorders: [] },
  ): Promise<Ledger> {
    const { factory, token } = this.deployment;
    this.#ledgers += 1;
    const salt = numberToHex(this.#ledgers, { size: 32 });
    const powers = { admin: this.admin, adminDelay: adminDelayOf(terms), roles, recorders };
    const request = { token, unit: 1n, ...terms, ...powers, plan };
    const data = encodeCall(['createLedger', request, salt], ledgerFactoryAbi as Abi);
    const call = { from: this.admin, to: factory, data };
    const result = await this.anvil.rpc<Hex>('eth_call', [call, 'latest']);
    const ledger: Address = `0x${result.slice(-40)}`;
    this.created = await this.send(factory as Address, data, { emitter: ledger });
    return new Ledger(this, ledger);
  }

  /**
   * Sends a transaction in a block of its own.
   * @returns The logs of `emitter` that are of a journal.
   */
  async send(to: Address, data: Hex, options: SendOptions = {}): Promise<LedgerLog[]> {
    const { time = this.now + 1, from = this.admin, emitter = to } = options;
    this.now = time;
    await this.anvil.rpc('evm_setNextBlockTimestamp', [time]);
    const receipt = await sendTransaction(this.anvil, { from, to, data, gasPrice: '0x0' });
    return listJournalLogs(receipt, emitter);
  }

  /** Mines a block with this time, if it is not past. */
  async pass(time: number): Promise<void> {
    if (time <= this.now) return;
    this.now = time;
    await this.anvil.rpc('evm_setNextBlockTimestamp', [time]);
    await this.anvil.rpc('evm_mine');
  }

  stop(): Promise<void> {
    return this.anvil.stop();
  }
}

/** One ledger of the chain. */
export class Ledger {
  readonly chain: Chain;
  readonly address: Address;

  constructor(chain: Chain, address: Address) {
    this.chain = chain;
    this.address = address;
  }

  /** Sends a call and gives the ledger's logs. */
  send(call: Call, options?: SendOptions): Promise<LedgerLog[]> {
    return this.chain.send(this.address, encodeCall(call), options);
  }

  /** Many views in one request, in order. */
  views(...calls: Call[]): Promise<unknown[]> {
    return readViews(this.chain.anvil, this.address, calls);
  }

  /** Name of the error that a call ends with, made at the time of the newest block; undefined if it would go through. */
  findReason(call: Call, from: Address = this.chain.admin): Promise<string | undefined> {
    return findReason(this.chain.anvil, { from, to: this.address, data: encodeCall(call) });
  }

  async mint(to: Address, units: bigint): Promise<void> {
    const token = this.chain.deployment.token as Address;
    await this.chain.send(token, encodeCall(['mint', to, units], testDollarAbi as Abi));
  }

  /** Mints tokens and puts them into the float. */
  async fund(units: bigint): Promise<LedgerLog[]> {
    const token = this.chain.deployment.token as Address;
    const abi = testDollarAbi as Abi;
    await this.mint(this.chain.admin, units);
    await this.chain.send(token, encodeCall(['approve', this.address, units], abi));
    return this.send(['fund', units]);
  }
}
