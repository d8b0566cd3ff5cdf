import { type TProperties, type TSchema, Type } from '@fastify/type-provider-typebox';
import { BUYER_CLASSES, FLAG_OUTCOMES } from '@plumbline/protocol';
import { CENTS_PATTERN, LIMIT_PATTERN, TEXT_PATTERN, WALLET_PATTERN } from './patterns.ts';
import { PLAN_COMPRESSIONS, PLAN_KINDS } from './plan-words.ts';

/** What goes over the wire. The OpenAPI document is made of these. */

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** A request: fields that are not known are refused, because a misspelled one would be lost silently. */
const request = <T extends TProperties>(fields: T, description?: string) =>
  Type.Object(fields, { additionalProperties: false, ...(description !== undefined && { description }) });

const cents = (description: string) => Type.String({ pattern: CENTS_PATTERN, description });
export const units = (description: string) =>
  Type.String({ description: `${description}, in base units of 6 decimals, as decimal digits` });
/** Text that distributors wrote. A database cannot hold U+0000, nor half of a surrogate pair. */
export const freeText = (options: { minLength?: number; maxLength: number; description?: string }) =>
  Type.String({ pattern: TEXT_PATTERN, ...options });
const reference = (description: string) => freeText({ minLength: 1, maxLength: 200, description });
const wallet = (description: string) => Type.String({ pattern: WALLET_PATTERN, description });
const hash = (description: string) => Type.String({ description });
const count = (description: string) => Type.Integer({ description });

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    errors: Type.Array(Type.Object({ field: Type.String(), problem: Type.String() })),
  },
  { description: 'RFC 9457; `errors` names each field that is wrong and what would be right.' },
);

const buyerClass = Type.String({ enum: [...BUYER_CLASSES], description: 'Who bought' });

const SaleItem = request({
  product: reference("The company's product reference"),
  quantity: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  amountCents: cents('Price of the whole line in cents'),
  name: Type.Optional(freeText({ maxLength: 500 })),
});

