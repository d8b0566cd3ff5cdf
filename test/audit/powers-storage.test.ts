import { expect } from 'chai';
import { type Address, type Hex, keccak256, numberToHex } from 'viem';
import { walletOf } from '../support/company/company.ts';
import { copyLogs, fullAudit } from './forge.ts';
import { THRIVED } from './histories.ts';
import { inMapping, onStorage, SLOT } from './storage.ts';

describe('auditLedger against a ledger that uses everything, with changed storage', () => {
  const { company, renew, word, change, findings, expectOne } = onStorage(THRIVED);

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
    expect((await word(slot)) & 0xffn).to.equal(2n, 'the outcome of the first flag');
    await change(slot, (before) => before + 1n);
    const closed = await expectOne('flag-state', 'flag 1');
    expect([closed.expected, closed.found]).to.satisfy(([right, is]: [string, string]) => {
      return right.startsWith('corrected') && is.startsWith('upheld');
    });
    await renew();
    await change(slot + 1n, (before) => before + 1n);
    expect((await expectOne('flag-state', 'flag 2')).found).to.match(/^cleared/);
    await renew();
    await change(slot + 1n, (before) => before + (1n << 8n));
    expect((await expectOne('flag-state', 'flag 2')).found).to.match(/^open, review by/);
    await renew();
    await change(slot + 1n, (before) => before + (1n << 104n));
    expect((await expectOne('flag-state', 'flag 2')).found).to.match(/answered$/);
    await renew();
    await change(SLOT.flags, (before) => before + 1n);
    expect(await expectOne('flag-state', 'flag 4')).to.include({ expected: 'not there' });
    await renew();
    await change(SLOT.flags, (before) => before - 1n);
    expect(await expectOne('flag-state', 'flag 3')).to.include({ found: 'not there' });
  });

  it('names a pause that was never entered, and a plan that starts or is in force otherwise', async () => {
    await change(SLOT.totals, (before) => before + (1n << 254n));
    expect(await expectOne('pause-state', 'ledger')).to.include({ expected: 'not paused', found: 'paused' });
    await renew();
    // When plan 3 starts: never.
    await change(inMapping('uint256', 3n, SLOT.plans), (before) => before | (1n << 126n));
    await expectOne('plan-state', 'plan 3');
    await renew();
    // The version in force, one further than there are plans.
    await change(SLOT.totals, (before) => before + (1n << 206n));
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
    // When its units, its returns are whole again.
    for (const bit of [106n, 202n]) {
      await change(slot, (before) => before + (1n << bit));
      await expectOne('recorder-state', 'recorder 1');
      await renew();
    }
  });

  it('names the recorder with another number of batches, another cap, another key or another standby key', async () => {
    const slot = inMapping('address', walletOf(51), SLOT.recorders);
    for (const bit of [8n, 32n, 82n]) {
      await change(slot, (before) => before + (1n << bit));
      await expectOne('recorder-state', 'recorder 2');
      await renew();
    }
    const keys = BigInt(keccak256(numberToHex(SLOT.recorderKeys, { size: 32 })));
    await change(keys + 1n, (before) => before + 1n);
    await expectOne('recorder-state', 'recorder 2');
    await renew();
    await change(inMapping('uint256', 1n, SLOT.standbys), () => 7n);
    await expectOne('recorder-state', 'recorder 1');
    await renew();
    await change(inMapping('address', walletOf(50), SLOT.recorders), () => 2n);
    await expectOne('recorder-state', `key ${walletOf(50)}`);
  });

  it('names the change that has other content, was cancelled, or is further', async () => {
    const slot = inMapping('uint256', 12n, SLOT.changes);
    for (const bit of [0n, 168n, 208n]) {
      await change(slot, (before) => before ^ (1n << bit));
      await expectOne('change-state', 'change 12');
      await renew();
    }
  });

  it('names each field of the queue that is off, and an era with another start or other batches', async () => {
    for (const bit of [0n, 32n, 64n, 96n, 128n, 160n, 192n]) {
      await change(SLOT.queue, (before) => before + (1n << bit));
      expect((await findings()).map(({ code }) => code)).to.include('queue-state');
      await renew();
    }
    const era = (await word(SLOT.queue)) & 0xffff_ffffn;
    const slot = inMapping('uint256', era, SLOT.eras);
    await change(slot, (before) => before - (1n << 40n));
    await expectOne('queue-state', `era ${era}`);
    await renew();
    await change(inMapping('uint256', era + 1n, SLOT.eras), (before) => before + 1n);
    await expectOne('queue-state', `era ${era + 1n}`);
  });

  it('names the announced call that can be made sooner, no longer, or again', async () => {
    const isPending = async (act: Hex) => (await word(inMapping('bytes32', act, SLOT.acts))) !== 0n;
    const acts = [...fullAudit(await copyLogs(company()), (await copyLogs(company())).logs).state.acts];
    const [pending, state] = acts.find(([, { effectiveAt }]) => effectiveAt !== 0)!;
    expect([await isPending(pending), state.isAdminOnly]).to.deep.equal([true, false]);
    const slot = inMapping('bytes32', pending, SLOT.acts);
    for (const to of [(before: bigint) => before - 1n, () => 0n, (before: bigint) => before | (1n << 40n)]) {
      await change(slot, to);
      await expectOne('act-state', `act ${pending}`);
      await renew();
    }
    const [made] = acts.find(([, { effectiveAt }]) => effectiveAt === 0)!;
    await change(inMapping('bytes32', made, SLOT.acts), () => 1n << 39n);
    await expectOne('act-state', `act ${made}`);
  });

  it('names another successor, and a plan that is not cancelled', async () => {
    await change(SLOT.successor, (before) => before + 1n);
    await expectOne('successor-state', 'ledger');
    await renew();
    await change(inMapping('uint256', 4n, SLOT.plans), (before) => before ^ (1n << 137n));
    await expectOne('plan-state', 'plan 4');
  });
});
