import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import {
  type AddressLike,
  id as hashOf,
  type Interface,
  keccak256,
  resolveAddress,
  ZeroAddress,
  ZeroHash,
} from 'ethers';
import type { ICommissionLedger } from '../../../types/interfaces/ICommissionLedger.ts';
import type { LedgerFactory } from '../../../types/LedgerFactory.ts';
import type { TestDollar } from '../../../types/mocks/TestDollar.ts';
import { chunkReversals, countSales, recordsAfter } from './batch-tree.ts';
import { DAY, ethers, time } from './chain.ts';
import { type PlanTerms, planOf, RATES } from './plan.ts';
import {
  type Distributor,
  encodeDistributors,
  encodeSales,
  encodeStandings,
  type Reversal,
  type Sale,
  type Standing,
} from './records.ts';

export interface CompanyOptions {
  compact: boolean;
  /** The token's. */
  decimals: number;
  /** Token base units to a unit of the ledger; 10,000 units are a cent of a dollar when it is not given. */
  unit?: bigint;
  returnWindow: number;
  planNotice: number;
  capPeriod: number;
  adminDelay: number;
  /** A day when it is not given, none in a ledger without return window. */
  delay?: number;
  plan: PlanTerms;
  /** Name of the token's contract; it takes the decimals. */
  token: string;
  /** Units in the float from the start. */
  float: bigint;
}

const defaults: CompanyOptions = {
  compact: false,
  decimals: 6,
  returnWindow: 14 * DAY,
  planNotice: 30 * DAY,
  capPeriod: DAY,
  adminDelay: 2 * DAY,
  plan: planOf(RATES),
  token: 'TestDollar',
  float: 1_000_000_000_000n,
};

/** A batch as anyone can know it from the logs. */
export interface Batch {
  number: bigint;
  plan: bigint;
  recordedAt: bigint;
  /** As its reversals have left them. */
  records: string;
}

/**
 * The ids of the distributors that every company of the tests starts with: a line A to F in two fragments, and some
 * others.
 */
export const ID = { A: 4, B: 5, C: 6, D: 7, E: 8, F: 9, walletless: 10, emptyLane: 11, root: 12 } as const;

/** What a sale of F with 100.00 of volume pays, level by level, under the usual plan. */
export const LEVELS_OF_F: [units: bigint, id: number][] = [
  [20_000_000n, ID.F],
  [10_000_000n, ID.E],
  [5_000_000n, ID.D],
  [3_000_000n, ID.C],
  [2_000_000n, ID.B],
  [1_000_000n, ID.A],
];

export const MANIFEST = hashOf('manifest');
export const EVIDENCE = hashOf('evidence');
export const REASON = hashOf('reason');
/** Units that the recorder may reserve in a period, and distributors and sales that it may record. */
export const CAP = 1_000_000_000_000n;
export const COUNT_CAP = 1_000_000n;
/** What the recorder may do at once: half of each cap. */
export const ALLOWANCE = CAP / 2n;

/** The roles besides the admin's and the recorders', and who holds them. */
export const ROLES = {
  ranker: hashOf('RANKER_ROLE'),
  compliance: hashOf('COMPLIANCE_ROLE'),
  guardian: hashOf('GUARDIAN_ROLE'),
  registrar: hashOf('REGISTRAR_ROLE'),
  quoter: hashOf('QUOTER_ROLE'),
} as const;
export type Officer = keyof typeof ROLES;

export interface Distributors extends Record<Officer, HardhatEthersSigner> {
  admin: HardhatEthersSigner;
  recorder: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  funder: HardhatEthersSigner;
  /** Wallets of the enrolled. */
  wallets: Record<'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'root', HardhatEthersSigner>;
  /** Wallets of nobody. */
  free: HardhatEthersSigner[];
}

/** What only takes effect as announced. */
export type SlowCall =
  | 'grantRole'
  | 'revokeRole'
  | 'setRecorder'
  | 'setStandby'
  | 'withdrawFloat'
  | 'openBalances';

/** A company's ledger with the calls that a gateway would make; it remembers the facts of each batch. */
export class Company {
  constructor(
    readonly options: CompanyOptions,
    readonly ledger: ICommissionLedger,
    readonly factory: LedgerFactory,
    readonly token: TestDollar,
    readonly distributors: Distributors,
  ) {}

  /** Token base units to a unit of the ledger. */
  get unit(): bigint {
    return unitOf(this.options);
  }

  get asRecorder(): ICommissionLedger {
    return this.ledger.connect(this.distributors.recorder);
  }

  get asAdmin(): ICommissionLedger {
    return this.ledger.connect(this.distributors.admin);
  }

  get asStranger(): ICommissionLedger {
    return this.ledger.connect(this.distributors.stranger);
  }

