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
import type { CommissionLedger } from '../types/CommissionLedger.js';
import type { LedgerFactory, LedgerRequestStruct } from '../types/LedgerFactory.js';
import type { TestDollar } from '../types/mocks/TestDollar.js';

export interface Deployment {
  chainId: number;
  token: string;
  implementation: string;
  factory: string;
  ledger: string;
  /** Block of the ledger's creation: its journal begins here. */
  startBlock: number;
}

export interface DeployOptions {
  rpcUrl: string;
  /** Pays for everything; becomes admin and recorder. */
  privateKey: string;
  /** What differs from the usual programme. */
  request?: Partial<LedgerRequestStruct>;
  /** Units to mint and to put into the float. */
  floatUnits?: bigint;
  /** What the recorder may reserve per period. */
  capUnits?: bigint;
}

const DAY = 86_400;

/** Seller 20 %, then 5, 3, 2, 1 and 1 % up the line, everything counted, at most 32 % in total. */
export const USUAL_PLAN = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  ceilingBps: 3_200,
  weightsBps: [10_000, 10_000, 10_000],
  ratesBps: [[2_000, 500, 300, 200, 100, 100]],
} satisfies LedgerRequestStruct['plan'];

/**
 * Puts everything a company needs on a local chain: a test token, the contracts, a ledger with a funded float, and the
 * deployer as its recorder.
 */
export async function deployLocal(options: DeployOptions): Promise<Deployment> {
  const provider = new JsonRpcProvider(options.rpcUrl, undefined, { pollingInterval: 50, cacheTimeout: -1 });
  try {
    const { chainId } = await provider.getNetwork();
    const signer = new NonceManager(new Wallet(options.privateKey, provider));
    const admin = await signer.getAddress();
    const token = await create<TestDollar>('mocks/TestDollar', [6], signer);
    const implementation = await (await create('CommissionLedger', [], signer)).getAddress();
    const factory = await create<LedgerFactory>('LedgerFactory', [implementation], signer);
    const request: LedgerRequestStruct = {
      token: await token.getAddress(),
      returnWindow: 14 * DAY,
      planNotice: 30 * DAY,
      capPeriod: DAY,
      compact: false,
      admin,
      adminDelay: 2 * DAY,
      plan: USUAL_PLAN,
      ...options.request,
    };
    const address = await factory.createLedger.staticCall(request, ZeroHash);
    const created = await (await factory.createLedger(request, ZeroHash)).wait();
    const ledger = contractAt<CommissionLedger>('CommissionLedger', address, signer);
    const float = options.floatUnits ?? 10n ** 14n;
    await (await token.mint(admin, float)).wait();
    await (await token.approve(address, MaxUint256)).wait();
    await (await ledger.fund(float)).wait();
    await (await ledger.setRecorder(admin, options.capUnits ?? 10n ** 15n)).wait();
    return {
      chainId: Number(chainId),
      token: (await token.getAddress()).toLowerCase(),
      implementation: implementation.toLowerCase(),
      factory: (await factory.getAddress()).toLowerCase(),
      ledger: address.toLowerCase(),
      startBlock: created?.blockNumber ?? 0,
    };
  } finally {
    provider.destroy();
  }
}

/** The compiled contract `name` of contracts/, at `address`. */
export function contractAt<T extends BaseContract>(
  name: string,
  address: string,
  signer: NonceManager | Wallet,
): T {
  return new Contract(address, artifactOf(name).abi, signer) as unknown as T;
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
  const file = new URL(`../artifacts/contracts/${path}.sol/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as { abi: InterfaceAbi; bytecode: string };
}
