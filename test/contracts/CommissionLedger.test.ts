import { expect } from 'chai';
import { AbiCoder, keccak256, ZeroAddress, ZeroHash } from 'ethers';
import type { ICommissionLedger } from '../../types/interfaces/ICommissionLedger.ts';
import { ethers, loadFixture } from '../support/contracts/chain.ts';
import { openLedger, REASON, readable, withWindow } from '../support/contracts/company.ts';
import { libraries } from '../support/contracts/errors.ts';
import { planHash, planOf } from '../support/contracts/plan.ts';
import { encodeDistributors, encodeSales } from '../support/contracts/records.ts';

/** The three parts of the code that all ledgers share, each as if it were a ledger. */
async function implementations() {
  const powers = await (await ethers.deployContract('LedgerPowers')).getAddress();
  const changes = await (await ethers.deployContract('LedgerChanges')).getAddress();
  const daily = await ethers.deployContract('CommissionLedger', [powers, changes]);
  return {
    powers: await ethers.getContractAt('ICommissionLedger', powers),
    changes: await ethers.getContractAt('ICommissionLedger', changes),
    daily: await ethers.getContractAt('ICommissionLedger', await daily.getAddress()),
  };
}

async function fresh() {
  return openLedger({ decimals: 18, compact: true });
}

