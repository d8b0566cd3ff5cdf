import {
  type BatchRecorded,
  commissionLedgerAbi,
  type DistributorRecord,
  decodeEntries,
  encodeDistributors,
  encodeReversals,
  encodeSales,
  type Plan,
  type ReversalRecord,
  type SaleRecord,
  testDollarAbi,
} from '@plumbline/protocol';
import {
  type Address,
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  type PublicClient,
  type TransactionReceipt,
  zeroAddress,
} from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { type Deployment, type DeployOptions, deployLocal } from '../../scripts/deploy.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';

export const DAY = 86_400;
const MANIFEST: Hex = `0x${'5a'.repeat(32)}`;

/** A role that means nothing to the ledger. */
export const ROLE: Hex = `0x${'ec'.repeat(32)}`;

/** A batch with what its settlement needs. */
export interface OpenBatch extends BatchRecorded {
  reversals: ReversalRecord[];
}

/** A company's ledger on a real chain, and the calls that a gateway and its admin make. */
export interface Company extends Deployment {
  anvil: Anvil;
  client: PublicClient;
  /** The admin, who records too. */
  admin: Address;
  /** A wallet without a key. */
  wallet(id: number): Address;
  /** An account with a key, by its place on the chain; the first is the admin. */
  account(index: number): PrivateKeyAccount;
  call(functionName: string, args: readonly unknown[]): Promise<TransactionReceipt>;
  /** The same from another account; one without a key is impersonated. */
  callAs(
    from: PrivateKeyAccount | Address,
    functionName: string,
    args: readonly unknown[],
  ): Promise<TransactionReceipt>;
  enrol(distributors: DistributorRecord[]): Promise<void>;
  record(sales: SaleRecord[]): Promise<OpenBatch>;
  reverse(batch: OpenBatch, reversals: ReversalRecord[]): Promise<void>;
  settle(batch: OpenBatch, until?: number): Promise<void>;
  mint(to: Address, units: bigint): Promise<void>;
  pass(seconds: number): Promise<void>;
  /** Time of the newest block. */
  now(): Promise<number>;
}

/** Starts a chain with one ledger on it. */
export async function startCompany(options: Pick<DeployOptions, 'request' | 'floatUnits' | 'capUnits'> = {}) {
  const anvil = await startAnvil();
  const privateKey = anvil.accounts[0]!.privateKey as Hex;
  const deployment = await deployLocal({ rpcUrl: anvil.rpcUrl, privateKey, ...options });
  const account = privateKeyToAccount(privateKey);
  const transport = http(anvil.rpcUrl);
  const client = createPublicClient({ transport, pollingInterval: 20, cacheTime: 0 });
  const sender = createWalletClient({ account, transport });
  const clientOf = (from: PrivateKeyAccount | Address) => createWalletClient({ account: from, transport });
  const ledger = deployment.ledger as Address;
  let sequence = 0n;

  async function sent(hash: Hex): Promise<TransactionReceipt> {
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error(`transaction ${hash} failed`);
    return receipt;
  }

  const callAs: Company['callAs'] = async (from, functionName, args) => {
    if (typeof from === 'string') {
      await anvil.rpc('anvil_impersonateAccount', [from]);
      await anvil.rpc('anvil_setBalance', [from, '0xde0b6b3a7640000']);
    }
    return sent(
      await clientOf(from).writeContract({
        address: ledger,
        abi: commissionLedgerAbi,
        functionName,
        args,
        chain: null,
      } as never),
    );
  };
  const call: Company['call'] = (functionName, args) => callAs(account, functionName, args);

  const facts = (batch: OpenBatch) => [
    BigInt(batch.batch),
    BigInt(batch.plan),
    BigInt(batch.recordedAt),
    batch.records,
    encodeReversals(batch.reversals),
  ];

  const company: Company = {
    ...deployment,
    anvil,
    client,
    admin: account.address.toLowerCase() as Address,
    wallet: (id) => `0x${(0xabc0000 + id).toString(16).padStart(40, '0')}`,
    account: (index) => privateKeyToAccount(anvil.accounts[index]!.privateKey as Hex),
    call,
    callAs,
    async enrol(distributors) {
      await call('enrol', [encodeDistributors(distributors)]);
    },
    async record(sales) {
      const receipt = await call('recordSales', [++sequence, encodeSales(sales), MANIFEST]);
      const [first] = decodeEntries(receipt.logs);
      return { ...(first!.entry as BatchRecorded), reversals: [] };
    },
    async reverse(batch, reversals) {
      await call('reverse', [...facts(batch), encodeReversals(reversals)]);
      batch.reversals.push(...reversals);
    },
    async settle(batch, until = 1000) {
      await call('settle', [...facts(batch), BigInt(until)]);
    },
    async mint(to, units) {
      const address = deployment.token as Address;
      const args = [to, units] as const;
      await sent(
        await sender.writeContract({
          address,
          abi: testDollarAbi,
          functionName: 'mint',
          args,
          chain: null,
        }),
      );
    },
    async pass(seconds) {
      await anvil.rpc('evm_increaseTime', [seconds]);
      await anvil.rpc('evm_mine');
    },
    async now() {
      return Number((await client.getBlock()).timestamp);
    },
  };
  return company;
}

