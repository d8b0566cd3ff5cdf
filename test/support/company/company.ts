import {
  type BatchRecorded,
  chunkReversals,
  type DistributorRecord,
  decodeEntries,
  encodeDistributors,
  encodeSales,
  encodeStandings,
  type Plan,
  type ReversalRecord,
  type SaleRecord,
  type StandingRecord,
} from '@plumbline/protocol';
import {
  type Abi,
  type Address,
  createPublicClient,
  type Hex,
  http,
  keccak256,
  numberToHex,
  type PublicClient,
  stringToHex,
} from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { type Deployment, type DeployOptions, deployLocal } from '../../../scripts/stack/deploy.ts';
import { type Anvil, startAnvil } from '../chain.ts';
import { testDollarAbi } from '../test-dollar.ts';
import { type OpenBatch, presentRecords } from './batch.ts';
import { encodeCall, listJournalLogs, type Receipt, readViews, sendTransaction } from './calls.ts';

export const DAY = 86_400;

/** The reason or evidence that these companies give for everything they do. */
export const EVIDENCE: Hex = `0x${'e1'.repeat(32)}`;
const MANIFEST: Hex = `0x${'5a'.repeat(32)}`;

/** What differs from the usual programme of scripts/stack/deploy.ts. */
export interface CompanyOptions extends Omit<DeployOptions, 'rpcUrl' | 'privateKey' | 'request'> {
  request?: Omit<NonNullable<DeployOptions['request']>, 'plan'> & { plan?: Plan };
}

/** Where a batch was recorded. */
export interface RecordedBatch extends OpenBatch {
  transactionHash: Hex;
  blockNumber: number;
}

/** A made-up company: its ledger on a real chain, and the calls that its gateway, its admin and its distributors make. */
export class LedgerCompany {
  readonly anvil: Anvil;
  readonly deployment: Deployment;
  readonly client: PublicClient;
  readonly ledger: Address;
  /** Admin, first recorder, holder of every role and whoever pays: the chain's first account. */
  readonly admin: Address;

  constructor(anvil: Anvil, deployment: Deployment) {
    this.anvil = anvil;
    this.deployment = deployment;
    this.client = createPublicClient({ transport: http(anvil.rpcUrl), pollingInterval: 20, cacheTime: 0 });
    this.ledger = deployment.ledger as Address;
    this.admin = this.account(0).address.toLowerCase() as Address;
  }

  /** Deploys a ledger for a new company. */
  static async open(anvil: Anvil, options: CompanyOptions = {}): Promise<LedgerCompany> {
    return new LedgerCompany(anvil, await deployCompany(anvil, options));
  }

  /** The same on a new chain of its own, which the caller stops. */
  static async start(options: CompanyOptions = {}): Promise<LedgerCompany> {
    return LedgerCompany.open(await startAnvil(), options);
  }

  /** An account whose key is known, by its place on the chain. */
  account(index: number): PrivateKeyAccount {
    return privateKeyToAccount(this.keyOf(index));
  }

  /** The private key of an account. */
  keyOf(index: number): Hex {
    return this.anvil.accounts[index]?.privateKey as Hex;
  }

  get chainId(): number {
    return this.deployment.chainId;
  }

  /** Block of the ledger's creation. */
  get startBlock(): number {
    return this.deployment.startBlock;
  }

  get token(): Address {
    return this.deployment.token as Address;
  }

  /** Calls the ledger as its admin. */
  call(functionName: string, args: readonly unknown[]): Promise<Receipt> {
    return this.#send(this.admin, this.ledger, encodeCall([functionName, ...args]));
  }

  /** Calls the ledger from any address, whether its key is known or not. */
  async callAs(from: string, functionName: string, args: readonly unknown[]): Promise<Receipt> {
    const isFunded = this.anvil.accounts.some(({ address }) => address.toLowerCase() === from.toLowerCase());
    if (!isFunded) {
      await this.anvil.rpc('anvil_impersonateAccount', [from]);
      await this.anvil.rpc('anvil_setBalance', [from, numberToHex(10n ** 18n)]);
    }
    return this.#send(from as Address, this.ledger, encodeCall([functionName, ...args]));
  }

