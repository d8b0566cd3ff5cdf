import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import {
  concat,
  id as hashOf,
  keccak256,
  Signature,
  type Signer,
  type TypedDataDomain,
  TypedDataEncoder,
  ZeroAddress,
} from 'ethers';
import type { QuoteStruct, Storefront } from '../../../types/Storefront.ts';
import { ethers, time } from './chain.ts';
import { type Company, type CompanyOptions, ID, openCompany } from './company.ts';
import { encodeSales } from './records.ts';

export interface Quote extends QuoteStruct {
  product: string;
  seller: bigint;
  buyerClass: bigint;
  priceCents: bigint;
  volumeCents: bigint;
  marginCents: bigint;
  buyer: string;
  expiry: bigint;
  salt: string;
}

/** Written from the manual and not from the contract's own code. */
const QUOTE_TYPES = {
  Quote: [
    { name: 'product', type: 'bytes32' },
    { name: 'seller', type: 'uint256' },
    { name: 'buyerClass', type: 'uint256' },
    { name: 'priceCents', type: 'uint256' },
    { name: 'volumeCents', type: 'uint256' },
    { name: 'marginCents', type: 'uint256' },
    { name: 'buyer', type: 'address' },
    { name: 'expiry', type: 'uint256' },
    { name: 'salt', type: 'bytes32' },
  ],
};

const PERMIT_TYPES = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
};

const AUTHORIZATION_TYPES = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
};

/** The largest cap: what the manual says a storefront should have. */
export const STOREFRONT_CAP = 2n ** 50n - 1n;
export const STATE = { none: 0n, paid: 1n, returned: 2n, completed: 3n } as const;

/** Number of a storefront's first batch: it is the second recorder. */
export const FIRST_BATCH = (1n << 24n) | 1n;

/** What the usual quote comes to, in units: 41% of the volume are reserved. */
export const PRICE = 200_000_000n;
export const MARGIN = 50_000_000n;
export const RESERVED = 41_000_000n;
export const REST = PRICE - MARGIN - RESERVED;

/** A company with a storefront, a quoter and buyers who have money. */
export class Shop {
  #salts = 0;

  constructor(
    readonly company: Company,
    readonly storefront: Storefront,
    readonly quoter: HardhatEthersSigner,
    readonly buyer: HardhatEthersSigner,
    readonly otherBuyer: HardhatEthersSigner,
    readonly relayer: HardhatEthersSigner,
  ) {}

  /** F sells for 200.00, of which 100.00 are volume and 50.00 are F's. */
  quote(changes: Partial<Quote> = {}): Quote {
    this.#salts += 1;
    return {
      product: hashOf('product'),
      seller: BigInt(ID.F),
      buyerClass: 0n,
      priceCents: 20_000n,
      volumeCents: 10_000n,
      marginCents: 5_000n,
      buyer: ZeroAddress,
      expiry: 2n ** 40n,
      salt: hashOf(`salt ${this.#salts}`),
      ...changes,
    };
  }

  async domain(changes: TypedDataDomain = {}): Promise<TypedDataDomain> {
    const { chainId } = await ethers.provider.getNetwork();
    const verifyingContract = await this.storefront.getAddress();
    return { name: 'Plumbline Storefront', version: '1', chainId, verifyingContract, ...changes };
  }

  async sign(quote: Quote, signer: Signer = this.quoter, domain: TypedDataDomain = {}) {
    const signature = await signer.signTypedData(await this.domain(domain), QUOTE_TYPES, quote);
    return { quoter: await signer.getAddress(), signature };
  }

  /** Token base units of a quote's price. */
  amountOf({ priceCents }: Quote): bigint {
    return priceCents * 10_000n * this.company.unit;
  }

  async allow(quote: Quote, buyer = this.buyer): Promise<void> {
    await this.company.token.connect(buyer).approve(this.storefront, this.amountOf(quote));
  }

  /** Sends a purchase from an allowance that is there. */
  async buy(quote: Quote, buyer = this.buyer) {
    return this.storefront.connect(buyer).buy(quote, await this.sign(quote));
  }

  /** Allows and buys; the quote's hash. */
  async bought(quote: Quote = this.quote(), buyer = this.buyer): Promise<string> {
    await this.allow(quote, buyer);
    await this.buy(quote, buyer);
    return hashOfQuote(quote);
  }

  async permit(quote: Quote, deadline = 2n ** 40n, buyer = this.buyer) {
    const { token } = this.company;
    const message = {
      owner: buyer.address,
      spender: await this.storefront.getAddress(),
      value: this.amountOf(quote),
      nonce: await token.nonces(buyer),
      deadline,
    };
    const { v, r, s } = Signature.from(
      await buyer.signTypedData(await this.tokenDomain(), PERMIT_TYPES, message),
    );
    return { deadline, v, r, s };
  }