describe('CommissionLedger', () => {
  describe('initialize', () => {
    it('refuses a second time', async () => {
      const { asAdmin, distributors } = await loadFixture(readable);
      await expect(
        asAdmin.initialize(distributors.admin, 0, planOf([1]), [], []),
      ).to.be.revertedWithCustomError(libraries, 'InvalidInitialization');
    });

    it('refuses on the parts of the shared code', async () => {
      const { powers, daily } = await loadFixture(implementations);
      const [caller] = await ethers.getSigners();
      for (const part of [powers, daily]) {
        await expect(part.initialize(caller!, 0, planOf([1]), [], [])).to.be.revertedWithCustomError(
          libraries,
          'InvalidInitialization',
        );
      }
    });

    it('opens the journal with terms, admin and first plan', async () => {
      const { ledger, options, distributors } = await loadFixture(fresh);
      const logs = await ethers.provider.getLogs({ address: ledger, fromBlock: 0 });
      const events = logs
        .map((log) => ledger.interface.parseLog(log))
        .filter((event) => event !== null)
        .filter(({ fragment }) => fragment.inputs.at(-1)!.name === 'head');
      expect(events.map(({ name }) => name)).to.deep.equal([
        'LedgerOpened',
        'RoleChanged',
        'AdminDelaySet',
        'PlanAnnounced',
      ]);
      const { token, unit, returnWindow, planNotice, capPeriod, compact, delay: slow } = await ledger.terms();
      const { chainId } = await ethers.provider.getNetwork();
      const terms = AbiCoder.defaultAbiCoder().encode(
        ['uint256', 'address', 'tuple(address, uint96, uint32, uint32, uint32, bool, uint32)'],
        [
          chainId,
          await ledger.getAddress(),
          [token, unit, returnWindow, planNotice, capPeriod, compact, slow],
        ],
      );
      const [opened, granted, delay, announced] = events;
      expect(opened!.args.termsHash).to.equal(keccak256(terms));
      expect(granted!.args.account).to.equal(distributors.admin.address);
      expect(granted!.args.granted).to.equal(true);
      const at = BigInt((await ethers.provider.getBlock(logs[0]!.blockNumber))!.timestamp);
      expect(delay!.args.delay).to.equal(options.adminDelay);
      expect(delay!.args.effectiveFrom).to.equal(at);
      expect(announced!.args.version).to.equal(1);
      expect(announced!.args.startsAt).to.equal(at);
      expect(announced!.args.planHash).to.equal(planHash(options.plan));
      expect(await ledger.head()).to.equal(announced!.args.head);
      expect(await ledger.entryCount()).to.equal(4);
      expect(await ledger.counts()).to.deep.equal([0n, 1n, 0n]);
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

  describe('the shared code called directly', () => {
    it('has nobody who may do anything, in any part', async () => {
      const { powers, changes, daily } = await loadFixture(implementations);
      const [caller] = await ethers.getSigners();
      const wallet = caller!;
      const byRole = 'AccessControlUnauthorizedAccount';
      const ofPowers = (part: ICommissionLedger): [call: () => Promise<unknown>, error: string][] => [
        [() => part.announcePlan(planOf([1])), byRole],
        [() => part.setRecorder(wallet, 1, 1), byRole],
        [() => part.setStandby(1, wallet), byRole],
        [() => part.replaceRecorder(1), 'UnknownRecorder'],
        [() => part.announce('0x01020304'), byRole],
        [() => part.cancel(ZeroHash), 'ActNotAnnounced'],
        [() => part.cancelPlan(1), 'NotGuardian'],
        [() => part.withdrawFloat(1, wallet), byRole],
        [() => part.proposeRecovery(wallet, wallet), byRole],
        [() => part.recoverWallet(wallet), byRole],
        [() => part.hold(wallet, 1, ZeroHash), byRole],
        [() => part.releaseHold(wallet, ZeroHash), byRole],
        [() => part.raiseFlag(0, 4, 1, 1, ZeroHash, 1), byRole],
        [() => part.closeFlag(1, 1, ZeroHash), byRole],
        [() => part.grantRole(ZeroHash, wallet), byRole],
        [() => part.beginDefaultAdminTransfer(wallet), byRole],
        [() => part.acceptDefaultAdminTransfer(), 'AccessControlInvalidDefaultAdmin'],
        [() => part.setPaused(true), 'NotGuardian'],
        [() => part.answerFlag(1, ZeroHash), 'FlagNotOpen'],
        [() => part.claimWallet(4, wallet, 1, wallet, '0x'), 'NothingToClaim'],
        [() => part.changeWallet(wallet, 1, '0x'), 'UnknownWallet'],
        [() => part.cancelRecovery(), 'NoRecovery'],
        [() => part.withdrawTo(wallet, wallet, 1, '0x'), 'UnknownWallet'],
      ];
      const ofChanges = (part: ICommissionLedger): typeof refusals => [
        [() => part.setStanding('0x', ZeroHash), byRole],
        [() => part.correctSponsor(4, wallet, 0, REASON), 'NotRecorder'],
        [() => part.endMembership(4, REASON, ZeroHash), byRole],
        [() => part.leaveProgramme(), 'UnknownWallet'],
        [() => part.cancelLeaving(), 'UnknownWallet'],
        [() => part.cancelChange(1), 'NotAnnouncer'],
        [() => part.applyStanding(1, '0x', 1), 'NotNextChange'],
        [() => part.applyCorrection(1, 4, 0, REASON), 'NotNextChange'],
        [() => part.applyEnding(1, 4), 'ChangeMismatch'],
        [() => part.openBalances('0x', ZeroHash), byRole],
        [() => part.publishDisclosure(1, ZeroHash, ZeroHash), byRole],
        [() => part.setSuccessor(wallet), byRole],
      ];
      const refusals: [call: () => Promise<unknown>, error: string][] = [
        ...ofPowers(powers),
        ...ofPowers(daily),
        ...ofChanges(changes),
        ...ofChanges(daily),
        [() => daily.enrol(encodeDistributors([{ id: 4, sponsor: 0 }])), 'NotRecorder'],
        [() => daily.recordSales(encodeSales([{ seller: 4, volume: 1 }]), 1, ZeroHash, 1), 'NotRecorder'],
        [() => daily.reverse(1, 1, 1, 1, []), 'NotRecorder'],
        [() => daily.settle(1, encodeSales([{ seller: 4, volume: 1 }]), 1, 1, 1), 'BatchNotOpen'],
        [() => daily.withdraw(wallet), 'UnknownWallet'],
        [() => daily.withdraw(ZeroAddress), 'UnknownWallet'],
        [() => daily.refundLate(1, 1, ZeroHash), 'NotRecorder'],
      ];
      for (const [call, error] of refusals) {
        await expect(call()).to.be.revertedWithCustomError(daily, error);
      }
      await expect(daily.payOut([wallet]))
        .to.emit(daily, 'PayoutSkipped')
        .withArgs(0, wallet, 0);
    });

    it('takes no money', async () => {
      const { daily } = await loadFixture(implementations);
      await expect(daily.fund(1)).to.revert(ethers);
      await expect(daily.solvency()).to.revert(ethers);
      expect(await daily.entryCount()).to.equal(0);
    });

    it('has no daily part in LedgerPowers and LedgerChanges', async () => {
      const { powers, changes } = await loadFixture(implementations);
      for (const part of [powers, changes]) {
        await expect(part.head()).to.revert(ethers);
        await expect(part.fund(1)).to.revert(ethers);
      }
    });

    it('refuses ether, as every ledger does', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      await expect(distributors.stranger.sendTransaction({ to: ledger, value: 1 })).to.revert(ethers);
      const { powers, changes, daily } = await loadFixture(implementations);
      for (const to of [powers, changes, daily]) {
        await expect(distributors.stranger.sendTransaction({ to, value: 1 })).to.revert(ethers);
      }
    });

    it('answers no call that is in no part', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      for (const data of ['0x', '0x01020304', '0x12']) {
        await expect(distributors.stranger.sendTransaction({ to: ledger, data })).to.revert(ethers);
      }
    });
  });

  describe('terms', () => {
    for (const { form, fixture } of withWindow) {
      it(`are those asked for, with the token's unit, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { ledger, token, options, unit } = company;
        const { returnWindow, planNotice, capPeriod, compact } = options;
        const { delay } = company;
        expect(await ledger.terms()).to.deep.equal([
          await token.getAddress(),
          unit,
          ...[returnWindow, planNotice, capPeriod].map(BigInt),
          compact,
          BigInt(delay),
        ]);
      });
    }
  });
});
