import { expect } from 'chai';
import {
  type ContractTransactionResponse,
  id as hashOf,
  type Interface,
  MaxUint256,
  ZeroAddress,
} from 'ethers';
import type { SigningWallet } from '../../../types/mocks/SigningWallet.ts';
import type { TreacherousDollar } from '../../../types/mocks/TreacherousDollar.ts';
import { chunkReversals } from '../../support/contracts/batch-tree.ts';
import { DAY, ethers, HOUR, loadFixture, time } from '../../support/contracts/chain.ts';
import {
  CAP,
  COUNT_CAP,
  type Company,
  ID,
  MANIFEST,
  openCompany,
  REASON,
  ROLES,
} from '../../support/contracts/company.ts';
import { libraries } from '../../support/contracts/errors.ts';
import { type ExpectedEvent, expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { encodeDistributors, encodeSales, encodeStandings } from '../../support/contracts/records.ts';
import { sign } from '../../support/contracts/signatures.ts';

/** The distributor whose wallet is a contract that the token calls when it is paid. */
const HOOKED = 16;

interface Conspiracy {
  company: Company;
  dollar: TreacherousDollar;
  hooked: SigningWallet;
  /** Calls of the ledger by name, each of which would succeed for the token alone. */
  calls: [name: string, data: string][];
  /** Calls of the ledger by name, each of which would succeed for the hooked wallet alone. */
  ownCalls: [name: string, data: string][];
}

function encode({ ledger }: Company, name: string, values: unknown[]): string {
  return (ledger.interface as Interface).encodeFunctionData(name, values);
}

const ONE_CENT = [{ index: 0, price: 1, volume: 1 }];

/** Announces calls of the admin, and lets the delay pass. */
async function announced(
  { asAdmin, delay }: Pick<Company, 'asAdmin' | 'delay'>,
  calls: string[],
): Promise<void> {
  for (const data of calls) await asAdmin.announce(data);
  await time.increase(delay);
}

/**
 * A ledger whose token holds every role that one can have besides the admin's, and lets a payee act while it is paid.
 */
async function conspiracy(): Promise<Conspiracy> {
  const company = await openCompany({ token: 'TreacherousDollar', returnWindow: DAY });
  const { asAdmin, ledger, token, distributors } = company;
  const { wallets, free, registrar } = distributors;
  const dollar = token as unknown as TreacherousDollar;
  const address = await token.getAddress();
  const powers = [
    encode(company, 'setRecorder', [address, CAP, COUNT_CAP]),
    ...[ROLES.ranker, ROLES.compliance, ROLES.guardian].map((role) =>
      encode(company, 'grantRole', [role, address]),
    ),
  ];
  await announced(company, powers);
  for (const data of powers) await distributors.admin.sendTransaction({ to: ledger, data });
  const hooked = await ethers.deployContract('SigningWallet', [free[0]!]);
  await company.enrol([{ id: HOOKED, sponsor: ID.root, wallet: await hooked.getAddress() }]);
  await asAdmin.proposeRecovery(hooked, free[2]!);

  const paid = await company.record([
    { seller: ID.F, volume: 10_000 },
    { seller: HOOKED, volume: 10_000 },
  ]);
  await company.passWindow(paid);
  await company.settle(paid);
  await asAdmin.announce(encode(company, 'withdrawFloat', [7, free[3]!.address]));
  const due = await company.record([{ seller: ID.F, volume: 10_000 }]);
  await company.passWindow(due);
  // A batch of the token's own, which it could take back.
  const betrayer = await ethers.getImpersonatedSigner(address);
  await ethers.provider.send('hardhat_setBalance', [address, '0xffffffffffffffff']);
  const open = await company.withRecorder(betrayer).record([{ seller: ID.F, volume: 10_000 }]);
  await token.mint(token, 1_000);

  const call = (name: string, ...values: unknown[]): [string, string] => [
    name,
    encode(company, name, values),
  ];
  const deadline = BigInt(await time.latest()) + BigInt(1000 * HOUR);
  const voucher = { id: ID.walletless, wallet: free[1]!.address, deadline };
  const order = { id: ID.E, wallet: wallets.E.address, to: free[1]!.address, nonce: 0, deadline };
  const consent = { id: HOOKED, from: await hooked.getAddress(), to: free[1]!.address, nonce: 0, deadline };
  const vouched = await sign(ledger, registrar, 'ClaimVoucher', voucher);
  const ordered = await sign(ledger, wallets.E, 'WithdrawTo', order);
  const agreed = await sign(ledger, free[1]!, 'WalletConsent', consent);
  return {
    company,
    dollar,
    hooked,
    calls: [
      call('withdraw', wallets.E.address),
      call('payOut', [wallets.E.address, wallets.D.address]),
      call('withdrawTo', order.wallet, order.to, deadline, ordered),
      call('fund', 0),
      call('settle', due.number, due.records, due.plan, due.recordedAt, MaxUint256),
      call('recordSales', encodeSales([{ seller: ID.F, volume: 1 }]), 2, MANIFEST, 1),
      call('reverse', open.number, open.plan, open.recordedAt, 1, chunkReversals(open.records, ONE_CENT)),
      call('enrol', encodeDistributors([{ id: 20, sponsor: 0 }])),
      call('correctSponsor', ID.F, wallets.F.address, ID.root, REASON),
      call('setStanding', encodeStandings([{ id: ID.F, rank: 1, status: 2 }]), REASON),
      call('hold', wallets.F.address, deadline - BigInt(900 * HOUR), REASON),
      call('raiseFlag', 0, ID.F, 1, 1, REASON, deadline - BigInt(900 * HOUR)),
      call('endMembership', ID.F, REASON, REASON),
      call('setPaused', true),
      call('claimWallet', voucher.id, voucher.wallet, deadline, registrar.address, vouched),
    ],
    ownCalls: [
      call('leaveProgramme'),
      call('changeWallet', consent.to, deadline, agreed),
      call('cancelRecovery'),
      call('withdraw', consent.from),
    ],
  };
}

interface Transfer {
  send: () => Promise<ContractTransactionResponse>;
  /** The events when nobody interferes. */
  paid: ExpectedEvent[];
}

/** The calls that move tokens. */
const TRANSFERS: Record<string, (company: Company) => Transfer> = {
  withdraw: ({ asStranger, distributors: { wallets } }) => ({
    send: () => asStranger.withdraw(wallets.F),
    paid: [['Payout', ID.F, wallets.F, 20_000_000]],
  }),
  payOut: ({ asStranger, distributors: { wallets } }) => ({
    send: () => asStranger.payOut([wallets.F, wallets.E]),
    paid: [
      ['Payout', ID.F, wallets.F, 20_000_000],
      ['Payout', ID.E, wallets.E, 10_000_000],
    ],
  }),
  withdrawTo: ({ asStranger, ledger, distributors: { free, wallets } }) => ({
    send: async () => {
      const deadline = BigInt(await time.latest()) + BigInt(HOUR);
      const order = { id: ID.F, wallet: wallets.F.address, to: free[3]!.address, nonce: 0, deadline };
      const signature = await sign(ledger, wallets.F, 'WithdrawTo', order);
      return asStranger.withdrawTo(order.wallet, order.to, deadline, signature);
    },
    paid: [['PayoutRedirected', ID.F, wallets.F, free[3], 20_000_000]],
  }),
  withdrawFloat: ({ asAdmin, distributors: { free } }) => ({
    send: () => asAdmin.withdrawFloat(7, free[3]!),
    paid: [['FloatWithdrawn', free[3], 7]],
  }),
  fund: ({ ledger, token, distributors: { funder } }) => ({
    send: async () => {
      await token.mint(funder, 7);
      await token.connect(funder).approve(ledger, 7);
      return ledger.connect(funder).fund(7);
    },
    paid: [['FloatFunded', funder, 7]],
  }),
};

async function expectBetrayalRefused({ dollar }: Conspiracy, name: string): Promise<void> {
  expect(await dollar.succeeded(), name).to.equal(false);
  const error = libraries.interface.parseError(await dollar.answer());
  expect(error?.name, name).to.equal('ReentrancyGuardReentrantCall');
}

describe('LedgerMoney', () => {
  describe('in the middle of a transfer', () => {
    it('would be open to each of these calls at any other time', async () => {
      const { company, calls, ownCalls, hooked } = await loadFixture(conspiracy);
      const token = await ethers.getImpersonatedSigner(await company.token.getAddress());
      for (const [name, data] of calls) {
        const call = ethers.provider.call({
          from: token.address,
          to: await company.ledger.getAddress(),
          data,
        });
        if (name === 'fund')
          await expect(call).to.be.revertedWithCustomError(company.ledger, 'NothingReceived');
        else await call;
      }
      for (const [, data] of ownCalls) await hooked.execute.staticCall(company.ledger, data);
    });

    for (const [name, transferOf] of Object.entries(TRANSFERS)) {
      it(`lets nobody change anything: ${name}`, async () => {
        const { calls } = await loadFixture(conspiracy);
        for (const [call, data] of calls) {
          const plot = await loadFixture(conspiracy);
          const { company, dollar } = plot;
          const { send, paid } = transferOf(company);
          await dollar.plot(company.ledger, data, false);
          await expectEntries(company.ledger, send, paid);
          await expectBetrayalRefused(plot, `${call} inside ${name}`);
          await expectSound(company);
        }
      });
    }

    it('keeps a distributor’s place and debt when the token moves them and then refuses to pay', async () => {
      const plot = await loadFixture(conspiracy);
      const { company, dollar, calls } = plot;
      const { ledger, distributors } = company;
      const { F } = distributors.wallets;
      const before = await ledger.fragmentsOf(0, 6);
      await dollar.plot(ledger, calls.find(([name]) => name === 'correctSponsor')![1], true);
      await expectEntries(ledger, () => company.asStranger.payOut([F]), [
        ['PayoutSkipped', ID.F, F, 20_000_000],
      ]);
      await expectBetrayalRefused(plot, 'correctSponsor');
      expect(await ledger.fragmentsOf(0, 6)).to.deep.equal(before);
      expect(await ledger.movedTo(ID.F)).to.equal(0);
      await expectSound(company);
    });

    it('lets a payee who is called change nothing of their own', async () => {
      const { ownCalls } = await loadFixture(conspiracy);
      for (const [name, data] of ownCalls) {
        const plot = await loadFixture(conspiracy);
        const { company, dollar, hooked } = plot;
        const { asStranger, ledger, distributors } = company;
        const { F } = distributors.wallets;
        const act = hooked.interface.encodeFunctionData('execute', [await ledger.getAddress(), data]);
        await dollar.plot(hooked, act, false);
        await expectEntries(ledger, () => asStranger.payOut([hooked, F]), [
          ['Payout', HOOKED, hooked, 20_000_000],
          ['Payout', ID.F, F, 20_000_000],
        ]);
        await expectBetrayalRefused(plot, name);
        expect(await ledger.idOf(hooked), name).to.equal(HOOKED);
        expect((await ledger.recoveryOf(hooked)).executableFrom, name).not.to.equal(0);
        await expectSound(company);
      }
    });

    it('lets the admin’s seat and the roles not change either', async () => {
      const plot = await loadFixture(conspiracy);
      const { company, dollar } = plot;
      const { asAdmin, asStranger, ledger, token, distributors } = company;
      await asAdmin.beginDefaultAdminTransfer(token);
      // Long enough for the recovery too.
      await time.increase(14 * DAY);
      await dollar.plot(ledger, encode(company, 'acceptDefaultAdminTransfer', []), false);
      await asStranger.withdraw(distributors.wallets.F);
      await expectBetrayalRefused(plot, 'acceptDefaultAdminTransfer');
      const seat = await ethers.getImpersonatedSigner(await token.getAddress());
      await ethers.provider.send('hardhat_setBalance', [seat.address, '0xffffffffffffffff']);
      await ledger.connect(seat).acceptDefaultAdminTransfer();
      const { stranger, wallets } = distributors;
      const calls = [
        encode(company, 'grantRole', [hashOf('role'), stranger.address]),
        encode(company, 'revokeRole', [ROLES.guardian, distributors.guardian.address]),
        encode(company, 'beginDefaultAdminTransfer', [stranger.address]),
        encode(company, 'changeDefaultAdminDelay', [2 * DAY]),
        encode(company, 'setRecorder', [stranger.address, 1, 1]),
        encode(company, 'announce', ['0x01020304']),
        encode(company, 'publishDisclosure', [2026, hashOf('root'), hashOf('document')]),
        encode(company, 'setSuccessor', [stranger.address]),
        encode(company, 'setPaused', [true]),
        encode(company, 'proposeRecovery', [wallets.E.address, stranger.address]),
        encode(company, 'proposeRecovery', [await plot.hooked.getAddress(), ZeroAddress]),
        encode(company, 'recoverWallet', [await plot.hooked.getAddress()]),
        encode(company, 'withdrawFloat', [1, stranger.address]),
        encode(company, 'announcePlan', [company.options.plan]),
      ];
      await announced({ asAdmin: ledger.connect(seat), delay: company.delay }, calls);
      for (const data of calls) {
        await company.record([{ seller: ID.B, volume: 1 }]);
        await dollar.plot(ledger, data, false);
        await company.fund(1n);
        await expectBetrayalRefused(plot, data);
      }
      await expectSound(company);
    });
  });
});
