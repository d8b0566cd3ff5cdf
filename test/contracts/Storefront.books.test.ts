import { expect } from 'chai';
import { Interface, ZeroAddress } from 'ethers';
import type { FalseDollar } from '../../types/mocks/FalseDollar.ts';
import type { FreezableDollar } from '../../types/mocks/FreezableDollar.ts';
import type { ReentrantDollar } from '../../types/mocks/ReentrantDollar.ts';
import { DAY, loadFixture, secondBySecond, time } from '../support/contracts/chain.ts';
import { ID } from '../support/contracts/company.ts';
import { errorNameOf } from '../support/contracts/errors.ts';
import { foldJournal } from '../support/contracts/journal.ts';
import { hashOfQuote, openShop, type Quote, type Shop } from '../support/contracts/storefront.ts';
import { Random } from '../support/random.ts';

const STEPS = 150;
const WINDOW = DAY;
const SELLERS = [ID.F, ID.E, ID.walletless] as const;

/** What may come of a call at the wrong time, or with a token that misbehaves. */
const REFUSALS = new Interface([
  'error NothingSetAside()',
  'error ReturnWindowOver(bytes32 quote, uint256 endedAt)',
  'error ReturnWindowOpen(bytes32 quote, uint256 endsAt)',
  'error ReentrancyGuardReentrantCall()',
  'error SafeERC20FailedOperation(address token)',
  'error Frozen(address wallet)',
]);
const NO_ORDER = new Error('no order is open');

/** A name that is there more often is called more often. */
const CALLS = [
  'buy',
  'buy',
  'buy',
  'return',
  'complete',
  'complete',
  'complete',
  'margin',
  'proceeds',
  'wait',
];

interface BookedOrder {
  quote: Quote;
  endsAt: bigint;
  price: bigint;
  margin: bigint;
  reserved: bigint;
}

/** What a storefront must have, kept beside it by the rules of its manual; amounts in units. */
class Books {
  readonly open = new Map<string, BookedOrder>();
  readonly margins = new Map<number, bigint>();
  proceeds = 0n;
  /** How often each call went through. */
  readonly done = new Map<string, number>();

  constructor(
    readonly shop: Shop,
    readonly random: Random,
    /** Sets the token up to misbehave, or to behave again. */
    readonly spoil: (shop: Shop, random: Random) => Promise<void>,
  ) {}

  async step(): Promise<void> {
    const { random } = this;
    await this.spoil(this.shop, random);
    const call = random.pick(CALLS);
    const before = await this.shop.storefront.solvency();
    const went = await this.#try(call);
    if (went) this.done.set(call, (this.done.get(call) ?? 0) + 1);
    else expect(await this.shop.storefront.solvency(), `after a refused ${call}`).to.deep.equal(before);
    await this.compare(call);
  }

