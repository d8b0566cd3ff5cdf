import { auditLedger, type Finding, type FindingCode } from '@plumbline/audit';
import { expect } from 'chai';
import { encodeAbiParameters, type Hex, keccak256, numberToHex, pad } from 'viem';
import type { LedgerCompany } from '../support/company/company.ts';
import { companyAfter, type History } from './histories.ts';

const FRAGMENTS = 7n;

/** Where the contract keeps things: contracts/ledger/LedgerBase.sol. */
export const SLOT = {
  head: 0n,
  totals: 1n,
  batches: 2n,
  plans: 3n,
  recorders: 4n,
  wallets: 5n,
  unclaimed: 6n,
  fragments: FRAGMENTS,
  flags: FRAGMENTS + (1n << 24n),
  recoveries: FRAGMENTS + (1n << 24n) + 1n,
  queue: FRAGMENTS + (1n << 24n) + 2n,
  eras: FRAGMENTS + (1n << 24n) + 3n,
  changes: FRAGMENTS + (1n << 24n) + 4n,
  recorderKeys: FRAGMENTS + (1n << 24n) + 5n,
  standbys: FRAGMENTS + (1n << 24n) + 6n,
  acts: FRAGMENTS + (1n << 24n) + 7n,
  successor: FRAGMENTS + (1n << 24n) + 8n,
};

export const inMapping = (type: 'address' | 'uint256' | 'bytes32', key: Hex | bigint, slot: bigint): bigint =>
  BigInt(keccak256(encodeAbiParameters([{ type }, { type: 'uint256' }], [key, slot] as never)));

/** A ledger with a history whose storage each test may change; afterwards it is as it was. */
export function onStorage(history: History) {
  let company: LedgerCompany;
  let snapshot: Hex;

  before(async function () {
    this.timeout(60_000);
    company = await companyAfter(history);
  });
  beforeEach(async () => {
    snapshot = await company.anvil.rpc<Hex>('evm_snapshot');
  });
  afterEach(() => company.anvil.rpc('evm_revert', [snapshot]));

  /** Undoes all changes in the middle of a test. */
  async function renew(): Promise<void> {
    await company.anvil.rpc('evm_revert', [snapshot]);
    snapshot = await company.anvil.rpc<Hex>('evm_snapshot');
  }

  async function word(slot: bigint): Promise<bigint> {
    const address = company.ledger;
    return BigInt((await company.client.getStorageAt({ address, slot: numberToHex(slot) }))!);
  }

  /** Changes a word and takes it up in a new block. */
  async function change(slot: bigint, to: (word: bigint) => bigint): Promise<void> {
    const next = numberToHex(to(await word(slot)), { size: 32 });
    await company.anvil.rpc('anvil_setStorageAt', [company.ledger, pad(numberToHex(slot)), next]);
    await company.anvil.rpc('evm_mine');
  }

  async function findings(): Promise<Finding[]> {
    const { anvil, ledger } = company;
    return (await auditLedger({ rpcUrl: anvil.rpcUrl, ledger })).findings;
  }

  async function expectOne(code: FindingCode, subject: string): Promise<Finding> {
    const [finding, ...rest] = await findings();
    expect(rest).to.deep.equal([]);
    expect(finding).to.include({ code, subject, entry: null });
    return finding!;
  }

  return { company: () => company, renew, word, change, findings, expectOne };
}
