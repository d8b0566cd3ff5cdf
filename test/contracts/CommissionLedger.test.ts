import { expect } from 'chai';
import { AbiCoder, keccak256, ZeroAddress } from 'ethers';
import { ethers, loadFixture } from '../support/contracts/chain.ts';
import { openLedger, readable, withWindow } from '../support/contracts/company.ts';
import { planHash, planOf } from '../support/contracts/plan.ts';
import { encodePeople, encodeSales } from '../support/contracts/records.ts';

async function implementation() {
  return ethers.deployContract('CommissionLedger');
}

async function fresh() {
  return openLedger({ decimals: 18, compact: true });
}

describe('CommissionLedger', () => {
  describe('initialize', () => {
    it('refuses a second time', async () => {
      const { asAdmin, ledger, people } = await loadFixture(readable);
      await expect(asAdmin.initialize(people.admin, 0, planOf([1]))).to.be.revertedWithCustomError(
        ledger,
        'InvalidInitialization',
      );
    });

    it('refuses on the implementation', async () => {
      const ledger = await loadFixture(implementation);
      await expect(
        ledger.initialize(await ledger.getAddress(), 0, planOf([1])),
      ).to.be.revertedWithCustomError(ledger, 'InvalidInitialization');
    });

    it('opens the journal with terms, admin and first plan', async () => {
      const { ledger, options, people } = await loadFixture(fresh);
      const logs = await ethers.provider.getLogs({ address: ledger, fromBlock: 0 });
      const events = logs
        .map((log) => ledger.interface.parseLog(log)!)
        .filter(({ args }) => args.head !== undefined);
      expect(events.map(({ name }) => name)).to.deep.equal([
        'LedgerOpened',
        'RoleChanged',
        'AdminDelaySet',
        'PlanAnnounced',
      ]);
      const { token, unit, returnWindow, planNotice, capPeriod, compact } = await ledger.terms();
      const { chainId } = await ethers.provider.getNetwork();
      const terms = AbiCoder.defaultAbiCoder().encode(
        ['uint256', 'address', 'tuple(address, uint96, uint32, uint32, uint32, bool)'],
        [chainId, await ledger.getAddress(), [token, unit, returnWindow, planNotice, capPeriod, compact]],
      );
      const [opened, granted, delay, announced] = events;
      expect(opened!.args.termsHash).to.equal(keccak256(terms));
      expect(granted!.args.account).to.equal(people.admin.address);
      expect(granted!.args.granted).to.equal(true);
      const at = BigInt((await ethers.provider.getBlock(logs[0]!.blockNumber))!.timestamp);
      expect(delay!.args.delay).to.equal(options.adminDelay);
      expect(delay!.args.effectiveFrom).to.equal(at);
      expect(announced!.args.version).to.equal(1);
      expect(announced!.args.startsAt).to.equal(at);
      expect(announced!.args.planHash).to.equal(planHash(options.plan));
      expect(await ledger.head()).to.equal(announced!.args.head);
      expect(await ledger.entryCount()).to.equal(4);
      expect(await ledger.counts()).to.deep.equal([0n, 0n, 1n]);
      expect(await ledger.currentPlan()).to.equal(1);
      expect(await ledger.solvency()).to.deep.equal([0n, 0n, 0n, 0n]);
    });

    it('says in the journal how long the admin’s seat takes to change hands', async () => {
      const { ledger, options } = await loadFixture(fresh);
      expect(await ledger.defaultAdminDelay()).to.equal(options.adminDelay);
      const logs = await ledger.queryFilter(ledger.filters.AdminDelaySet());
      expect(logs.map(({ args }) => args.delay)).to.deep.equal([BigInt(options.adminDelay)]);
    });
  });

  describe('the implementation called directly', () => {
    it('has nobody who may do anything', async () => {
      const ledger = await loadFixture(implementation);
      const [caller] = await ethers.getSigners();
      const refusals: [call: () => Promise<unknown>, error: string][] = [
        [() => ledger.enrol(encodePeople([{ id: 4, sponsor: 0 }])), 'NotRecorder'],
        [
          () => ledger.recordSales(1, encodeSales([{ seller: 4, volume: 1 }]), ethers.ZeroHash),
          'NotRecorder',
        ],
        [() => ledger.reverse(1, 1, 1, '0x', '0x', '0x'), 'NotRecorder'],
        [() => ledger.settle(1, 1, 1, '0x', '0x', 1), 'BatchNotOpen'],
        [() => ledger.withdraw(caller!), 'UnknownWallet'],
        [() => ledger.withdraw(ZeroAddress), 'UnknownWallet'],
        [() => ledger.announcePlan(planOf([1])), 'AccessControlUnauthorizedAccount'],
        [() => ledger.setRecorder(caller!, 1), 'AccessControlUnauthorizedAccount'],
        [() => ledger.beginDefaultAdminTransfer(caller!), 'AccessControlUnauthorizedAccount'],
        [() => ledger.acceptDefaultAdminTransfer(), 'AccessControlInvalidDefaultAdmin'],
      ];
      for (const [call, error] of refusals) {
        await expect(call()).to.be.revertedWithCustomError(ledger, error);
      }
    });

    it('takes no money', async () => {
      const ledger = await loadFixture(implementation);
      await expect(ledger.fund(1)).to.revert(ethers);
      await expect(ledger.terms()).to.revert(ethers);
      await expect(ledger.solvency()).to.revert(ethers);
      expect(await ledger.entryCount()).to.equal(0);
    });

    it('refuses ether, as every ledger does', async () => {
      const { ledger, people } = await loadFixture(readable);
      await expect(people.stranger.sendTransaction({ to: ledger, value: 1 })).to.revert(ethers);
      const implementationAddress = await (await loadFixture(implementation)).getAddress();
      await expect(people.stranger.sendTransaction({ to: implementationAddress, value: 1 })).to.revert(
        ethers,
      );
    });
  });

  describe('terms', () => {
    for (const { form, fixture } of withWindow) {
      it(`are those asked for, with the token's unit, in ${form}`, async () => {
        const { ledger, token, options, unit } = await loadFixture(fixture);
        const { returnWindow, planNotice, capPeriod, compact } = options;
        expect(await ledger.terms()).to.deep.equal([
          await token.getAddress(),
          unit,
          ...[returnWindow, planNotice, capPeriod].map(BigInt),
          compact,
        ]);
      });
    }
  });
});
