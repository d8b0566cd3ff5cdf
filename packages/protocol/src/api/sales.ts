import { type Static, Type } from 'typebox';
import {
  buyerClass,
  cents,
  count,
  freeText,
  hex,
  isFinal,
  itemState,
  nullable,
  reference,
  requestOf,
} from './fields.ts';

const SaleItem = requestOf({
  product: reference("The company's product reference"),
  quantity: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  amountCents: cents('Price of the whole line in cents'),
  name: Type.Optional(freeText({ maxLength: 500 })),
});

export const SaleRequest = requestOf(
  {
    externalId: reference("The company's own number of the sale"),
    seller: reference('Reference of the distributor'),
    buyer: reference("The company's reference of the buyer; it never leaves the gateway"),
    class: buyerClass,
    priceCents: cents('1 to 4294967295; the sum of the items'),
    volumeCents: cents('At most the price'),
    items: Type.Array(SaleItem, { minItems: 1, maxItems: 5_000 }),
    soldAt: Type.String({ format: 'date-time', description: 'ISO 8601, e.g. 2026-03-01T12:00:00Z' }),
  },
  'A sale.',
);
export type SaleRequest = Static<typeof SaleRequest>;

export const SalesRequest = requestOf({
  sales: Type.Array(SaleRequest, { minItems: 1, maxItems: 1_000 }),
});
export type SalesRequest = Static<typeof SalesRequest>;

export const SaleReceipt = Type.Object({
  externalId: Type.String(),
  state: Type.Literal('accepted'),
  seller: Type.String({ description: 'Reference of the distributor' }),
  class: buyerClass,
  priceCents: Type.String(),
  volumeCents: Type.String(),
  buyerCommitment: hex("Stands for the buyer in the sale's document"),
  acceptedAt: Type.String(),
});
/** Says that a sale was accepted. */
export type SaleReceipt = Static<typeof SaleReceipt>;

export const SalesReceipt = Type.Object({
  accepted: count('Sales that are new'),
  repeated: count('Sales that were accepted before'),
  refused: Type.Array(
    Type.Object({
      index: Type.Integer(),
      externalId: nullable(Type.String()),
      field: nullable(Type.String()),
      problem: Type.String(),
    }),
  ),
});
export type SalesReceipt = Static<typeof SalesReceipt>;

export const ReversalRequest = requestOf({
  reversalId: reference("The company's own number of the reversal"),
  priceCents: cents('Price taken back, at least 1'),
  volumeCents: cents('Volume taken back'),
  reason: Type.Optional(freeText({ maxLength: 500 })),
});
export type ReversalRequest = Static<typeof ReversalRequest>;

export const ReversalReceipt = Type.Object({
  reversalId: Type.String(),
  externalId: Type.String(),
  state: Type.Literal('accepted'),
  priceCents: Type.String(),
  volumeCents: Type.String(),
  acceptedAt: Type.String(),
});
export type ReversalReceipt = Static<typeof ReversalReceipt>;

const SaleDocument = Type.Object({
  version: Type.Literal(1),
  externalId: Type.String(),
  seller: Type.Integer(),
  buyerCommitment: hex(),
  class: buyerClass,
  priceCents: Type.String(),
  volumeCents: Type.String(),
  items: Type.Array(
    Type.Object({
      product: Type.String(),
      quantity: Type.Integer(),
      amountCents: Type.String(),
      name: Type.Optional(Type.String()),
    }),
  ),
  soldAt: Type.String(),
  salt: hex(),
});

export const SaleResponse = Type.Object({
  ref: nullable(Type.String({ description: 'Sale on the ledger, e.g. 12-7' })),
  externalId: nullable(Type.String()),
  state: itemState,
  refusal: nullable(Type.String()),
  acceptedAt: nullable(Type.Integer({ description: 'Unix seconds' })),
  seller: nullable(Type.Integer()),
  sellerReference: nullable(Type.String()),
  class: buyerClass,
  priceCents: Type.String(),
  volumeCents: Type.String(),
  reversed: Type.Object({ priceCents: Type.String(), volumeCents: Type.String() }),
  plan: nullable(Type.Integer({ description: 'Version' })),
  recordedAt: nullable(Type.Integer({ description: 'Unix seconds' })),
  settlesAt: nullable(Type.Integer({ description: 'Unix seconds: end of the return window' })),
  blockNumber: nullable(Type.Integer({ description: 'Of the recording' })),
  isFinal: nullable(isFinal('recording')),
  settled: Type.Boolean(),
  settlement: nullable(
    Type.Object({
      blockNumber: Type.Integer(),
      isFinal: isFinal('settlement'),
    }),
  ),
  countedCents: nullable(Type.String()),
  credits: nullable(
    Type.Array(
      Type.Object({ level: Type.Integer(), id: Type.Integer(), bps: Type.Integer(), units: Type.String() }),
    ),
  ),
  transactionHash: nullable(hex()),
  document: nullable(SaleDocument),
  manifest: nullable(Type.Object({ root: hex(), index: Type.Integer(), proof: Type.Array(hex()) })),
  reversals: Type.Array(
    Type.Object({
      reversalId: nullable(Type.String()),
      state: itemState,
      refusal: nullable(Type.String()),
      priceCents: Type.String(),
      volumeCents: Type.String(),
      reason: nullable(Type.String({ description: 'Only with the API key; null without it' })),
      transactionHash: nullable(hex()),
    }),
  ),
});
/** A sale. What the chain says of it is null until it is recorded. */
export type SaleResponse = Static<typeof SaleResponse>;