/** Seller 20 %, then 5, 3, 2, 1 and 1 %; a preferred customer counts for 80 %, a purchase of one's own for half. */
export const FIRST_PLAN = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  ceilingBps: 3_200,
  weightsBps: [10_000, 8_000, 5_000] as [number, number, number],
  ratesBps: [[2_000, 500, 300, 200, 100, 100]],
} satisfies Plan;

export const SECOND_PLAN: Plan = { ...FIRST_PLAN, ceilingBps: 4_000, ratesBps: [[2_500, 1_000, 500]] };

/** Whoever `lives` makes has this line: 4 > 5 > 6 > 7 > 8 > 9 and a root 12 beside it; 6 and 10 have no wallet. */
const SPONSORS = [
  [4, 0],
  [5, 4],
  [6, 5],
  [7, 6],
  [8, 7],
  [9, 8],
  [10, 8],
  [12, 0],
  [16, 12],
] as const;
const WALLETLESS = [6, 10];

export const sale = (
  seller: number,
  volumeCents: bigint,
  buyerClass: SaleRecord['class'] = 'retail',
): SaleRecord => ({
  class: buyerClass,
  seller,
  priceCents: volumeCents + 500n,
  volumeCents,
});

/** Everything that can happen to a ledger with a return window, once. The last two batches stay open. */
export async function live(company: Company): Promise<void> {
  const { wallet, call } = company;
  await company.enrol(
    SPONSORS.map(([id, sponsor]) => ({
      id,
      sponsor,
      wallet: WALLETLESS.includes(id) ? zeroAddress : wallet(id),
    })),
  );
  const first = await company.record([
    sale(9, 10_000n),
    sale(6, 9_999n, 'preferred'),
    sale(5, 1n),
    sale(8, 4_000n, 'self'),
  ]);
  const second = await company.record([sale(10, 7_777n), sale(16, 5_000n), sale(11, 100n), sale(4, 3n)]);
  await company.reverse(first, [
    { index: 3, priceCents: 1_000n, volumeCents: 999n },
    { index: 1, priceCents: 10_499n, volumeCents: 9_999n },
  ]);
  await company.reverse(second, [{ index: 0, priceCents: 1_000n, volumeCents: 777n }]);
  await company.reverse(second, [{ index: 0, priceCents: 1_000n, volumeCents: 1_000n }]);
  await call('announcePlan', [SECOND_PLAN]);
  await call('setRecorder', [wallet(5), 1_000n]);
  await call('grantRole', [ROLE, wallet(4)]);
  await call('beginDefaultAdminTransfer', [wallet(12)]);
  await call('cancelDefaultAdminTransfer', []);
  await call('changeDefaultAdminDelay', [BigInt(DAY)]);
  await company.pass(14 * DAY);
  await company.settle(first, 2);
  await company.settle(first);
  // Of the rest, the third is of an empty lane: it pays nobody.
  await company.settle(second, 3);
  for (const id of [9, 5]) await call('withdraw', [wallet(id)]);
  await company.record([sale(9, 2_000n), sale(12, 1_000n)]);
  await company.pass(16 * DAY);
  await call('beginDefaultAdminTransfer', [wallet(12)]);
  await company.record([sale(8, 2_500n), sale(7, 1_000n)]);
  await call('setRecorder', [wallet(5), 0n]);
}