export const SaleRequest = request(
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

export const SalesRequest = request({
  sales: Type.Array(SaleRequest, { minItems: 1, maxItems: 1_000 }),
});

export const SaleReceipt = Type.Object({
  externalId: Type.String(),
  state: Type.Literal('accepted'),
  seller: Type.String({ description: 'Reference of the distributor' }),
  class: Type.String(),
  priceCents: Type.String(),
  volumeCents: Type.String(),
  buyerCommitment: hash("Stands for the buyer in the sale's document"),
  acceptedAt: Type.String(),
});

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

export const ReversalRequest = request({
  reversalId: reference("The company's own number of the reversal"),
  priceCents: cents('Price taken back, at least 1'),
  volumeCents: cents('Volume taken back'),
  reason: Type.Optional(freeText({ maxLength: 500 })),
});

export const ReversalReceipt = Type.Object({
  reversalId: Type.String(),
  externalId: Type.String(),
  state: Type.Literal('accepted'),
  priceCents: Type.String(),
  volumeCents: Type.String(),
  acceptedAt: Type.String(),
});

export const DistributorsRequest = request({
  distributors: Type.Array(
    request({
      reference: reference("The company's own reference"),
      sponsor: nullable(reference('Reference of the sponsor; null for a root')),
      wallet: Type.Optional(nullable(wallet('Where payouts go; without one nothing can be paid out yet'))),
    }),
    { minItems: 1, maxItems: 1_000 },
  ),
});

export const DistributorsReceipt = Type.Object({ accepted: count('New'), known: count('Accepted before') });

const itemState = Type.String({
  enum: ['accepted', 'batched', 'sent', 'included', 'final', 'refused'],
  description: 'How far it is; `refused` comes with the reason',
});

const Flag = Type.Object({
  flag: Type.Integer({ description: 'Number of the flag' }),
  reason: hash('Hash of the reason, which is kept off the chain'),
  outcome: nullable(Type.String({ enum: [...FLAG_OUTCOMES], description: 'How the review ended' })),
  evidence: nullable(hash('Hash of the evidence of the outcome')),
});

export const Distributor = Type.Object({
  id: nullable(Type.Integer({ description: 'Distributor id; null until it is given' })),
  reference: nullable(Type.String()),
  state: itemState,
  refusal: nullable(Type.String()),
  sponsor: nullable(Type.Integer({ description: 'Distributor id; 0 for a root' })),
  sponsorReference: nullable(Type.String()),
  rank: nullable(Type.Integer({ description: '0 to 15' })),
  status: nullable(
    Type.String({
      enum: ['active', 'inactive', 'left', 'moved'],
      description: 'Only who is active is paid; `moved`: see `movedTo`',
    }),
  ),
  movedTo: nullable(
    Type.Integer({
      description: 'Distributor id under which they go on; what they had and who is below is there',
    }),
  ),
  wallet: nullable(Type.String({ description: 'Where payouts go now' })),
  hold: nullable(
    Type.Object(
      {
        until: Type.Integer({ description: 'Unix seconds' }),
        reason: hash('Hash of the reason, which is kept off the chain'),
      },
      { description: 'Payouts are held' },
    ),
  ),
  recovery: nullable(
    Type.Object(
      {
        wallet: Type.String(),
        executableFrom: Type.Integer({ description: 'Unix seconds' }),
      },
      { description: 'The company has proposed another wallet; the owner of the present one can cancel' },
    ),
  ),
  flags: Type.Array(Flag, { description: 'Reviews of this distributor; they change no money' }),
  depth: count('Distributors above; 0 for a root'),
  teamSize: count('Distributors below, at any depth'),
  directs: count('Distributors sponsored'),
  creditedUnits: units('Settled commissions'),
  paidUnits: units('Paid out'),
  owedUnits: units('Credited and not paid out'),
  pendingUnits: units('What settlement would credit as things stand'),
  pendingUntil: nullable(
    Type.Integer({ description: 'Unix seconds: end of the last window of what is pending' }),
  ),
  ownSales: count('Own sales'),
  enrolledBlock: nullable(Type.Integer()),
  isFinal: nullable(Type.Boolean({ description: 'Whether the enrolment can no longer be undone' })),
});

/** What every list takes. */
export const pageFields = {
  limit: Type.Optional(Type.String({ pattern: LIMIT_PATTERN, description: '1 to 200; 50 if absent' })),
  cursor: Type.Optional(freeText({ maxLength: 100, description: '`nextCursor` of the page before' })),
};

export const PageQuery = Type.Object(pageFields);

const SaleDocument = Type.Object({
  version: Type.Literal(1),
  externalId: Type.String(),
  seller: Type.Integer(),
  buyerCommitment: Type.String(),
  class: Type.String(),
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
  salt: Type.String(),
});

export const Sale = Type.Object({
  ref: nullable(Type.String({ description: 'Sale on the ledger, e.g. 12-7' })),
  externalId: nullable(Type.String()),
  state: itemState,
  refusal: nullable(Type.String()),
  acceptedAt: nullable(Type.Integer({ description: 'Unix seconds' })),
  seller: nullable(Type.Integer()),
  sellerReference: nullable(Type.String()),
  class: Type.String(),
  priceCents: Type.String(),
  volumeCents: Type.String(),
  reversed: Type.Object({ priceCents: Type.String(), volumeCents: Type.String() }),
  plan: nullable(Type.Integer({ description: 'Version' })),
  recordedAt: nullable(Type.Integer({ description: 'Unix seconds' })),
  settlesAt: nullable(Type.Integer({ description: 'Unix seconds: end of the return window' })),
  blockNumber: nullable(Type.Integer({ description: 'Of the recording' })),
  isFinal: nullable(Type.Boolean({ description: 'Whether the recording can no longer be undone' })),
  settled: Type.Boolean(),
  settlement: nullable(
    Type.Object({
      blockNumber: Type.Integer(),
      isFinal: Type.Boolean({ description: 'Whether the settlement can no longer be undone' }),
    }),
  ),
  countedCents: nullable(Type.String()),
  credits: nullable(
    Type.Array(
      Type.Object({ level: Type.Integer(), id: Type.Integer(), bps: Type.Integer(), units: Type.String() }),
    ),
  ),
  transactionHash: nullable(Type.String()),
  document: nullable(SaleDocument),
  manifest: nullable(
    Type.Object({ root: Type.String(), index: Type.Integer(), proof: Type.Array(Type.String()) }),
  ),
  reversals: Type.Array(
    Type.Object({
      reversalId: nullable(Type.String()),
      state: itemState,
      refusal: nullable(Type.String()),
      priceCents: Type.String(),
      volumeCents: Type.String(),
      reason: nullable(Type.String({ description: 'Only with the API key; null without it' })),
      transactionHash: nullable(Type.String()),
    }),
  ),
});

export const SearchResults = Type.Object({
  results: Type.Array(
    Type.Union([
      Type.Object({ type: Type.Literal('distributor'), id: Type.Integer(), label: Type.String() }),
      Type.Object({ type: Type.Literal('sale'), ref: Type.String(), label: Type.String() }),
    ]),
  ),
});

const Plan = Type.Object({
  kind: Type.Integer({ description: '0 by level, 1 by difference, 2 by generation' }),
  compression: Type.Integer({ description: '0 none, 1 roll-up, 2 dynamic' }),
  boundaryRank: Type.Integer({ description: 'Rank from which a generation is counted' }),
  ceilingBps: Type.Integer(),
  weightsBps: Type.Array(Type.Integer({ description: 'Retail, preferred, self' })),
  ratesBps: Type.Array(Type.Array(Type.Integer()), {
    description: 'A row for each rank; the seller first',
  }),
});

const PlanInForce = Type.Object({
  version: Type.Integer(),
  hash: Type.String(),
  startsAt: Type.Integer(),
  kind: Type.String({ enum: [...PLAN_KINDS] }),
  compression: Type.String({ enum: [...PLAN_COMPRESSIONS] }),
  maxTotalBps: Type.Integer({ description: 'The most it can pay: what recording a sale reserves' }),
  words: Type.Array(Type.String(), { description: 'Its terms in words' }),
  plan: Plan,
});

export const Ledger = Type.Object({
  ledger: Type.String(),
  chainId: Type.Integer(),
  token: Type.String(),
  rpcUrl: nullable(
    Type.String({ description: 'A node that a browser can ask itself; null if the company offers none' }),
  ),
  startBlock: Type.Integer(),
  terms: Type.Object({
    returnWindow: Type.Integer(),
    planNotice: Type.Integer(),
    capPeriod: Type.Integer(),
    compact: Type.Boolean(),
    unit: Type.String(),
  }),
  plan: nullable(PlanInForce),
  paused: Type.Boolean({ description: 'Whether enrolling and recording are paused' }),
  head: Type.String(),
  entryCount: Type.Integer(),
  blockNumber: Type.Integer(),
  blockTime: nullable(Type.Integer()),
  totals: Type.Object({
    distributors: Type.Integer(),
    sales: Type.Integer(),
    batches: Type.Integer(),
    priceCents: Type.String(),
    volumeCents: Type.String(),
    reversedPriceCents: Type.String(),
    reversedVolumeCents: Type.String(),
    creditedUnits: Type.String(),
    paidUnits: Type.String(),
    pendingSales: Type.Integer(),
  }),
  solvency: Type.Object({
    heldUnits: units("The ledger's tokens"),
    floatUnits: units('Free to cover new sales'),
    reservedUnits: units('Set aside for sales that are not settled'),
    owedUnits: units('Credited and not paid out'),
  }),
});

export const Status = Type.Object({
  queue: Type.Object({
    distributors: count('Waiting for a transaction'),
    sales: count('Waiting for a batch'),
    reversals: count('Waiting for a transaction'),
    transactions: count('Signed and not on chain'),
  }),
  oldestSaleSeconds: Type.Number({ description: 'How long the oldest waiting sale has waited' }),
  refused: Type.Object({
    distributors: Type.Integer(),
    sales: Type.Integer(),
    reversals: Type.Integer(),
  }),
  chain: Type.Object({ blockNumber: Type.Integer(), blockTime: Type.Integer() }),
  books: Type.Object({
    blockNumber: nullable(Type.Integer()),
    head: nullable(Type.String()),
    entryCount: nullable(Type.Integer()),
    lagBlocks: nullable(Type.Integer()),
  }),
  batcher: Type.Object({
    leading: Type.Boolean({ description: 'Whether this process sends' }),
    leader: nullable(Type.String({ description: 'Who sends' })),
    signer: Type.String(),
    signerBalanceWei: Type.String(),
    waiting: Type.Array(Type.Object({ step: Type.String(), reason: Type.String() }), {
      description: 'What cannot go on, and what has to change',
    }),
    problem: nullable(Type.String()),
  }),
});
