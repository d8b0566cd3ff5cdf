import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { expect } from 'chai';
import { type TypedDataDomain, ZeroAddress } from 'ethers';
import { ethers, HOUR, loadFixture, time } from '../../support/contracts/chain.ts';
import { atOnce, type Company, ID, ROLES, readable, requestOf } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { refusesLostWallets, refusesOtherSignatures } from '../../support/contracts/signature.behavior.ts';
import { domainOf, sign } from '../../support/contracts/signatures.ts';

const CLAIMED = 1;

interface Voucher {
  id: number;
  wallet: string;
  deadline: bigint;
}

/** The usual voucher: the distributor without a wallet gets the first free one. */
async function voucherOf(company: Company, changes: Partial<Voucher> = {}): Promise<Voucher> {
  const wallet = company.distributors.free[0]!.address;
  return { id: ID.walletless, wallet, deadline: BigInt(await time.latest()) + BigInt(HOUR), ...changes };
}

function signed(
  company: Company,
  voucher: Voucher,
  signer: HardhatEthersSigner = company.distributors.registrar,
  domain: TypedDataDomain = {},
): Promise<string> {
  return sign(company.ledger, signer, 'ClaimVoucher', { ...voucher }, domain);
}

/** Claims as a stranger, because anyone may. */
function claim(
  company: Company,
  { id, wallet, deadline }: Voucher,
  signature: string,
  registrar: string = company.distributors.registrar.address,
) {
  return company.asStranger.claimWallet(id, wallet, deadline, registrar, signature);
}

