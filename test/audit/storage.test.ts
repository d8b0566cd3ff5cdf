import { auditLedger, type FindingCode } from '@plumbline/audit';
import { commissionLedgerAbi } from '@plumbline/protocol';
import { expect } from 'chai';
import { type Address, encodeAbiParameters, type Hex, keccak256, numberToHex, pad } from 'viem';
import { type Company, FIRST_PLAN, live, ROLE, startCompany } from './company.ts';

/** Where the contract keeps things: contracts/ledger/LedgerBase.sol. */
const SLOT = { head: 0n, totals: 1n, batches: 2n, plans: 3n, recorders: 4n, wallets: 5n, fragments: 7n };

const inMapping = (type: 'address' | 'uint256', key: Address | bigint, slot: bigint): bigint =>
  BigInt(keccak256(encodeAbiParameters([{ type }, { type: 'uint256' }], [key, slot] as never)));

describe('auditLedger against a contract whose storage was changed', () => {
  let company: Company;
  let snapshot: Hex;

  before(async function () {
    this.timeout(60_000);
    company = await startCompany({ request: { plan: FIRST_PLAN } });
    await live(company);
  });
  after(() => company.anvil.stop());
  beforeEach(async () => {
    snapshot = await company.anvil.rpc<Hex>('evm_snapshot');
  });
  afterEach(() => company.anvil.rpc('evm_revert', [snapshot]));

  const word = async (slot: bigint): Promise<bigint> =>
    BigInt(
      (await company.client.getStorageAt({ address: company.ledger as Address, slot: numberToHex(slot) }))!,
    );

  /** Changes a word and takes it up in a new block. */
  async function change(slot: bigint, to: (word: bigint) => bigint): Promise<void> {
    const next = numberToHex(to(await word(slot)), { size: 32 });
    await company.anvil.rpc('anvil_setStorageAt', [company.ledger, pad(numberToHex(slot)), next]);
    await company.anvil.rpc('evm_mine');
  }

  async function findings() {
    const { anvil, ledger } = company;
    return (await auditLedger({ rpcUrl: anvil.rpcUrl, ledger: ledger as Address })).findings;
  }

  async function expectOne(code: FindingCode, subject: string) {
    const [finding, ...rest] = await findings();
    expect(rest).to.deep.equal([]);
    expect(finding).to.include({ code, subject, entry: null });
    return finding!;
  }

  it('names the person whose balance is one unit higher, and by how much', async () => {
    const page = await company.client.readContract({
      address: company.ledger as Address,
      abi: commissionLedgerAbi,
      functionName: 'fragmentsOf',
      args: [1n, 1n],
    });
    expect(await word(SLOT.fragments + 1n)).to.equal(page[0], 'the slot of the first fragment');
    // Lane 3 of fragment 1.
    await change(SLOT.fragments + 1n, (before) => before + (1n << 168n));
    const finding = await expectOne('person-balance', 'person 7');
    expect(BigInt(finding.found)).to.equal(BigInt(finding.expected) + 1n);
    expect(finding.blockNumber).to.equal(await company.client.getBlockNumber({ cacheTime: 0 }));
  });

  it('names the person with another rank, another status or another sponsor', async () => {
    await change(SLOT.fragments + 2n, (before) => before + (1n << 50n));
    await expectOne('person-rank', 'person 8');
    await change(SLOT.fragments + 2n, (before) => before - (1n << 50n) + (1n << 54n));
    await expectOne('person-status', 'person 8');
    await change(SLOT.fragments + 2n, (before) => before - (1n << 54n) - (1n << 224n));
    expect(await expectOne('person-sponsor', 'person 8')).to.include({ expected: '7', found: '6' });
  });

  it('names the person whom the contract does not know, or who was never enrolled', async () => {
    await change(SLOT.fragments + 4n, () => 0n);
    await expectOne('person-missing', 'person 16');
    await company.anvil.rpc('evm_revert', [snapshot]);
    snapshot = await company.anvil.rpc<Hex>('evm_snapshot');
    await change(SLOT.fragments + 3n, (before) => before | (1n << 110n));
    await expectOne('person-unknown', 'person 13');
  });

  it('names the person whose wallet belongs to another', async () => {
    await change(inMapping('address', company.wallet(8), SLOT.wallets), () => 9n);
    expect(await expectOne('wallet-owner', 'person 8')).to.include({ expected: '8', found: '9' });
  });

  it('names the batch that is open or closed otherwise', async () => {
    await change(inMapping('uint256', 2n, SLOT.batches), () => 0n);
    expect(await expectOne('batch-state', 'batch 2')).to.include({
      expected: 'open with 3 sales settled',
      found: 'closed',
    });
  });

  it('names the plan, the recorder and the head that were changed', async () => {
    // Weight of a retail sale, in the first word of the plan.
    await change(inMapping('uint256', 2n, SLOT.plans), (before) => before - (1n << 45n));
    await expectOne('plan-state', 'plan 2');
    await company.anvil.rpc('evm_revert', [snapshot]);
    snapshot = await company.anvil.rpc<Hex>('evm_snapshot');
    await change(inMapping('address', company.wallet(5), SLOT.recorders), () => 1_000n);
    await expectOne('recorder-state', `recorder ${company.wallet(5)}`);
    await company.anvil.rpc('evm_revert', [snapshot]);
    snapshot = await company.anvil.rpc<Hex>('evm_snapshot');
    await change(SLOT.head, (before) => before ^ 1n);
    await expectOne('journal-head', 'journal');
  });

  it('names the role that somebody lost', async () => {
    // OpenZeppelin's AccessControl storage (ERC-7201): role to member to flag.
    const roles = 0x02dd7bc7dec4dceedda775e58dd541e08a116c6c53815c0bd028192f7b626800n;
    const role = BigInt(ROLE);
    const members = inMapping('uint256', role, roles);
    await change(inMapping('address', company.wallet(4), members), () => 0n);
    await expectOne('role-state', `role ${ROLE} of ${company.wallet(4)}`);
  });

  it('names each total that is off', async () => {
    const cases = [
      [0n, 'float-state', 'ledger'],
      [50n, 'reserved-state', 'ledger'],
      [100n, 'owed-state', 'ledger'],
      [150n, 'journal-count', 'journal'],
      [182n, 'count-state', 'batches'],
      [238n, 'count-state', 'plans'],
    ] as const;
    for (const [bit, code, subject] of cases) {
      await change(SLOT.totals, (before) => before - (1n << bit));
      await expectOne(code, subject);
      await change(SLOT.totals, (before) => before + (1n << bit));
    }
    expect(await findings()).to.deep.equal([]);
  });

  it('says when the tokens do not cover what was promised', async () => {
    const { token, ledger } = company;
    const balance = inMapping('address', ledger as Address, 0n);
    const read = await company.client.getStorageAt({ address: token as Address, slot: numberToHex(balance) });
    const less = numberToHex(BigInt(read!) - 1n, { size: 32 });
    await company.anvil.rpc('anvil_setStorageAt', [token, pad(numberToHex(balance)), less]);
    await company.anvil.rpc('evm_mine');
    await expectOne('insolvent', 'ledger');
  });

  it('does not mind tokens that nobody promised', async () => {
    await company.mint(company.ledger as Address, 12_345n);
    expect(await findings()).to.deep.equal([]);
  });
});