  get asRanker(): ICommissionLedger {
    return this.ledger.connect(this.distributors.ranker);
  }

  get asCompliance(): ICommissionLedger {
    return this.ledger.connect(this.distributors.compliance);
  }

  get asGuardian(): ICommissionLedger {
    return this.ledger.connect(this.distributors.guardian);
  }

  /** Seconds before a new power, or a change of who stands where, takes effect. */
  get delay(): number {
    return delayOf(this.options);
  }

  /** The data of a call of the ledger. */
  dataOf(name: SlowCall, args: readonly unknown[]): string {
    return (this.ledger.interface as Interface).encodeFunctionData(name, args);
  }

  /** Announces a call of the admin, and lets the delay pass, so that the admin can make it. */
  async prepare(name: SlowCall, ...args: unknown[]): Promise<void> {
    if (this.delay === 0) return;
    const data = this.dataOf(name, args);
    await this.asAdmin.announce(data);
    await time.increaseTo(await this.ledger.actOf(keccak256(data)));
  }

  /** Gives a role to its holder, or to another account. */
  async appoint(officer: Officer, holder: HardhatEthersSigner = this.distributors[officer]): Promise<void> {
    await this.prepare('grantRole', ROLES[officer], holder.address);
    await this.asAdmin.grantRole(ROLES[officer], holder);
  }

  /** Sets a recorder's caps. */
  async setRecorder(key: AddressLike, cap: bigint, countCap: bigint = COUNT_CAP): Promise<void> {
    const address = await resolveAddress(key);
    await this.prepare('setRecorder', address, cap, countCap);
    await this.asAdmin.setRecorder(address, cap, countCap);
  }

  /** Sets ranks, and distributors inactive or active again. */
  setStanding(standings: Standing[]) {
    return this.asRanker.setStanding(encodeStandings(standings), EVIDENCE);
  }

  /** Puts a sponsor right; nobody's wallet means a distributor without one. */
  correctSponsor(id: number, wallet: HardhatEthersSigner | undefined, sponsor: number) {
    return this.asRecorder.correctSponsor(id, wallet ?? ZeroAddress, sponsor, REASON);
  }

  /** Leaves the programme with the distributor's own wallet. */
  leave(wallet: HardhatEthersSigner) {
    return this.ledger.connect(wallet).leaveProgramme();
  }

  enrol(distributors: Distributor[]) {
    return this.asRecorder.enrol(encodeDistributors(distributors));
  }

  async fund(units: bigint): Promise<void> {
    const { funder } = this.distributors;
    await this.token.mint(funder, units * this.unit);
    await this.token.connect(funder).approve(this.ledger, units * this.unit);
    await this.ledger.connect(funder).fund(units);
  }

  /** The same company with another recorder's key. */
  withRecorder(recorder: HardhatEthersSigner): Company {
    const { options, ledger, factory, token, distributors } = this;
    return new Company(options, ledger, factory, token, { ...distributors, recorder });
  }

  /** Number of the next batch of a recorder. */
  async nextBatch(key: AddressLike = this.distributors.recorder): Promise<bigint> {
    const { number, sequence } = await this.ledger.recorderOf(key);
    return ((number - 1n) << 24n) | (sequence + 1n);
  }

  /** Records by the plan in force. */
  async record(sales: Sale[]): Promise<Batch> {
    const number = await this.nextBatch();
    const records = encodeSales(sales);
    const plan = await this.ledger.currentPlan({ blockTag: 'pending' });
    await this.asRecorder.recordSales(records, number & 0xffffffn, MANIFEST, plan);
    return { number, plan, recordedAt: BigInt(await time.latest()), records };
  }

  /** Sends the reversals; the batch is brought up to date before the transaction is looked at. */
  reverse(batch: Batch, reversals: Reversal[]) {
    const { number, plan, recordedAt, records } = batch;
    batch.records = recordsAfter(records, reversals);
    const chunks = chunkReversals(records, reversals);
    return this.asRecorder.reverse(number, plan, recordedAt, countSales(records), chunks);
  }

  /** Settles as a stranger, because anyone may. */
  settle(batch: Batch, until: number | bigint = ethers.MaxUint256) {
    const { number, plan, recordedAt, records } = batch;
    return this.asStranger.settle(number, records, plan, recordedAt, until);
  }

  endOfWindow(batch: Batch): bigint {
    return batch.recordedAt + BigInt(this.options.returnWindow);
  }

  /** The next block is the first in which the batch can be settled. */
  async passWindow(batch: Batch): Promise<void> {
    await time.setNextBlockTimestamp(this.endOfWindow(batch));
  }

  /** What each of the ids is owed. */
  async owed(...ids: number[]): Promise<bigint[]> {
    return Promise.all(ids.map(async (id) => (await this.ledger.accountOf(id)).owed));
  }
}

