import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { concat, id as hashOf, ZeroAddress, ZeroHash } from 'ethers';
import type { ICommissionLedger } from '../../../types/interfaces/ICommissionLedger.ts';
import type { LedgerFactory } from '../../../types/LedgerFactory.ts';
import type { TestDollar } from '../../../types/mocks/TestDollar.ts';
import { DAY, ethers, time } from './chain.ts';
import { type PlanTerms, planOf, RATES } from './plan.ts';
import {
  type Distributor,
  encodeDistributors,
  encodeReversals,
  encodeSales,
  encodeStandings,
  type Reversal,
  type Sale,
  type Standing,
} from './records.ts';

export interface CompanyOptions {
  compact: boolean;
  decimals: number;
  returnWindow: number;
  planNotice: number;
  capPeriod: number;
  adminDelay: number;
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
  records: string;
  reversals: string;
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
export const CAP = 500_000_000_000n;

/** The roles besides the admin's and the recorders', and the members of `Distributors` who hold them. */
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
    return 10n ** BigInt(this.options.decimals - 6);
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

  /** Gives a role to its member of `distributors`, or to somebody else. */
  async appoint(officer: Officer, holder: HardhatEthersSigner = this.distributors[officer]): Promise<void> {
    await this.asAdmin.grantRole(ROLES[officer], holder);
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

  async nextSequence(): Promise<bigint> {
    return (await this.ledger.counts()).batches + 1n;
  }

  async record(sales: Sale[]): Promise<Batch> {
    const number = await this.nextSequence();
    const records = encodeSales(sales);
    await this.asRecorder.recordSales(number, records, MANIFEST);
    return {
      number,
      plan: await this.ledger.currentPlan(),
      recordedAt: BigInt(await time.latest()),
      records,
      reversals: '0x',
    };
  }

  /** Sends the reversals; the batch is brought up to date before the transaction is looked at. */
  reverse(batch: Batch, reversals: Reversal[]) {
    const { number, plan, recordedAt, records, reversals: before } = batch;
    const packed = encodeReversals(reversals);
    batch.reversals = concat([before, packed]);
    return this.asRecorder.reverse(number, plan, recordedAt, records, before, packed);
  }

  /** Settles as a stranger, because anyone may. */
  settle(batch: Batch, until: number | bigint = ethers.MaxUint256) {
    const { number, plan, recordedAt, records, reversals } = batch;
    return this.asStranger.settle(number, plan, recordedAt, records, reversals, until);
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

export async function deployFactory(): Promise<LedgerFactory> {
  const powers = await ethers.deployContract('LedgerPowers');
  const implementation = await ethers.deployContract('CommissionLedger', [await powers.getAddress()]);
  return ethers.deployContract('LedgerFactory', [await implementation.getAddress()]);
}

/** A ledger without recorder, distributors or float: as the factory leaves it. */
export async function openLedger(changes: Partial<CompanyOptions> = {}): Promise<Company> {
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
  const { returnWindow, planNotice, capPeriod, compact, adminDelay, plan } = options;
  const request = {
    token,
    returnWindow,
    planNotice,
    capPeriod,
    compact,
    admin: distributors.admin,
    adminDelay,
    plan,
  };
  const address = await factory.createLedger.staticCall(request, ZeroHash);
  await factory.createLedger(request, ZeroHash);
  const ledger = await ethers.getContractAt('ICommissionLedger', address);
  return new Company(options, ledger, factory, token, distributors);
}

/** A ledger at work: a recorder, officers, the distributors of `ID`, and a float. */
export async function openCompany(changes: Partial<CompanyOptions> = {}): Promise<Company> {
  const company = await openLedger(changes);
  const { wallets, recorder } = company.distributors;
  await company.asAdmin.setRecorder(recorder, CAP);
  for (const officer of Object.keys(ROLES) as Officer[]) await company.appoint(officer);
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
