import { readFileSync } from 'node:fs';
import {
  type BaseContract,
  Contract,
  ContractFactory,
  type InterfaceAbi,
  JsonRpcProvider,
  MaxUint256,
  NonceManager,
  Wallet,
  ZeroHash,
} from 'ethers';
import type { ICommissionLedger } from '../../types/interfaces/ICommissionLedger.js';
import type { LedgerFactory, LedgerRequestStruct } from '../../types/LedgerFactory.js';
import type { TestDollar } from '../../types/mocks/TestDollar.js';

export interface Deployment {
  chainId: number;
  token: string;
  implementation: string;
  factory: string;
  ledger: string;
  /** Present if one was asked for. */
  storefront?: string;
  /** Block of the ledger's creation: its journal begins here. */
  startBlock: number;
}

export interface DeployOptions {
  rpcUrl: string;
  /** Pays for everything; becomes admin and recorder. */
  privateKey: string;
  /** What differs from the default programme. */
  request?: Partial<LedgerRequestStruct>;
  /** Units to mint and to put into the float. */
  floatUnits?: bigint;
  /** What the recorder may reserve per period. */
  capUnits?: bigint;
  /** Whether the company sells through a storefront too; the deployer signs its quotes. */
  storefront?: boolean;
}

const DAY = 86_400;

/** IStorefront asks for the largest cap there is. */
const MAX_CAP = 2n ** 64n - 1n;

/** Seller 20 %, then 5, 3, 2, 1 and 1 % up the line, everything counted, at most 32 % in total. */
export const DEFAULT_PLAN = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  ceilingBps: 3_200,
  weightsBps: [10_000, 10_000, 10_000],
  ratesBps: [[2_000, 500, 300, 200, 100, 100]],
} satisfies LedgerRequestStruct['plan'];

/**
 * Puts everything a company needs on a local chain: a test token, the contracts, a ledger with a funded float and the
 * deployer as its recorder, and a storefront if one is asked for.
 */
export async function deployLocal(options: DeployOptions): Promise<Deployment> {
  const provider = new JsonRpcProvider(options.rpcUrl, undefined, { pollingInterval: 50, cacheTimeout: -1 });
  try {
    const { chainId } = await provider.getNetwork();
    const signer = new NonceManager(new Wallet(options.privateKey, provider));
    const admin = await signer.getAddress();
    const token = await create<TestDollar>('mocks/TestDollar', [6], signer);
    const powers = await (await create('LedgerPowers', [], signer)).getAddress();
    const implementation = await (await create('CommissionLedger', [powers], signer)).getAddress();
    const factory = await create<LedgerFactory>('LedgerFactory', [implementation], signer);
    const request: LedgerRequestStruct = {
      token: await token.getAddress(),
      returnWindow: 14 * DAY,
      planNotice: 30 * DAY,
      capPeriod: DAY,
      compact: false,
      admin,
      adminDelay: 2 * DAY,
      plan: DEFAULT_PLAN,
      ...options.request,
    };
    const address = await factory.createLedger.staticCall(request, ZeroHash);
    const created = await (await factory.createLedger(request, ZeroHash)).wait();
    const ledger = contractAt<ICommissionLedger>('interfaces/ICommissionLedger', address, signer);
    const float = options.floatUnits ?? 10n ** 14n;
    await (await token.mint(admin, float)).wait();
    await (await token.approve(address, MaxUint256)).wait();
    await (await ledger.fund(float)).wait();
    await (await ledger.setRecorder(admin, options.capUnits ?? 10n ** 15n)).wait();
    const storefront = options.storefront ? await openStorefront(ledger, admin, signer) : undefined;
    return {
      chainId: Number(chainId),
      token: (await token.getAddress()).toLowerCase(),
      implementation: implementation.toLowerCase(),
      factory: (await factory.getAddress()).toLowerCase(),
      ledger: address.toLowerCase(),
      ...(storefront === undefined ? {} : { storefront }),
      startBlock: created?.blockNumber ?? 0,
    };
  } finally {
    provider.destroy();
  }
}

/** Deploys a storefront, lets it record for `ledger`, and makes `quoter` the signer of its quotes. */
async function openStorefront(
  ledger: ICommissionLedger,
  quoter: string,
  signer: NonceManager,
): Promise<string> {
  const storefront = await create('Storefront', [await ledger.getAddress()], signer);
  await (await ledger.setRecorder(storefront, MAX_CAP)).wait();
  await (await ledger.grantRole(await ledger.QUOTER_ROLE(), quoter)).wait();
  return (await storefront.getAddress()).toLowerCase();
}

/** The compiled contract at `path` below contracts/, at `address`. */
export function contractAt<T extends BaseContract>(
  path: string,
  address: string,
  signer: NonceManager | Wallet,
): T {
  return new Contract(address, artifactOf(path).abi, signer) as unknown as T;
}

async function create<T extends BaseContract>(
  name: string,
  args: unknown[],
  signer: NonceManager,
): Promise<T> {
  const { abi, bytecode } = artifactOf(name);
  const deployed = await new ContractFactory(abi, bytecode, signer).deploy(...args);
  await deployed.waitForDeployment();
  return deployed as unknown as T;
}

/** @param path Path below contracts/, without the ending. */
function artifactOf(path: string): { abi: InterfaceAbi; bytecode: string } {
  const name = path.split('/').at(-1);
  const file = new URL(`../../artifacts/contracts/${path}.sol/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as { abi: InterfaceAbi; bytecode: string };
}