function unitOf({ unit, decimals }: CompanyOptions): bigint {
  return unit ?? 10n ** BigInt(decimals - 6);
}

/** The delay of a ledger with these options. */
function delayOf({ delay, returnWindow }: CompanyOptions): number {
  return delay ?? (returnWindow === 0 ? 0 : DAY);
}

export async function deployFactory(): Promise<LedgerFactory> {
  const powers = await ethers.deployContract('LedgerPowers');
  const changes = await ethers.deployContract('LedgerChanges');
  const implementation = await ethers.deployContract('CommissionLedger', [
    await powers.getAddress(),
    await changes.getAddress(),
  ]);
  return ethers.deployContract('LedgerFactory', [await implementation.getAddress()]);
}

/** A ledger without roles, recorder, distributors or float. */
export async function openLedger(changes: Partial<CompanyOptions> = {}): Promise<Company> {
  return createLedger(changes, false);
}

/** What the factory is asked for, with the first roles and the recorder or without them. */
export function requestOf(
  options: CompanyOptions,
  token: TestDollar,
  distributors: Distributors,
  withRoles: boolean,
) {
  const { returnWindow, planNotice, capPeriod, compact, adminDelay, plan } = options;
  const officers = withRoles ? (Object.keys(ROLES) as Officer[]) : [];
  return {
    token,
    unit: unitOf(options),
    returnWindow,
    planNotice,
    capPeriod,
    compact,
    admin: distributors.admin,
    adminDelay,
    delay: delayOf(options),
    plan,
    roles: officers.map((officer) => ({ role: ROLES[officer], account: distributors[officer] })),
    recorders: withRoles ? [{ key: distributors.recorder, cap: CAP, countCap: COUNT_CAP }] : [],
  };
}

/** A ledger as the factory leaves it, with the first roles and the recorder or without them. */
async function createLedger(changes: Partial<CompanyOptions>, withRoles: boolean): Promise<Company> {
  const options = { ...defaults, ...changes };
  const signers = await ethers.getSigners();
  const next = () => signers.shift()!;
  const distributors: Distributors = {
    admin: next(),
    recorder: next(),
    stranger: next(),
    funder: next(),
    wallets: { A: next(), B: next(), C: next(), D: next(), E: next(), F: next(), root: next() },
    ranker: next(),
    compliance: next(),
    guardian: next(),
    registrar: next(),
    quoter: next(),
    free: signers,
  };
  const factory = await deployFactory();
  const token = (await ethers.deployContract(options.token, [options.decimals])) as unknown as TestDollar;
  const request = requestOf(options, token, distributors, withRoles);
  const address = await factory.createLedger.staticCall(request, ZeroHash);
  await factory.createLedger(request, ZeroHash);
  const ledger = await ethers.getContractAt('ICommissionLedger', address);
  return new Company(options, ledger, factory, token, distributors);
}

/** A ledger at work: a recorder, officers, the distributors of `ID`, and a float. */
export async function openCompany(changes: Partial<CompanyOptions> = {}): Promise<Company> {
  const company = await createLedger(changes, true);
  const { wallets } = company.distributors;
  await company.enrol([
    { id: ID.A, sponsor: 0, wallet: wallets.A.address },
    { id: ID.B, sponsor: ID.A, wallet: wallets.B.address },
    { id: ID.C, sponsor: ID.B, wallet: wallets.C.address },
    { id: ID.D, sponsor: ID.C, wallet: wallets.D.address },
    { id: ID.E, sponsor: ID.D, wallet: wallets.E.address },
    { id: ID.F, sponsor: ID.E, wallet: wallets.F.address },
    { id: ID.walletless, sponsor: ID.E },
    { id: ID.root, sponsor: 0, wallet: wallets.root.address },
  ]);
  if (company.options.float > 0n) await company.fund(company.options.float);
  return company;
}

/** The usual ledger: readable, 6 decimals, 14 days. */
export async function readable(): Promise<Company> {
  return openCompany();
}

async function compact(): Promise<Company> {
  return openCompany({ compact: true, decimals: 18 });
}

async function readableAtOnce(): Promise<Company> {
  return openCompany({ returnWindow: 0, decimals: 18 });
}

async function compactAtOnce(): Promise<Company> {
  return openCompany({ returnWindow: 0, compact: true });
}

/** The kinds of ledger on which the same behaviour is mounted. */
export const withWindow = [
  { form: 'a readable ledger of 6 decimals', fixture: readable },
  { form: 'a compact ledger of 18 decimals', fixture: compact },
];
export const atOnce = [
  { form: 'a readable ledger without window', fixture: readableAtOnce },
  { form: 'a compact ledger without window', fixture: compactAtOnce },
];
