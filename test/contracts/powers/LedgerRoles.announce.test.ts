import { expect } from 'chai';
import { keccak256, ZeroHash } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import {
  atOnce,
  CAP,
  COUNT_CAP,
  type Company,
  ROLES,
  readable,
  type SlowCall,
} from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';

const ADMIN = ZeroHash;
const DELAY = BigInt(DAY);

/** Every call that takes effect as announced, with what shows that it has. */
const SLOW: [name: SlowCall, argsOf: (company: Company) => unknown[], event: string][] = [
  ['grantRole', ({ distributors }) => [ROLES.ranker, distributors.stranger.address], 'RoleChanged'],
  ['revokeRole', ({ distributors }) => [ROLES.guardian, distributors.guardian.address], 'RoleChanged'],
  ['setRecorder', ({ distributors }) => [distributors.stranger.address, CAP, COUNT_CAP], 'RecorderSet'],
  ['setRecorder', ({ distributors }) => [distributors.recorder.address, CAP + 1n, COUNT_CAP], 'RecorderSet'],
  ['setStandby', ({ distributors }) => [1, distributors.stranger.address], 'StandbySet'],
  ['withdrawFloat', ({ distributors }) => [1, distributors.stranger.address], 'FloatWithdrawn'],
];

function sending({ ledger, distributors }: Company, data: string) {
  return distributors.admin.sendTransaction({ to: ledger, data });
}

