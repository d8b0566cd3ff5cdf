import { expect } from 'chai';
import { type Address, keccak256, numberToHex } from 'viem';
import { walletOf } from '../support/company/company.ts';
import { THRIVED } from './histories.ts';
import { inMapping, onStorage, SLOT } from './storage.ts';

describe('auditLedger against a ledger that uses everything, with changed storage', () => {
  const { company, renew, word, change, expectOne } = onStorage(THRIVED);

  const lower = (address: Address) => address.toLowerCase() as Address;
  const walletSlot = (wallet: Address) => inMapping('address', wallet, SLOT.wallets);
  const laneBits = (lane: number) => BigInt(lane) * 56n;

  it('names the distributor who has another rank, or was active and is not', async () => {
    // Lane 0 of fragment 4, rank 2.
    await change(SLOT.fragments + 4n, (before) => before + (1n << 50n));
    expect(await expectOne('distributor-rank', 'distributor 16')).to.include({ expected: '2', found: '3' });
    await renew();
    await change(SLOT.fragments + 4n, (before) => before + (1n << 54n));
    expect(await expectOne('distributor-status', 'distributor 16')).to.include({ expected: '1', found: '2' });
  });

  it('names the distributor who is back after having left', async () => {
    // Lane 2 of fragment 2.
    await change(SLOT.fragments + 2n, (before) => before - (2n << (laneBits(2) + 54n)));
    expect(await expectOne('distributor-status', 'distributor 10')).to.include({ expected: '3', found: '1' });
  });

  it('names the lane that points to another distributor, or to an empty lane', async () => {
    // Lane 1 of fragment 1 points to 16.
    await change(SLOT.fragments + 1n, (before) => before + (4n << laneBits(1)));
    expect(await expectOne('distributor-moved', 'distributor 5')).to.include({
      expected: 'moved to 16',
      found: 'moved to 20',
    });
    await renew();
    await change(SLOT.fragments + 1n, (before) => before - (1n << (laneBits(1) + 50n)));
    expect(await expectOne('distributor-moved', 'distributor 5')).to.include({ found: 'not moved' });
  });

  it('names the fragment with bits that no distributor has', async () => {
    // A rank in lane 1 of fragment 3, which is empty.
    await change(SLOT.fragments + 3n, (before) => before + (1n << (laneBits(1) + 50n)));
    await expectOne('fragment-state', 'fragment 3');
  });

  it('names the distributor whose wallet has another time, hold or number of signatures', async () => {
    const slot = walletSlot(company().account(5).address);
    const cases = [
      [26n, /enrolled at/],
      [66n, /held until/],
      [106n, /at signature 1$/],
    ] as const;
    for (const [bit, says] of cases) {
      await change(slot, (before) => before - (1n << bit));
      expect((await expectOne('wallet-state', 'distributor 16')).expected).to.match(says);
      await renew();
    }
  });

  it('names a wallet that has an owner again', async () => {
    const wallet = lower(company().account(8).address);
    expect(await word(walletSlot(wallet))).to.equal(0n);
    await change(walletSlot(wallet), () => 8n);
    expect(await expectOne('wallet-owner', `wallet ${wallet}`)).to.include({ expected: '0', found: '8' });
  });

  it('names the distributor who can claim a wallet again, or no longer', async () => {
    await change(inMapping('uint256', 9n, SLOT.unclaimed), () => 1n);
    expect(await expectOne('unclaimed-state', 'distributor 9')).to.include({ expected: '0', found: '1' });
    await renew();
    expect(await word(inMapping('uint256', 20n, SLOT.unclaimed))).not.to.equal(0n);
    await change(inMapping('uint256', 20n, SLOT.unclaimed), () => 0n);
    expect(await expectOne('unclaimed-state', 'distributor 20')).to.include({ found: '0' });
  });

  it('names the recovery that goes elsewhere, sooner, or is there again', async () => {
    const wallet = lower(company().account(7).address);
    const slot = inMapping('address', wallet, SLOT.recoveries);
    await change(slot, (before) => before ^ 1n);
    expect((await expectOne('recovery-state', `wallet ${wallet}`)).expected).to.include(walletOf(107));
    await renew();
    await change(slot, (before) => before - (1n << 160n));
    await expectOne('recovery-state', `wallet ${wallet}`);
    await renew();
    const done = walletOf(12);
    await change(inMapping('address', done, SLOT.recoveries), () => (1n << 160n) | 7n);
    await expectOne('recovery-state', `wallet ${done}`);
  });

  it('names the flag that is open or closed otherwise, and one that was never raised', async () => {
    const slot = BigInt(keccak256(numberToHex(SLOT.flags, { size: 32 })));
    expect(await word(slot)).to.equal(2n, 'the outcomes of both flags');
    await change(slot, (before) => before + 1n);
    expect(await expectOne('flag-state', 'flag 1')).to.include({ expected: 'corrected', found: 'upheld' });
    await renew();
    await change(slot, (before) => before + (1n << 8n));
    expect(await expectOne('flag-state', 'flag 2')).to.include({ expected: 'open', found: 'cleared' });
    await renew();
    await change(SLOT.flags, (before) => before + 1n);
    expect(await expectOne('flag-state', 'flag 3')).to.include({ expected: 'not there', found: 'open' });
    await renew();
    await change(SLOT.flags, (before) => before - 1n);
    expect(await expectOne('flag-state', 'flag 2')).to.include({ expected: 'open', found: 'not there' });
  });

  it('names a pause that was never entered, and a plan that starts or is in force otherwise', async () => {
    await change(SLOT.totals, (before) => before + (1n << 246n));
    expect(await expectOne('pause-state', 'ledger')).to.include({ expected: 'not paused', found: 'paused' });
    await renew();
    // When plan 3 starts: never.
    await change(inMapping('uint256', 3n, SLOT.plans), (before) => before | (1n << 126n));
    await expectOne('plan-state', 'plan 3');
    await renew();
    // The version in force, one further than there are plans.
    await change(SLOT.totals, (before) => before + (1n << 230n));
    expect(await expectOne('plan-state', 'plan in force')).to.include({ expected: '3', found: '4' });
  });

  it('names the plan with another kind, compression or rate of a rank', async () => {
    const second = inMapping('uint256', 2n, SLOT.plans);
    for (const [slot, bit] of [
      [second, 0n],
      [second, 4n],
      [second, 8n],
      [second + 2n, 18n],
      [second + 4n, 46n],
    ] as const) {
      await change(slot, (before) => before ^ (1n << bit));
      await expectOne('plan-state', 'plan 2');
      await renew();
    }
  });

  it('names the recorder who has more or less left of the cap', async () => {
    const slot = inMapping('address', company().admin, SLOT.recorders);
    // What was spent, in the period of the last batch.
    await change(slot, (before) => before + (1n << 64n));
    await expectOne('recorder-state', `recorder ${company().admin}`);
  });
});