  #send(from: Address, to: Address, data: Hex): Promise<Receipt> {
    return sendTransaction(this.anvil, { from, to, data });
  }

  /** What a view of the ledger answers. */
  async view<T>(functionName: string, args: readonly unknown[] = []): Promise<T> {
    const [answer] = await readViews(this.anvil, this.ledger, [[functionName, ...args]]);
    return answer as T;
  }

  /** Makes a call of the admin's that must be announced: announces it, lets the ledger's delay pass, and makes it. */
  async callAnnounced(functionName: string, args: readonly unknown[]): Promise<Receipt> {
    await this.call('announce', [encodeCall([functionName, ...args])]);
    const { delay } = await this.view<{ delay: number }>('terms');
    await this.passTime(delay);
    return this.call(functionName, args);
  }

  async enrol(distributors: readonly DistributorRecord[]): Promise<void> {
    await this.call('enrol', [encodeDistributors(distributors)]);
  }

  /** Announces standings. They are effective at a midnight, and later batches wait until they are applied. */
  async announceStanding(standings: readonly StandingRecord[]): Promise<void> {
    await this.call('setStanding', [encodeStandings(standings), EVIDENCE]);
  }

  /** Brings standings into effect. Every batch must be settled and no other change pending. */
  async setStanding(standings: readonly StandingRecord[]): Promise<void> {
    await this.announceStanding(standings);
    const pending = await this.passToChange();
    if (pending) await this.call('applyStanding', [pending, encodeStandings(standings), standings.length]);
  }

  /**
   * Lets time pass until the next change is effective.
   * @returns Its number; undefined if none is pending.
   */
  async passToChange(): Promise<bigint | undefined> {
    const [next, , startsAt = 0n] = await this.view<bigint[]>('changes');
    if (startsAt === 0n) return undefined;
    await this.passTime(Math.max(0, Number(startsAt) - (await this.now())));
    return next;
  }

  /** Records sales as the next batch of the recorder with this key. */
  async record(
    sales: SaleRecord[],
    manifestRoot: Hex = MANIFEST,
    key: Address = this.admin,
  ): Promise<RecordedBatch> {
    const [recorder, planInForce] = await Promise.all([
      this.view<{ sequence: bigint }>('recorderOf', [key]),
      this.view<bigint>('currentPlan'),
    ]);
    const args = [encodeSales(sales), recorder.sequence + 1n, manifestRoot, planInForce];
    const receipt = await this.callAs(key, 'recordSales', args);
    const [recorded] = decodeEntries(listJournalLogs(receipt, this.ledger));
    if (!recorded) throw new Error('the ledger logged no batch');
    const { batch, plan, recordedAt } = recorded.entry as BatchRecorded;
    const { transactionHash, blockNumber } = recorded;
    const place = { transactionHash, blockNumber: Number(blockNumber) };
    return { batch, plan, recordedAt, sales, reversals: [], settled: 0, ...place };
  }

  /** Takes back parts of a batch's sales, with the key of its recorder. */
  async reverse(batch: OpenBatch, reversals: ReversalRecord[], key: Address = this.admin): Promise<void> {
    const chunks = chunkReversals(presentRecords(batch), reversals);
    await this.callAs(key, 'reverse', [
      batch.batch,
      batch.plan,
      batch.recordedAt,
      batch.sales.length,
      chunks,
    ]);
    batch.reversals.push(...reversals);
  }

  /** Settles a batch, whose return window must be over, up to the sale `until`. */
  async settle(batch: OpenBatch, until = batch.sales.length): Promise<void> {
    await this.call('settle', [batch.batch, presentRecords(batch), batch.plan, batch.recordedAt, until]);
    batch.settled = until;
  }

  /** Mints test dollars. */
  async mint(to: Address, units: bigint): Promise<void> {
    const data = encodeCall(['mint', to, units], testDollarAbi as Abi);
    await this.#send(this.admin, this.token, data);
  }

  /** Moves the chain's clock. */
  async passTime(seconds: number): Promise<void> {
    await this.anvil.rpc('evm_increaseTime', [seconds]);
    await this.anvil.rpc('evm_mine');
  }

  /** Time of the newest block, in Unix seconds. */
  async now(): Promise<number> {
    const { timestamp } = await this.anvil.rpc<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false]);
    return Number(timestamp);
  }
}

/** Deploys the contracts of a company as the chain's first account. */
export function deployCompany(anvil: Anvil, options: CompanyOptions = {}): Promise<Deployment> {
  const privateKey = anvil.accounts[0]?.privateKey ?? '';
  return deployLocal({ rpcUrl: anvil.rpcUrl, privateKey, ...options } as DeployOptions);
}

export function roleNamed(name: string): Hex {
  return keccak256(stringToHex(`${name}_ROLE`));
}

/** A wallet without a key, for the distributor `id`. */
export function walletOf(id: number): Address {
  return `0x${(0xabc0000 + id).toString(16).padStart(40, '0')}`;
}

/** A sale whose price is a little above its volume. */
export function saleOf(
  seller: number,
  volumeCents: bigint,
  buyerClass: SaleRecord['class'] = 'retail',
): SaleRecord {
  return { class: buyerClass, seller, priceCents: volumeCents + 500n, volumeCents };
}