describe('LedgerRoles', () => {
  describe('announce', () => {
    it('refuses anybody but the admin', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      for (const caller of [distributors.stranger, distributors.guardian, distributors.recorder]) {
        await expect(ledger.connect(caller).announce('0x01020304'))
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ADMIN);
      }
    });

    it('refuses what is too short for a call', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      for (const [data, bytes] of [
        ['0x', 0],
        ['0x010203', 3],
      ] as const) {
        await expect(asAdmin.announce(data))
          .to.be.revertedWithCustomError(ledger, 'MalformedAct')
          .withArgs(bytes);
      }
    });

    it('refuses a call that is announced already, until it is void', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger } = company;
      const data = company.dataOf('withdrawFloat', [1, company.distributors.stranger.address]);
      await asAdmin.announce(data);
      const effectiveAt = await ledger.actOf(keccak256(data));
      for (const at of [effectiveAt - 1n, effectiveAt + DELAY]) {
        await time.setNextBlockTimestamp(at);
        await expect(asAdmin.announce(data))
          .to.be.revertedWithCustomError(ledger, 'ActPending')
          .withArgs(keccak256(data), effectiveAt);
      }
      await time.setNextBlockTimestamp(effectiveAt + DELAY + 1n);
      await asAdmin.announce(data);
      expect(await ledger.actOf(keccak256(data))).to.equal(effectiveAt + 2n * DELAY + 1n);
    });

    it('enters the call, and when it can be made', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger } = company;
      const data = company.dataOf('withdrawFloat', [7, company.distributors.stranger.address]);
      const act = keccak256(data);
      expect(await ledger.actOf(act)).to.equal(0);
      expect(await asAdmin.announce.staticCall(data)).to.equal(act);
      const before = await ledger.solvency();
      await expectEntries(
        ledger,
        () => asAdmin.announce(data),
        (at) => [['ActAnnounced', act, data, at + DELAY]],
      );
      expect(await ledger.actOf(act)).to.equal(BigInt(await time.latest()) + DELAY);
      expect(await ledger.solvency()).to.deep.equal(before);
    });
  });

  describe('an announced call', () => {
    for (const [name, argsOf, event] of SLOW) {
      it(`is refused unannounced, a second too early, and a second too late: ${name}`, async () => {
        const company = await loadFixture(readable);
        const { asAdmin, ledger } = company;
        const data = company.dataOf(name, argsOf(company));
        const act = keccak256(data);
        await expect(sending(company, data))
          .to.be.revertedWithCustomError(ledger, 'ActNotAnnounced')
          .withArgs(act);
        await asAdmin.announce(data);
        const effectiveAt = await ledger.actOf(act);
        await time.setNextBlockTimestamp(effectiveAt - 1n);
        await expect(sending(company, data))
          .to.be.revertedWithCustomError(ledger, 'ActTooEarly')
          .withArgs(act, effectiveAt);
        await time.setNextBlockTimestamp(effectiveAt + DELAY + 1n);
        await expect(sending(company, data))
          .to.be.revertedWithCustomError(ledger, 'ActVoid')
          .withArgs(act, effectiveAt + DELAY);
      });

      it(`can be made once, up to the last second: ${name}`, async () => {
        const company = await loadFixture(readable);
        const { asAdmin, ledger } = company;
        const data = company.dataOf(name, argsOf(company));
        await asAdmin.announce(data);
        await time.setNextBlockTimestamp((await ledger.actOf(keccak256(data))) + DELAY);
        await expect(sending(company, data)).to.emit(ledger, event);
        expect(await ledger.actOf(keccak256(data))).to.equal(0);
      });
    }

    it('is this very call, to the last argument', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, distributors } = company;
      await company.prepare('withdrawFloat', 5, distributors.stranger.address);
      await expect(asAdmin.withdrawFloat(6, distributors.stranger)).to.be.revertedWithCustomError(
        company.ledger,
        'ActNotAnnounced',
      );
      await asAdmin.withdrawFloat(5, distributors.stranger);
      await expect(asAdmin.withdrawFloat(5, distributors.stranger)).to.be.revertedWithCustomError(
        company.ledger,
        'ActNotAnnounced',
      );
    });

    it('needs no announcement in a ledger without delay', async () => {
      for (const [name, argsOf, event] of SLOW) {
        const company = await loadFixture(atOnce[0]!.fixture);
        await expect(sending(company, company.dataOf(name, argsOf(company)))).to.emit(company.ledger, event);
      }
    });
  });

  describe('cancel', () => {
    it('refuses what is not announced, or was made', async () => {
      const company = await loadFixture(readable);
      const { asGuardian, asAdmin, ledger, distributors } = company;
      const args = [1, distributors.stranger.address] as const;
      const act = keccak256(company.dataOf('withdrawFloat', args));
      await expect(asGuardian.cancel(act))
        .to.be.revertedWithCustomError(ledger, 'ActNotAnnounced')
        .withArgs(act);
      await company.prepare('withdrawFloat', ...args);
      await asAdmin.withdrawFloat(...args);
      await expect(asGuardian.cancel(act))
        .to.be.revertedWithCustomError(ledger, 'ActNotAnnounced')
        .withArgs(act);
    });

    it('refuses anybody but the admin and a guardian', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      await asAdmin.announce('0x01020304');
      for (const caller of [distributors.stranger, distributors.recorder, distributors.ranker]) {
        await expect(ledger.connect(caller).cancel(keccak256('0x01020304')))
          .to.be.revertedWithCustomError(ledger, 'NotGuardian')
          .withArgs(caller);
      }
    });

    it('lets only the admin cancel the removal of a guardian', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, asGuardian, ledger, distributors } = company;
      const data = company.dataOf('revokeRole', [ROLES.guardian, distributors.guardian.address]);
      await asAdmin.announce(data);
      await expect(asGuardian.cancel(keccak256(data)))
        .to.be.revertedWithCustomError(ledger, 'NotGuardian')
        .withArgs(distributors.guardian);
      await asAdmin.cancel(keccak256(data));
      expect(await ledger.actOf(keccak256(data))).to.equal(0);
    });

    for (const by of ['guardian', 'admin'] as const) {
      it(`takes an announcement back, at any time before it is used, by the ${by}`, async () => {
        const company = await loadFixture(readable);
        const { asAdmin, ledger, distributors } = company;
        const args = [1, distributors.stranger.address] as const;
        const act = keccak256(company.dataOf('withdrawFloat', args));
        await company.prepare('withdrawFloat', ...args);
        await expectEntries(ledger, () => ledger.connect(distributors[by]).cancel(act), [
          ['ActCancelled', act, distributors[by]],
        ]);
        expect(await ledger.actOf(act)).to.equal(0);
        await expect(asAdmin.withdrawFloat(...args))
          .to.be.revertedWithCustomError(ledger, 'ActNotAnnounced')
          .withArgs(act);
      });
    }
  });
});