  async compare(call: string): Promise<void> {
    const { storefront, company } = this.shop;
    const { held, open, margins, rest } = await storefront.solvency();
    const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n);
    expect(open, `open after ${call}`).to.equal(sum([...this.open.values()].map(({ price }) => price)));
    expect(margins, `margins after ${call}`).to.equal(sum(this.margins.values()));
    expect(rest, `proceeds after ${call}`).to.equal(this.proceeds);
    for (const seller of SELLERS) {
      expect(await storefront.marginOf(seller)).to.equal(this.margins.get(seller) ?? 0n);
    }
    expect(held, `held after ${call}`).to.equal(open + margins + rest);
    expect(await company.token.balanceOf(storefront)).to.equal(held * company.unit);
    const { free, reserved, owed } = await company.ledger.solvency();
    expect(await company.token.balanceOf(company.ledger)).to.equal((free + reserved + owed) * company.unit);
  }

  /** Whether the call went through; only the token may refuse what the rules allow. */
  async #try(call: string): Promise<boolean> {
    try {
      if (call === 'buy') await this.#buy();
      else if (call === 'return') await this.#giveBack();
      else if (call === 'complete') await this.#complete();
      else if (call === 'margin') await this.#withdrawMargin();
      else if (call === 'proceeds') await this.#withdrawProceeds();
      else await time.increase(this.random.below(WINDOW) + 1);
      return true;
    } catch (error) {
      if (error !== NO_ORDER && errorNameOf(error, REFUSALS) === undefined) throw error;
      return false;
    }
  }

  async #buy(): Promise<void> {
    const { shop, random } = this;
    const priceCents = BigInt(1 + random.below(1_000_000));
    const volumeCents = BigInt(random.below(Number(priceCents) + 1));
    const quote = shop.quote({
      seller: BigInt(random.pick(SELLERS)),
      buyerClass: BigInt(random.below(3)),
      priceCents,
      volumeCents,
      // At most what 41% of the volume leave.
      marginCents: BigInt(random.below(Number(priceCents - volumeCents + (volumeCents * 59n) / 100n) + 1)),
    });
    const buyer = random.pick([shop.buyer, shop.otherBuyer]);
    await shop.allow(quote, buyer);
    await shop.buy(quote, buyer);
    const { endsAt } = await shop.storefront.orderOf(hashOfQuote(quote));
    const weight = [10_000n, 5_000n, 2_500n][Number(quote.buyerClass)]!;
    this.open.set(hashOfQuote(quote), {
      quote,
      endsAt,
      price: priceCents * 10_000n,
      margin: quote.marginCents * 10_000n,
      reserved: ((volumeCents * weight) / 10_000n) * 4_100n,
    });
  }

  #anyOrder(): [hash: string, order: BookedOrder] {
    if (this.open.size === 0) throw NO_ORDER;
    return this.random.pick([...this.open]);
  }

  async #giveBack(): Promise<void> {
    const { storefront, buyer, otherBuyer } = this.shop;
    const [hash] = this.#anyOrder();
    const owner = (await storefront.orderOf(hash)).buyer === buyer.address ? buyer : otherBuyer;
    await storefront.connect(owner).returnOrder(hash);
    this.open.delete(hash);
  }

  async #complete(): Promise<void> {
    const [hash, { quote, price, margin, reserved }] = this.#anyOrder();
    const receipt = await (await this.shop.storefront.complete(hash)).wait();
    const topic = this.shop.storefront.interface.getEvent('FundingFailed').topicHash;
    const isFunded = !receipt!.logs.some(({ topics }) => topics[0] === topic);
    const seller = Number(quote.seller);
    this.margins.set(seller, (this.margins.get(seller) ?? 0n) + margin);
    this.proceeds += price - margin - (isFunded ? reserved : 0n);
    this.open.delete(hash);
    if (!isFunded) this.done.set('not funded', (this.done.get('not funded') ?? 0) + 1);
    await this.shop.settle(quote);
  }

  async #withdrawMargin(): Promise<void> {
    const seller = this.random.pick([ID.F, ID.E]);
    const wallet = this.shop.company.distributors.wallets[seller === ID.F ? 'F' : 'E'];
    await this.shop.storefront.withdrawMargin(seller, wallet);
    this.margins.delete(seller);
  }

  async #withdrawProceeds(): Promise<void> {
    const { admin } = this.shop.company.distributors;
    await this.shop.storefront.connect(admin).withdrawProceeds(admin);
    this.proceeds = 0n;
  }
}

const behaves = async () => {};

async function freezesAnAccount({ company, storefront, buyer }: Shop, random: Random): Promise<void> {
  const token = company.token as unknown as FreezableDollar;
  const parties = [
    buyer,
    storefront,
    company.ledger,
    company.distributors.wallets.F,
    company.distributors.admin,
  ];
  for (const party of parties) await token.setFrozen(party, random.below(5) === 0);
}

async function saysFalse({ company }: Shop, random: Random): Promise<void> {
  await (company.token as unknown as FalseDollar).setBroken(random.below(3) === 0);
}

async function callsBack({ company, storefront }: Shop, random: Random): Promise<void> {
  const { admin, wallets } = company.distributors;
  const calls = [
    storefront.interface.encodeFunctionData('withdrawProceeds', [admin.address]),
    storefront.interface.encodeFunctionData('withdrawMargin', [ID.F, wallets.F.address]),
  ];
  const isArmed = random.below(3) === 0;
  const token = company.token as unknown as ReentrantDollar;
  await token.callBack(isArmed ? storefront : ZeroAddress, random.pick(calls));
}

const tokens: [name: string, decimals: number, compact: boolean, spoil: typeof callsBack][] = [
  ['TestDollar', 6, false, behaves],
  ['SilentDollar', 18, true, behaves],
  ['FreezableDollar', 18, false, freezesAnAccount],
  ['FalseDollar', 6, true, saysFalse],
  ['ReentrantDollar', 6, false, callsBack],
];

describe('Storefront', () => {
  describe('after any sequence of calls', () => {
    for (const [index, [token, decimals, compact, spoil]] of tokens.entries()) {
      it(`holds what it has promised, to the last unit of a ${token}`, async () => {
        const fixture = () => openShop({ token, decimals, compact, returnWindow: WINDOW });
        const shop = await loadFixture(fixture);
        const books = new Books(shop, new Random(index + 1), spoil);
        await secondBySecond(async () => {
          for (let step = 0; step < STEPS; ++step) await books.step();
        });
        // Every call went through, and the rare case has come up with tokens that misbehave.
        const calls = new Set(spoil === behaves ? CALLS : [...CALLS, 'not funded']);
        expect([...books.done.keys()].sort()).to.deep.equal([...calls].sort());
        expect((await foldJournal(shop.company.ledger)).head).to.equal(await shop.company.ledger.head());
      });
    }
  });
});
