import { commissionLedgerAbi } from '@plumbline/protocol';
import { expect } from 'chai';
import { numberToHex, pad } from 'viem';
import { type LedgerCompany, walletOf } from '../support/company/company.ts';
import { LIVED } from './histories.ts';
import { ROLE } from './live.ts';
import { inMapping, onStorage, SLOT } from './storage.ts';

describe('auditLedger against a contract whose storage was changed', () => {
  const { company: getCompany, word, change, findings, expectOne, renew } = onStorage(LIVED);
  let company: LedgerCompany;
  before(() => {
    company = getCompany();
  });

  it('names the distributor whose balance is one unit higher, and by how much', async () => {
    const page = await company.client.readContract({
      address: company.ledger,
      abi: commissionLedgerAbi,
      functionName: 'fragmentsOf',
      args: [1n, 1n],
    });
    expect(await word(SLOT.fragments + 1n)).to.equal(page[0], 'the slot of the first fragment');
    // Lane 3 of fragment 1.
    await change(SLOT.fragments + 1n, (before) => before + (1n << 168n));
    const finding = await expectOne('distributor-balance', 'distributor 7');
    expect(BigInt(finding.found)).to.equal(BigInt(finding.expected) + 1n);
    expect(finding.blockNumber).to.equal(await company.client.getBlockNumber({ cacheTime: 0 }));
  });

  it('names the distributor with another rank, another status or another sponsor', async () => {
    await change(SLOT.fragments + 2n, (before) => before + (1n << 50n));
    await expectOne('distributor-rank', 'distributor 8');
    await change(SLOT.fragments + 2n, (before) => before - (1n << 50n) + (1n << 54n));
    await expectOne('distributor-status', 'distributor 8');
    await change(SLOT.fragments + 2n, (before) => before - (1n << 54n) - (1n << 224n));
    expect(await expectOne('distributor-sponsor', 'distributor 8')).to.include({ expected: '7', found: '6' });
  });

  it('names the distributor whom the contract does not know, or who was never enrolled', async () => {
    await change(SLOT.fragments + 4n, () => 0n);
    await expectOne('distributor-missing', 'distributor 16');
    await renew();
    await change(SLOT.fragments + 3n, (before) => before | (1n << 110n));
    await expectOne('distributor-unknown', 'distributor 13');
  });

  it('names the distributor whose wallet belongs to another', async () => {
    await change(inMapping('address', walletOf(8), SLOT.wallets), () => 9n);
    expect(await expectOne('wallet-owner', 'distributor 8')).to.include({ expected: '8', found: '9' });
  });

  it('names the batch that is open or closed otherwise', async () => {
    await change(inMapping('uint256', 2n, SLOT.batches), () => 0n);
    expect(await expectOne('batch-state', 'batch 2')).to.include({
      expected: 'open with 3 sales settled',
      found: 'closed',
    });
  });

  it('names the open batch of which the contract would settle other records', async () => {
    const slot = inMapping('uint256', 3n, SLOT.batches);
    await change(slot, (before) => before ^ (1n << 200n));
    await expectOne('batch-word', 'batch 3');
  });

  it('names the plan, the recorder and the head that were changed', async () => {
    // Weight of a retail sale, in the first word of the plan.
    await change(inMapping('uint256', 2n, SLOT.plans), (before) => before - (1n << 45n));
    await expectOne('plan-state', 'plan 2');
    await renew();
    await change(inMapping('address', walletOf(5), SLOT.recorders), () => 1_000n);
    await expectOne('recorder-state', 'recorder 2');
    await renew();
    await change(SLOT.head, (before) => before ^ 1n);
    await expectOne('journal-head', 'journal');
  });

  it('names the role that an account lost', async () => {
    // OpenZeppelin's AccessControl storage (ERC-7201): role to member to flag.
    const roles = 0x02dd7bc7dec4dceedda775e58dd541e08a116c6c53815c0bd028192f7b626800n;
    const role = BigInt(ROLE);
    const members = inMapping('uint256', role, roles);
    await change(inMapping('address', walletOf(4), members), () => 0n);
    await expectOne('role-state', `role ${ROLE} of ${walletOf(4)}`);
  });

  it('names each total that is off', async () => {
    const cases = [
      [0n, 'float-state', 'ledger'],
      [50n, 'reserved-state', 'ledger'],
      [100n, 'owed-state', 'ledger'],
      [150n, 'journal-count', 'journal'],
      [238n, 'count-state', 'plans'],
    ] as const;
    for (const [bit, code, subject] of cases) {
      await change(SLOT.totals, (before) => before - (1n << bit));
      await expectOne(code, subject);
      await change(SLOT.totals, (before) => before + (1n << bit));
    }
    await change(SLOT.recorderKeys, (before) => before + 1n);
    await expectOne('count-state', 'recorders');
    await renew();
    expect(await findings()).to.deep.equal([]);
  });

  it('says when the tokens do not cover what was promised', async () => {
    const { token, ledger } = company;
    const balance = inMapping('address', ledger, 0n);
    const read = await company.client.getStorageAt({ address: token, slot: numberToHex(balance) });
    const less = numberToHex(BigInt(read!) - 1n, { size: 32 });
    await company.anvil.rpc('anvil_setStorageAt', [token, pad(numberToHex(balance)), less]);
    await company.anvil.rpc('evm_mine');
    await expectOne('insolvent', 'ledger');
  });

  it('does not mind tokens that were promised to no distributor', async () => {
    await company.mint(company.ledger, 12_345n);
    expect(await findings()).to.deep.equal([]);
  });
});
