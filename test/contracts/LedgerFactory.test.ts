import { expect } from 'chai';
import { id as hashOf, ZeroAddress } from 'ethers';
import { DAY, ethers, HOUR, loadFixture } from '../support/contracts/chain.ts';
import { deployFactory } from '../support/contracts/company.ts';
import { planOf, RATES } from '../support/contracts/plan.ts';

const SALT = hashOf('salt');

async function deployed() {
  const [caller, other, admin] = await ethers.getSigners();
  const factory = await deployFactory();
  const token = await ethers.deployContract('TestDollar', [6]);
  const implementation = await ethers.getContractAt('ICommissionLedger', await factory.implementation());
  const request = {
    token: await token.getAddress(),
    returnWindow: 14 * DAY,
    planNotice: 30 * DAY,
    capPeriod: DAY,
    compact: false,
    admin: admin!.address,
    adminDelay: DAY,
    plan: planOf(RATES),
  };
  return { caller: caller!, other: other!, admin: admin!, factory, token, implementation, request };
}

describe('LedgerFactory', () => {
  describe('createLedger', () => {
    const durations: [field: string, given: number, least: number, most: number][] = [
      ['returnWindow', 90 * DAY + 1, 0, 90 * DAY],
      ['returnWindow', 2 ** 32 - 1, 0, 90 * DAY],
      ['planNotice', 365 * DAY + 1, 0, 365 * DAY],
      ['adminDelay', HOUR - 1, HOUR, 90 * DAY],
      ['adminDelay', 90 * DAY + 1, HOUR, 90 * DAY],
      ['capPeriod', 0, HOUR, 90 * DAY],
      ['capPeriod', HOUR - 1, HOUR, 90 * DAY],
      ['capPeriod', 90 * DAY + 1, HOUR, 90 * DAY],
    ];
    for (const [field, given, least, most] of durations) {
      it(`refuses ${given} seconds of ${field}`, async () => {
        const { factory, request } = await loadFixture(deployed);
        await expect(factory.createLedger({ ...request, [field]: given }, SALT))
          .to.be.revertedWithCustomError(factory, 'DurationOutOfRange')
          .withArgs(field, given, least, most);
      });
    }

    it('refuses a token with too few or too many decimals', async () => {
      const { factory, request } = await loadFixture(deployed);
      for (const decimals of [0, 5, 19, 255]) {
        const token = await ethers.deployContract('TestDollar', [decimals]);
        await expect(factory.createLedger({ ...request, token }, SALT))
          .to.be.revertedWithCustomError(factory, 'UnsupportedDecimals')
          .withArgs(token, decimals);
      }
    });

    it('refuses what is no token', async () => {
      const { factory, request, caller } = await loadFixture(deployed);
      for (const token of [ZeroAddress, caller.address, await factory.getAddress()]) {
        await expect(factory.createLedger({ ...request, token }, SALT)).to.revert(ethers);
      }
    });

    it('refuses a ledger without admin', async () => {
      const { factory, request, implementation } = await loadFixture(deployed);
      await expect(factory.createLedger({ ...request, admin: ZeroAddress }, SALT))
        .to.be.revertedWithCustomError(implementation, 'AccessControlInvalidDefaultAdmin')
        .withArgs(ZeroAddress);
    });

    it('refuses a first plan that is no plan', async () => {
      const { factory, request, implementation } = await loadFixture(deployed);
      await expect(factory.createLedger({ ...request, plan: planOf([]) }, SALT))
        .to.be.revertedWithCustomError(implementation, 'PlanLevelsOutOfRange')
        .withArgs(0, 11);
    });

    it('refuses the same request with the same salt a second time', async () => {
      const { factory, request } = await loadFixture(deployed);
      await factory.createLedger(request, SALT);
      await expect(factory.createLedger(request, SALT)).to.revert(ethers);
    });

    it('creates a ledger', async () => {
      const { factory, request, admin, token } = await loadFixture(deployed);
      const address = await factory.createLedger.staticCall(request, SALT);
      expect(await factory.isLedger(address)).to.equal(false);
      await expect(factory.createLedger(request, SALT))
        .to.emit(factory, 'LedgerCreated')
        .withArgs(address, admin, token);
      expect(await factory.isLedger(address)).to.equal(true);
      const ledger = await ethers.getContractAt('ICommissionLedger', address);
      expect(await ledger.defaultAdmin()).to.equal(admin);
      expect(await ledger.defaultAdminDelay()).to.equal(DAY);
      expect((await ledger.terms()).token).to.equal(token);
    });

    it('keeps no power over the ledger', async () => {
      const { factory, request } = await loadFixture(deployed);
      const address = await factory.createLedger.staticCall(request, SALT);
      await factory.createLedger(request, SALT);
      const ledger = await ethers.getContractAt('ICommissionLedger', address);
      expect(await ledger.hasRole(ethers.ZeroHash, factory)).to.equal(false);
      expect(await ledger.recorderOf(factory)).to.deep.equal([0n, 0n]);
    });

    it('takes the durations at their limits', async () => {
      const { factory, request } = await loadFixture(deployed);
      for (const change of [
        { returnWindow: 0, planNotice: 0, capPeriod: HOUR },
        { returnWindow: 90 * DAY, planNotice: 365 * DAY, capPeriod: 90 * DAY },
      ]) {
        const address = await factory.createLedger.staticCall({ ...request, ...change }, SALT);
        await factory.createLedger({ ...request, ...change }, SALT);
        const terms = await (await ethers.getContractAt('ICommissionLedger', address)).terms();
        expect([terms.returnWindow, terms.planNotice, terms.capPeriod]).to.deep.equal(
          [change.returnWindow, change.planNotice, change.capPeriod].map(BigInt),
        );
      }
    });

    it('gives an address by caller, salt and fixed terms, and by nothing else', async () => {
      const { factory, request, other } = await loadFixture(deployed);
      const create = factory.createLedger.staticCall;
      const address = await create(request, SALT);
      const same = { ...request, admin: other.address, adminDelay: 2 * DAY, plan: planOf([1]) };
      expect(await create(same, SALT)).to.equal(address);
      const others = [
        await factory.connect(other).createLedger.staticCall(request, SALT),
        await create(request, hashOf('other salt')),
        await create({ ...request, compact: true }, SALT),
        await create({ ...request, returnWindow: 0 }, SALT),
        await create({ ...request, planNotice: 0 }, SALT),
        await create({ ...request, capPeriod: HOUR }, SALT),
        await create({ ...request, token: await ethers.deployContract('TestDollar', [6]) }, SALT),
      ];
      expect(new Set([address, ...others]).size).to.equal(8);
    });
  });

  describe('isLedger', () => {
    it('is false for anything else, the implementation too', async () => {
      const { factory, implementation, caller } = await loadFixture(deployed);
      expect(await factory.isLedger(caller)).to.equal(false);
      expect(await factory.isLedger(implementation)).to.equal(false);
    });
  });
});