describe('LedgerWallets', () => {
  describe('eip712Domain', () => {
    for (const { form, fixture } of atOnce) {
      it(`is the ledger’s own, not of the code that all share, in ${form}`, async () => {
        const { ledger } = await loadFixture(fixture);
        const { name, version, chainId, verifyingContract } = await ledger.eip712Domain();
        expect({ name, version, chainId, verifyingContract }).to.deep.equal(await domainOf(ledger));
      });
    }
  });

  describe('claimWallet', () => {
    it('refuses who has a wallet, and who is nobody', async () => {
      const company = await loadFixture(readable);
      for (const id of [ID.E, ID.root, ID.emptyLane, 0, 400, 2 ** 26 + ID.walletless]) {
        const voucher = await voucherOf(company, { id });
        await expect(claim(company, voucher, await signed(company, voucher)))
          .to.be.revertedWithCustomError(company.ledger, 'NothingToClaim')
          .withArgs(id);
      }
    });

    it('refuses a second time, with the same voucher and with another', async () => {
      const company = await loadFixture(readable);
      const voucher = await voucherOf(company);
      const signature = await signed(company, voucher);
      await claim(company, voucher, signature);
      const other = await voucherOf(company, { wallet: company.distributors.free[1]!.address });
      for (const [again, by] of [
        [voucher, signature],
        [other, await signed(company, other)],
      ] as const) {
        await expect(claim(company, again, by))
          .to.be.revertedWithCustomError(company.ledger, 'NothingToClaim')
          .withArgs(ID.walletless);
      }
    });

    it('refuses a signer who is no registrar, the admin too', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const voucher = await voucherOf(company);
      for (const signer of [
        distributors.stranger,
        distributors.admin,
        distributors.recorder,
        distributors.compliance,
      ]) {
        await expect(claim(company, voucher, await signed(company, voucher, signer), signer.address))
          .to.be.revertedWithCustomError(ledger, 'NotRegistrar')
          .withArgs(signer);
      }
    });

    it('refuses the vouchers of a registrar who is none any more', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const voucher = await voucherOf(company);
      const signature = await signed(company, voucher);
      await asAdmin.revokeRole(ROLES.registrar, distributors.registrar);
      await expect(claim(company, voucher, signature))
        .to.be.revertedWithCustomError(ledger, 'NotRegistrar')
        .withArgs(distributors.registrar);
    });

    refusesLostWallets(async (company, wallet) => {
      const voucher = await voucherOf(company, { wallet });
      return claim(company, voucher, await signed(company, voucher));
    });

    it('refuses a wallet that is a distributor’s', async () => {
      const company = await loadFixture(readable);
      const wallet = company.distributors.wallets.E.address;
      const voucher = await voucherOf(company, { wallet });
      await expect(claim(company, voucher, await signed(company, voucher)))
        .to.be.revertedWithCustomError(company.ledger, 'WalletTaken')
        .withArgs(wallet, ID.E);
    });

    refusesOtherSignatures<Company, Voucher>({
      by: 'the registrar',
      fixture: readable,
      contractOf: ({ ledger }) => ledger,
      messageOf: voucherOf,
      signerOf: ({ distributors }) => distributors.registrar,
      signed,
      send: claim,
      othersOf: ({ distributors }) => [distributors.stranger],
      elsewhere: async ({ distributors }) => distributors.stranger.address,
      changesOf: ({ distributors }, { deadline }) => [
        { id: ID.emptyLane },
        { wallet: distributors.free[1]!.address },
        { deadline: deadline - 1n },
      ],
      deadline: { field: 'deadline', error: 'SignatureExpired' },
      expectDone: async ({ ledger }, { wallet }) => {
        expect(await ledger.idOf(wallet)).to.equal(ID.walletless);
      },
    });

    it('refuses a voucher of another ledger with the same distributors', async () => {
      const company = await loadFixture(readable);
      const voucher = await voucherOf(company);
      // The factory opens another one for whoever asks, with the same terms.
      const { factory, options, distributors, token } = company;
      const request = requestOf(options, token, distributors, true);
      const salt = ethers.id('another');
      const address = await factory.createLedger.staticCall(request, salt);
      await factory.createLedger(request, salt);
      const other = await ethers.getContractAt('ICommissionLedger', address);
      const signature = await sign(other, distributors.registrar, 'ClaimVoucher', { ...voucher });
      await expect(claim(company, voucher, signature))
        .to.be.revertedWithCustomError(company.ledger, 'WrongSignature')
        .withArgs(distributors.registrar);
    });

    it('refuses the voucher of a distributor who has moved to another id', async () => {
      const company = await loadFixture(atOnce[0]!.fixture);
      const { ledger, distributors } = company;
      const voucher = await voucherOf(company);
      const signature = await signed(company, voucher);
      await company.correctSponsor(ID.walletless, undefined, ID.root);
      const moved = Number(await ledger.movedTo(ID.walletless));
      await expect(claim(company, voucher, signature))
        .to.be.revertedWithCustomError(ledger, 'NothingToClaim')
        .withArgs(ID.walletless);
      await expect(claim(company, { ...voucher, id: moved }, signature))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(distributors.registrar);
      const fresh = await voucherOf(company, { id: moved });
      await claim(company, fresh, await signed(company, fresh));
      expect(await ledger.idOf(fresh.wallet)).to.equal(moved);
    });

    it('asks a registrar that is a contract', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const owner = distributors.free[1]!;
      const registrar = await (await ethers.deployContract('SigningWallet', [owner])).getAddress();
      await company.prepare('grantRole', ROLES.registrar, registrar);
      await asAdmin.grantRole(ROLES.registrar, registrar);
      const voucher = await voucherOf(company);
      await expect(claim(company, voucher, await signed(company, voucher, distributors.stranger), registrar))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(registrar);
      await claim(company, voucher, await signed(company, voucher, owner), registrar);
      expect(await ledger.idOf(voucher.wallet)).to.equal(ID.walletless);
    });

    for (const { form, fixture } of atOnce) {
      it(`gives the distributor the wallet, with all that was earned before, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { ledger, token, unit } = company;
        const since = await ledger.unclaimedSince(ID.walletless);
        expect(since).not.to.equal(0);
        await company.record([{ seller: ID.walletless, volume: 10_000 }]);
        const voucher = await voucherOf(company);
        const { wallet } = voucher;
        const signature = await signed(company, voucher);
        await expectEntries(ledger, () => claim(company, voucher, signature), [
          ['WalletSet', ID.walletless, ZeroAddress, wallet, CLAIMED],
        ]);
        expect(await ledger.idOf(wallet)).to.equal(ID.walletless);
        expect(await ledger.walletOf(wallet)).to.deep.equal([BigInt(ID.walletless), since, 0n, 0n]);
        expect(await ledger.unclaimedSince(ID.walletless)).to.equal(0);
        expect(await ledger.owedTo(wallet)).to.equal(20_000_000);
        const before = await token.balanceOf(wallet);
        await expectEntries(ledger, () => company.asStranger.withdraw(wallet), [
          ['Payout', ID.walletless, wallet, 20_000_000],
        ]);
        expect(await token.balanceOf(wallet)).to.equal(before + 20_000_000n * unit);
        expect(await ledger.unclaimedSince(ID.E)).to.equal(0);
        await expectSound(company);
      });
    }
  });
});
