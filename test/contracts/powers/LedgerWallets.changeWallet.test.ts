import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { expect } from 'chai';
import { type TypedDataDomain, ZeroAddress } from 'ethers';
import { DAY, ethers, HOUR, loadFixture, time } from '../../support/contracts/chain.ts';
import { atOnce, type Company, ID, REASON, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { refusesLostWallets, refusesOtherSignatures } from '../../support/contracts/signature.behavior.ts';
import { sign } from '../../support/contracts/signatures.ts';

const CHANGED = 2;

interface Consent {
  id: number;
  from: string;
  to: string;
  nonce: number;
  deadline: bigint;
}

/** The usual change: E moves to the first free wallet. */
async function consentOf(company: Company, changes: Partial<Consent> = {}): Promise<Consent> {
  const { wallets, free } = company.distributors;
  const deadline = BigInt(await time.latest()) + BigInt(HOUR);
  return {
    id: ID.E,
    from: wallets.E.address,
    to: free[0]!.address,
    nonce: 0,
    deadline,
    ...changes,
  };
}

function signed(
  company: Company,
  consent: Consent,
  signer: HardhatEthersSigner = company.distributors.free[0]!,
  domain: TypedDataDomain = {},
): Promise<string> {
  return sign(company.ledger, signer, 'WalletConsent', { ...consent }, domain);
}

/** Changes E's wallet, as its owner. */
function change(
  company: Company,
  { to, deadline }: Consent,
  signature: string,
  owner: HardhatEthersSigner = company.distributors.wallets.E,
) {
  return company.ledger.connect(owner).changeWallet(to, deadline, signature);
}

describe('LedgerWallets', () => {
  describe('changeWallet', () => {
    it('refuses a caller who is nobody', async () => {
      const company = await loadFixture(readable);
      const consent = await consentOf(company);
      await expect(change(company, consent, await signed(company, consent), company.distributors.stranger))
        .to.be.revertedWithCustomError(company.ledger, 'UnknownWallet')
        .withArgs(company.distributors.stranger);
    });

    refusesLostWallets(async (company, to) => {
      const consent = await consentOf(company, { to });
      return change(company, consent, await signed(company, consent));
    });

    it('refuses a wallet that is a distributor’s, the caller’s own too', async () => {
      const company = await loadFixture(readable);
      const { wallets } = company.distributors;
      for (const [wallet, id] of [
        [wallets.F, ID.F],
        [wallets.E, ID.E],
      ] as const) {
        const consent = await consentOf(company, { to: wallet.address });
        await expect(change(company, consent, await signed(company, consent, wallet)))
          .to.be.revertedWithCustomError(company.ledger, 'WalletTaken')
          .withArgs(wallet, id);
      }
    });

    refusesOtherSignatures<Company, Consent>({
      by: 'the new wallet',
      fixture: readable,
      contractOf: ({ ledger }) => ledger,
      messageOf: consentOf,
      signerOf: ({ distributors }) => distributors.free[0]!,
      signed,
      send: change,
      othersOf: ({ distributors }) => [distributors.wallets.E],
      elsewhere: async ({ distributors }) => distributors.stranger.address,
      changesOf: ({ distributors }, { deadline }) => [
        { id: ID.F },
        { from: distributors.wallets.F.address },
        { to: distributors.free[1]!.address },
        { nonce: 1 },
        { deadline: deadline + 1n },
      ],
      deadline: { field: 'deadline', error: 'SignatureExpired' },
      expectDone: async ({ ledger }, { from, to }) => {
        expect([await ledger.idOf(to), await ledger.idOf(from)]).to.deep.equal([BigInt(ID.E), 0n]);
      },
    });

    it('refuses a consent that was given to another distributor', async () => {
      const company = await loadFixture(readable);
      const consent = await consentOf(company);
      const { F } = company.distributors.wallets;
      await expect(change(company, consent, await signed(company, consent), F))
        .to.be.revertedWithCustomError(company.ledger, 'WrongSignature')
        .withArgs(consent.to);
    });

    it('takes each consent once, also when the distributor comes back', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const [E, free] = [distributors.wallets.E, distributors.free[0]!];
      const there = await consentOf(company);
      const signature = await signed(company, there);
      await change(company, there, signature);
      const back = await consentOf(company, { from: free.address, to: E.address, nonce: 1 });
      await change(company, back, await signed(company, back, E), free);
      await expect(change(company, there, signature))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(free);
      const again = await consentOf(company, { nonce: 2 });
      await change(company, again, await signed(company, again));
      expect((await ledger.walletOf(free)).nonce).to.equal(3);
    });

    it('refuses a consent given to a distributor who has moved to another id since', async () => {
      const company = await loadFixture(atOnce[0]!.fixture);
      const { ledger, distributors } = company;
      const { F } = distributors.wallets;
      const consent = await consentOf(company, { id: ID.F, from: F.address });
      const signature = await signed(company, consent);
      await company.correctSponsor(ID.F, F, ID.root);
      await expect(change(company, consent, signature, F))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(consent.to);
    });

    for (const { form, fixture } of atOnce) {
      it(`moves the distributor, debt and all, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asStranger, ledger, token, unit } = company;
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        const consent = await consentOf(company);
        const { from, to } = consent;
        const { enrolledAt } = await ledger.walletOf(from);
        const signature = await signed(company, consent);
        await expectEntries(ledger, () => change(company, consent, signature), [
          ['WalletSet', ID.E, from, to, CHANGED],
        ]);
        expect(await ledger.walletOf(to)).to.deep.equal([BigInt(ID.E), enrolledAt, 0n, 1n]);
        expect(await ledger.walletOf(from)).to.deep.equal([0n, 0n, 0n, 0n]);
        expect([await ledger.owedTo(to), await ledger.owedTo(from)]).to.deep.equal([10_000_000n, 0n]);
        await expect(asStranger.withdraw(from))
          .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
          .withArgs(from);
        await expectEntries(ledger, () => asStranger.payOut([from]), [['PayoutSkipped', 0, from, 0]]);
        await expectEntries(ledger, () => asStranger.withdraw(to), [['Payout', ID.E, to, 10_000_000]]);
        expect(await token.balanceOf(to)).to.equal(10_000_000n * unit);
        expect(await token.balanceOf(from)).to.equal(0);
        await expectSound(company);
      });
    }

    it('leaves the old wallet to whoever is enrolled with it, with no rest of the past', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const { E } = distributors.wallets;
      const consent = await consentOf(company);
      await company.asCompliance.hold(E, (await time.latest()) + DAY, REASON);
      await change(company, consent, await signed(company, consent));
      await company.enrol([{ id: 16, sponsor: ID.root, wallet: E.address }]);
      const at = BigInt(await time.latest());
      expect(await ledger.walletOf(E)).to.deep.equal([16n, at, 0n, 0n]);
      // The new owner's nonce begins again, yet no old consent fits another id.
      const other = distributors.free[1]!;
      const fresh = await consentOf(company, { id: 16, to: other.address });
      await change(company, fresh, await signed(company, fresh, other), E);
      expect(await ledger.idOf(other)).to.equal(16);
    });

    it('ends a recovery, also for whoever has the old wallet next', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const { E } = distributors.wallets;
      await asAdmin.proposeRecovery(E, distributors.free[1]!);
      const consent = await consentOf(company);
      await change(company, consent, await signed(company, consent));
      expect(await ledger.recoveryOf(E)).to.deep.equal([ZeroAddress, 0n]);
      expect(await ledger.recoveryOf(consent.to)).to.deep.equal([ZeroAddress, 0n]);
      await company.enrol([{ id: 16, sponsor: ID.root, wallet: E.address }]);
      await time.increase(30 * DAY);
      for (const wallet of [E.address, consent.to]) {
        await expect(asAdmin.recoverWallet(wallet))
          .to.be.revertedWithCustomError(ledger, 'NoRecovery')
          .withArgs(wallet);
      }
    });

    it('takes a hold along, and the gap after it', async () => {
      const company = await loadFixture(atOnce[0]!.fixture);
      const { asCompliance, asStranger, ledger, distributors } = company;
      const [first, second] = [distributors.free[0]!, distributors.free[1]!];
      await company.record([{ seller: ID.F, volume: 10_000 }]);
      const until = BigInt(await time.latest()) + BigInt(20 * DAY);
      await asCompliance.hold(distributors.wallets.E, until, REASON);
      const consent = await consentOf(company);
      await change(company, consent, await signed(company, consent));
      expect((await ledger.walletOf(first)).heldUntil).to.equal(until);
      await expect(asStranger.withdraw(first))
        .to.be.revertedWithCustomError(ledger, 'PayoutHeld')
        .withArgs(first, until);
      await asCompliance.releaseHold(first, REASON);
      const released = BigInt(await time.latest());
      const next = await consentOf(company, { from: first.address, to: second.address, nonce: 1 });
      await change(company, next, await signed(company, next, second), first);
      await expect(asCompliance.hold(second, released + BigInt(8 * DAY), REASON))
        .to.be.revertedWithCustomError(ledger, 'HoldTooSoon')
        .withArgs(second, released + BigInt(7 * DAY));
      await asStranger.withdraw(second);
      expect(await ledger.owedTo(second)).to.equal(0);
    });

    it('works from a wallet and to a wallet that are contracts', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const [one, two] = [
        await ethers.deployContract('SigningWallet', [distributors.free[0]!]),
        await ethers.deployContract('SigningWallet', [distributors.free[1]!]),
      ];
      const there = await consentOf(company, { to: await one.getAddress() });
      await expect(change(company, there, await signed(company, there, distributors.free[1]!)))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(one);
      await change(company, there, await signed(company, there));
      const on = await consentOf(company, { from: there.to, to: await two.getAddress(), nonce: 1 });
      const signature = await signed(company, on, distributors.free[1]!);
      const call = ledger.interface.encodeFunctionData('changeWallet', [on.to, on.deadline, signature]);
      await expectEntries(ledger, () => one.execute(ledger, call), [
        ['WalletSet', ID.E, on.from, on.to, CHANGED],
      ]);
      expect(await ledger.idOf(two)).to.equal(ID.E);
      expect((await ledger.walletOf(two)).nonce).to.equal(2);
    });
  });
});
