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
    unit: 1,
    returnWindow: 14 * DAY,
    planNotice: 30 * DAY,
    capPeriod: DAY,
    compact: false,
    admin: admin!.address,
    adminDelay: DAY,
    delay: DAY,
    plan: planOf(RATES),
    roles: [] as { role: string; account: string }[],
    recorders: [] as { key: string; cap: bigint; countCap: bigint }[],
  };
  return { caller: caller!, other: other!, admin: admin!, factory, token, implementation, request };
}

describe('LedgerFactory', () => {
  describe('createLedger', () => {
    const durations: [field: string, given: number, least: number, most: number][] = [
      ['returnWindow', 90 * DAY + 1, 0, 90 * DAY],
      ['returnWindow', 2 ** 32 - 1, 0, 90 * DAY],
      ['planNotice', 365 * DAY + 1, DAY, 365 * DAY],
      ['planNotice', DAY - 1, DAY, 365 * DAY],
      ['planNotice', 0, DAY, 365 * DAY],
      ['delay', DAY - 1, DAY, 90 * DAY],
      ['delay', 0, DAY, 90 * DAY],
      ['delay', 90 * DAY + 1, DAY, 90 * DAY],
      ['adminDelay', DAY - 1, DAY, 90 * DAY],
      ['adminDelay', 90 * DAY + 1, DAY, 90 * DAY],
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

    it('refuses a ledger without window a delay of the admin’s seat below an hour, or below its own delay', async () => {
      const { factory, request } = await loadFixture(deployed);
      for (const [delay, adminDelay, least] of [
        [0, HOUR - 1, HOUR],
        [0, 0, HOUR],
        [2 * HOUR, 2 * HOUR - 1, 2 * HOUR],
        [90 * DAY, 90 * DAY - 1, 90 * DAY],
      ] as const) {
        await expect(factory.createLedger({ ...request, returnWindow: 0, delay, adminDelay }, SALT))
          .to.be.revertedWithCustomError(factory, 'DurationOutOfRange')
          .withArgs('adminDelay', adminDelay, least, 90 * DAY);
      }
    });

    it('refuses a unit that is not a power of ten, or nothing', async () => {
      const { factory, request } = await loadFixture(deployed);
      for (const unit of [0n, 2n, 11n, 20n, 99n, 10n ** 12n + 1n, 2n ** 96n - 1n]) {
        await expect(factory.createLedger({ ...request, unit }, SALT))
          .to.be.revertedWithCustomError(factory, 'UnitNotPowerOfTen')
          .withArgs(unit);
      }
    });

    it('takes a token of any decimals, and every unit that is a power of ten', async () => {
      const { factory, request } = await loadFixture(deployed);
      for (const [decimals, unit] of [
        [0, 1n],
        [2, 10n],
        [18, 10n ** 12n],
        [255, 10n ** 28n],
      ] as const) {
        const token = await ethers.deployContract('TestDollar', [decimals]);
        const address = await factory.createLedger.staticCall({ ...request, token, unit }, SALT);
        await factory.createLedger({ ...request, token, unit }, SALT);
        expect((await (await ethers.getContractAt('ICommissionLedger', address)).terms()).unit).to.equal(
          unit,
        );
      }
    });

    it('refuses first roles and recorders that cannot be', async () => {
      const { factory, request, implementation, other } = await loadFixture(deployed);
      const key = other.address;
      const refused: [change: Partial<typeof request>, error: string, args: unknown[]][] = [
        [{ roles: [{ role: ethers.ZeroHash, account: key }] }, 'AccessControlEnforcedDefaultAdminRules', []],
        [{ recorders: [{ key: ZeroAddress, cap: 1n, countCap: 1n }] }, 'UnusableWallet', [ZeroAddress]],
        [{ recorders: [{ key, cap: 2n ** 50n, countCap: 1n }] }, 'CapTooHigh', [2n ** 50n, 2n ** 50n - 1n]],
        [{ recorders: [{ key, cap: 1n, countCap: 2n ** 24n }] }, 'CapTooHigh', [2n ** 24n, 2n ** 24n - 1n]],
      ];
      for (const [change, error, args] of refused) {
        await expect(factory.createLedger({ ...request, ...change }, SALT))
          .to.be.revertedWithCustomError(implementation, error)
          .withArgs(...args);
      }
    });

    it('gives the first roles and recorders at once', async () => {
      const { factory, request, other, caller } = await loadFixture(deployed);
      const role = hashOf('RANKER_ROLE');
      const wanted = {
        ...request,
        roles: [{ role, account: other.address }],
        recorders: [
          { key: caller.address, cap: 10n, countCap: 4n },
          { key: other.address, cap: 2n ** 50n - 1n, countCap: 2n ** 24n - 1n },
        ],
      };
      const address = await factory.createLedger.staticCall(wanted, SALT);
      await factory.createLedger(wanted, SALT);
      const ledger = await ethers.getContractAt('ICommissionLedger', address);
      expect(await ledger.hasRole(role, other)).to.equal(true);
      expect(await ledger.recorderOf(caller)).to.deep.equal([1n, 0n, 10n, 4n, 5n, 2n, 5n]);
      expect(await ledger.recorderKey(2)).to.deep.equal([other.address, ZeroAddress]);
      expect((await ledger.counts()).recorders).to.equal(2);
    });

    it('refuses what is no token', async () => {
      const { factory, request, caller } = await loadFixture(deployed);
      for (const token of [ZeroAddress, caller.address]) {
        await expect(factory.createLedger({ ...request, token }, SALT))
          .to.be.revertedWithCustomError(factory, 'TokenMissing')
          .withArgs(token);
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
      expect(await ledger.recorderOf(factory)).to.deep.equal(Array(7).fill(0n));
    });

    it('takes the durations at their limits', async () => {
      const { factory, request } = await loadFixture(deployed);
      for (const change of [
        { returnWindow: 0, planNotice: DAY, capPeriod: HOUR, delay: 0, adminDelay: HOUR },
        { returnWindow: 1, planNotice: DAY, capPeriod: HOUR, delay: DAY, adminDelay: DAY },
        {
          returnWindow: 90 * DAY,
          planNotice: 365 * DAY,
          capPeriod: 90 * DAY,
          delay: 90 * DAY,
          adminDelay: 90 * DAY,
        },
      ]) {
        const address = await factory.createLedger.staticCall({ ...request, ...change }, SALT);
        await factory.createLedger({ ...request, ...change }, SALT);
        const terms = await (await ethers.getContractAt('ICommissionLedger', address)).terms();
        expect([terms.returnWindow, terms.planNotice, terms.capPeriod, terms.delay]).to.deep.equal(
          [change.returnWindow, change.planNotice, change.capPeriod, change.delay].map(BigInt),
        );
      }
    });

    it('gives an address by caller, salt and fixed terms, and by nothing else', async () => {
      const { factory, request, other } = await loadFixture(deployed);
      const create = factory.createLedger.staticCall;
      const address = await create(request, SALT);
      const same = {
        ...request,
        admin: other.address,
        adminDelay: 2 * DAY,
        plan: planOf([1]),
        roles: [{ role: hashOf('role'), account: other.address }],
      };
      expect(await create(same, SALT)).to.equal(address);
      const others = [
        await factory.connect(other).createLedger.staticCall(request, SALT),
        await create(request, hashOf('other salt')),
        await create({ ...request, compact: true }, SALT),
        await create({ ...request, returnWindow: 0 }, SALT),
        await create({ ...request, planNotice: DAY }, SALT),
        await create({ ...request, unit: 10 }, SALT),
        await create({ ...request, delay: 2 * DAY, adminDelay: 2 * DAY }, SALT),
        await create({ ...request, capPeriod: HOUR }, SALT),
        await create({ ...request, token: await ethers.deployContract('TestDollar', [6]) }, SALT),
      ];
      expect(new Set([address, ...others]).size).to.equal(10);
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