  async authorization(quote: Quote, changes: Record<string, unknown> = {}, buyer = this.buyer) {
    const message = {
      from: buyer.address,
      to: await this.storefront.getAddress(),
      value: this.amountOf(quote),
      validAfter: 0n,
      validBefore: 2n ** 40n,
      nonce: hashOfQuote(quote),
      ...changes,
    };
    const signature = await buyer.signTypedData(await this.tokenDomain(), AUTHORIZATION_TYPES, message);
    const { v, r, s } = Signature.from(signature);
    const { validAfter, validBefore } = message;
    return { buyer: buyer.address, validAfter, validBefore, v, r, s };
  }

  async endOfWindow(hash: string): Promise<bigint> {
    return (await this.storefront.orderOf(hash)).endsAt;
  }

  /** The next block is the first in which the order can be completed. */
  async passWindow(hash: string): Promise<void> {
    await time.setNextBlockTimestamp(await this.endOfWindow(hash));
  }

  async completed(quote: Quote = this.quote()): Promise<string> {
    const hash = await this.bought(quote);
    // Without window, the end is behind already.
    if (this.company.options.returnWindow !== 0) await this.passWindow(hash);
    await this.storefront.complete(hash);
    return hash;
  }

  /** Settles the batch of an order in the ledger, as a stranger. */
  async settle(quote: Quote, records = recordsOf(quote)) {
    const { batch, plan, recordedAt } = await this.storefront.orderOf(hashOfQuote(quote));
    return this.company.asStranger.settle(batch, records, plan, recordedAt, 1);
  }

  /** What the storefront holds is what it has promised, and no token is unaccounted for. */
  async isEven(): Promise<boolean> {
    const { held, open, margins, rest } = await this.storefront.solvency();
    const balance = await this.company.token.balanceOf(this.storefront);
    return held === open + margins + rest && balance === held * this.company.unit;
  }

  async tokenDomain(): Promise<TypedDataDomain> {
    const { chainId } = await ethers.provider.getNetwork();
    const verifyingContract = await this.company.token.getAddress();
    return { name: 'Test Dollar', version: '1', chainId, verifyingContract };
  }
}

export function hashOfQuote(quote: Quote): string {
  return TypedDataEncoder.hashStruct('Quote', QUOTE_TYPES, quote);
}

/** The only record of the batch in which a quote is recorded. */
export function recordsOf({ seller, buyerClass, priceCents, volumeCents }: Quote): string {
  return encodeSales([
    {
      seller: Number(seller),
      class: Number(buyerClass),
      price: Number(priceCents),
      volume: Number(volumeCents),
    },
  ]);
}

/** The root over the only document of a batch, as protocol's manifest has it. */
export function manifestOf(quote: Quote): string {
  return keccak256(keccak256(concat(['0x00000000', hashOfQuote(quote)])));
}

/** Opens a shop in which both buyers have money; nobody has allowed anything. */
export async function openShop(changes: Partial<CompanyOptions> = {}): Promise<Shop> {
  const company = await openCompany(changes);
  const [buyer, otherBuyer, relayer] = company.distributors.free;
  const storefront = (await ethers.deployContract('Storefront', [company.ledger])) as unknown as Storefront;
  await company.setRecorder(storefront, STOREFRONT_CAP);
  for (const account of [buyer!, otherBuyer!]) await company.token.mint(account, 10n ** 12n * company.unit);
  return new Shop(
    company,
    storefront.connect(relayer!),
    company.distributors.quoter,
    buyer!,
    otherBuyer!,
    relayer!,
  );
}

/** The usual shop: 6 decimals, readable, 14 days. */
export async function usualShop(): Promise<Shop> {
  return openShop();
}

/** Its token takes a fee of each transfer; the float has what one purchase reserves. */
export async function feeShop(): Promise<Shop> {
  return openShop({ token: 'FeeDollar', float: 41_000_000n });
}

/** Its token returns nothing and knows neither permits nor authorizations. */
export async function silentShop(): Promise<Shop> {
  return openShop({ token: 'SilentDollar', decimals: 18 });
}

async function compactShop(): Promise<Shop> {
  return openShop({ compact: true, decimals: 18 });
}

export async function shopAtOnce(): Promise<Shop> {
  return openShop({ returnWindow: 0, decimals: 18 });
}

async function compactShopAtOnce(): Promise<Shop> {
  return openShop({ returnWindow: 0, compact: true });
}

/** The kinds of ledger on which the same behaviour is mounted. */
export const shopsWithWindow = [
  { form: 'a readable ledger of 6 decimals', fixture: usualShop },
  { form: 'a compact ledger of 18 decimals', fixture: compactShop },
];
export const shopsAtOnce = [
  { form: 'a readable ledger without window', fixture: shopAtOnce },
  { form: 'a compact ledger without window', fixture: compactShopAtOnce },
];
