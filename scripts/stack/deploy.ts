import { readFileSync } from 'node:fs';
import {
  type BaseContract,
  Contract,
  ContractFactory,
  getCreateAddress,
  id as hashOf,
  type InterfaceAbi,
  JsonRpcProvider,
  MaxUint256,
  NonceManager,
  Wallet,
  ZeroHash,
} from 'ethers';
import type { ICommissionLedger } from '../../types/interfaces/ICommissionLedger.js';
import type {
  LedgerFactory,
  LedgerRequestStruct,
  RecorderGrantStruct,
  RoleGrantStruct,
} from '../../types/LedgerFactory.js';
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
  /** Pays for everything; becomes admin and recorder, and gets every role. */
  privateKey: string;
  /** What differs from the default programme. */
  request?: Partial<Omit<LedgerRequestStruct, 'roles' | 'recorders'>>;
  /** Units to mint and to put into the float. */
  floatUnits?: bigint;
  /** Units that the deployer may reserve per period as a recorder, half of them at once. */
  capUnits?: bigint;
  /** Distributors and sales that the deployer may record per period, half of them at once. */
  countCap?: bigint;
  /** Roles of others from the beginning on; later ones take the ledger's delay. */
  roles?: readonly RoleGrantStruct[];
  /** Recorders beside the deployer, who is the first. */
  recorders?: readonly RecorderGrantStruct[];
  /** Whether the company sells through a storefront too. */
  storefront?: boolean;
}

const DAY = 86_400;

/** The roles of a ledger beside the admin's, all of which the deployer gets. */
const ROLES = ['RANKER', 'COMPLIANCE', 'GUARDIAN', 'REGISTRAR', 'QUOTER'];

/** The largest caps there are: IStorefront asks for them. */
const MAX_CAP = 2n ** 50n - 1n;
const MAX_COUNT_CAP = 2n ** 24n - 1n;

/** Seller 20 %, then 5, 3, 2, 1 and 1 % up the line, everything counted, at most 32 % in total. */
export const DEFAULT_PLAN = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  reach: 64,
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
    const parts = [await create('LedgerPowers', [], signer), await create('LedgerChanges', [], signer)];
    const addresses = await Promise.all(parts.map((part) => part.getAddress()));
    const implementation = await (await create('CommissionLedger', addresses, signer)).getAddress();
    const factory = await create<LedgerFactory>('LedgerFactory', [implementation], signer);
    // The storefront needs the ledger and the ledger its recorders: the storefront's address is known before it is there.
    const storefront = options.storefront
      ? getCreateAddress({ from: admin, nonce: (await signer.getNonce('pending')) + 1 })
      : undefined;
    const request: LedgerRequestStruct = {
      token: await token.getAddress(),
      unit: 1,
      returnWindow: 14 * DAY,
      planNotice: 30 * DAY,
      capPeriod: DAY,
      compact: false,
      admin,
      adminDelay: 2 * DAY,
      delay: options.request?.returnWindow === 0 ? 0 : DAY,
      plan: DEFAULT_PLAN,
      ...options.request,
      roles: [
        ...ROLES.map((name) => ({ role: hashOf(`${name}_ROLE`), account: admin })),
        ...(options.roles ?? []),
      ],
      recorders: [
        { key: admin, cap: options.capUnits ?? 10n ** 15n, countCap: options.countCap ?? MAX_COUNT_CAP },
        ...(options.recorders ?? []),
        ...(storefront === undefined ? [] : [{ key: storefront, cap: MAX_CAP, countCap: MAX_COUNT_CAP }]),
      ],
    };
    const address = await factory.createLedger.staticCall(request, ZeroHash);
    const created = await (await factory.createLedger(request, ZeroHash)).wait();
    if (storefront !== undefined) await create('Storefront', [address], signer);
    const ledger = contractAt<ICommissionLedger>('interfaces/ICommissionLedger', address, signer);
    const float = options.floatUnits ?? 10n ** 14n;
    await (await token.mint(admin, float)).wait();
    await (await token.approve(address, MaxUint256)).wait();
    await (await ledger.fund(float)).wait();
    return {
      chainId: Number(chainId),
      token: (await token.getAddress()).toLowerCase(),
      implementation: implementation.toLowerCase(),
      factory: (await factory.getAddress()).toLowerCase(),
      ledger: address.toLowerCase(),
      ...(storefront === undefined ? {} : { storefront: storefront.toLowerCase() }),
      startBlock: created?.blockNumber ?? 0,
    };
  } finally {
    provider.destroy();
  }
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
