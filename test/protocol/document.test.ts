import {
  amountOf,
  commissionLedgerAbi,
  commitBuyer,
  countedVolume,
  creditedBy,
  type DistributorRecord,
  documentHash,
  type Entry,
  encodeDistributors,
  encodeLines,
  encodeReversals,
  encodeSales,
  extendHead,
  GENESIS_HEAD,
  manifestProof,
  manifestRoot,
  maxTotalBps,
  type Plan,
  packFragment,
  payCommission,
  planHash,
  RecorderAllowances,
  type ReversalRecord,
  type SaleDocument,
  type SaleRecord,
  termsHash,
  verifyDocument,
} from '@plumbline/protocol';
import { expect } from 'chai';
import {
  concatHex,
  encodeAbiParameters,
  encodePacked,
  type Hex,
  keccak256,
  toEventSelector,
  toHex,
} from 'viem';
import { examplesOf, page } from '../support/protocol/document.ts';
import { contentOf } from '../support/protocol/packed.ts';

/** The worked example of docs/protocol.md. */

const ledger: Hex = `0x${'99'.repeat(20)}`;
const token: Hex = `0x${'88'.repeat(20)}`;
const admin: Hex = `0x${'aa'.repeat(20)}`;
const recorder: Hex = `0x${'bb'.repeat(20)}`;
const wallet4: Hex = `0x${'11'.repeat(20)}`;
const wallet5: Hex = `0x${'22'.repeat(20)}`;
const none: Hex = `0x${'00'.repeat(20)}`;
const CAP = 50_000_000_000n;
const COUNT_CAP = 1_000;
const CAP_PERIOD = 86_400;
const openedAt = 1_800_000_000;
const recordedAt = openedAt + 3600;

const plan: Plan = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 3000,
  weightsBps: [10_000, 5000, 2500],
  ratesBps: [[2000, 500, 300, 100]],
};
const distributors: DistributorRecord[] = [
  { id: 4, sponsor: 0, wallet: wallet4 },
  { id: 5, sponsor: 4, wallet: wallet5 },
  { id: 6, sponsor: 5, wallet: none },
];
const sales: SaleRecord[] = [
  { class: 'retail', seller: 6, priceCents: 1999n, volumeCents: 1999n },
  { class: 'self', seller: 6, priceCents: 1001n, volumeCents: 1000n },
];
const reversal: ReversalRecord = { index: 0, priceCents: 499n, volumeCents: 499n };

const salt: Hex = `0x${'5a'.repeat(32)}`;
const documents: SaleDocument[] = [
  {
    version: 1,
    externalId: 'INV-1001',
    seller: 6,
    buyerCommitment: commitBuyer('customer-77', salt),
    class: 'retail',
    priceCents: '1999',
    volumeCents: '1999',
    items: [{ product: '85123A', quantity: 1, amountCents: '1999' }],
    soldAt: '2027-01-15T08:00:00Z',
    salt,
  },
  {
    version: 1,
    externalId: 'INV-1002',
    seller: 6,
    buyerCommitment: commitBuyer('distributor-6', salt),
    class: 'self',
    priceCents: '1001',
    volumeCents: '1000',
    items: [
      { product: '71053', quantity: 2, amountCents: '1000' },
      { product: 'POST', quantity: 1, amountCents: '1' },
    ],
    soldAt: '2027-01-15T08:05:00Z',
    salt,
  },
];
const hashes = documents.map(documentHash);

const reserved = sumOf(sales) * BigInt(maxTotalBps(plan));
const present: SaleRecord[] = sales.map((sale, i) =>
  i === reversal.index
    ? {
        ...sale,
        priceCents: sale.priceCents - reversal.priceCents,
        volumeCents: sale.volumeCents - reversal.volumeCents,
      }
    : sale,
);
const tree = {
  sponsorOf: (id: number) => distributors.find((each) => each.id === id)?.sponsor ?? 0,
  rankOf: () => 0,
  statusOf: (id: number) => (distributors.some((each) => each.id === id) ? 1 : 0),
  movedTo: () => 0,
};
const lines = present.map((sale) =>
  payCommission(tree, plan, sale.seller, countedVolume(plan, sale.class, sale.volumeCents)),
);
const credited = lines.reduce((sum, line) => sum + creditedBy(line), 0n);
const released = sumOf(present) * BigInt(maxTotalBps(plan)) - credited;

function sumOf(records: SaleRecord[]): bigint {
  return records.reduce((sum, sale) => sum + countedVolume(plan, sale.class, sale.volumeCents), 0n);
}

function owedTo(id: number): bigint {
  const credits = lines.flatMap((line) => line.credits.map((credit) => ({ line, credit })));
  return credits.reduce(
    (sum, { line, credit }) => sum + (credit.id === id ? amountOf(line, credit) : 0n),
    0n,
  );
}

function journal(): [string, Entry][] {
  const terms = {
    token,
    unit: 1n,
    returnWindow: 1_209_600,
    planNotice: 2_592_000,
    capPeriod: CAP_PERIOD,
    compact: false,
    delay: 172_800,
  };
  const enrolled = distributors.map((distributor): [string, Entry] => [
    `enrolled${distributor.id}`,
    { kind: 'enrolled', ...distributor },
  ]);
  return [
    ['opened', { kind: 'opened', termsHash: termsHash(1, ledger, terms) }],
    ['roleChanged', { kind: 'roleChanged', role: GENESIS_HEAD, account: admin, granted: true }],
    ['adminDelaySet', { kind: 'adminDelaySet', delay: 172_800, effectiveFrom: openedAt }],
    [
      'planAnnounced',
      { kind: 'planAnnounced', version: 1, startsAt: openedAt, planHash: planHash(plan), plan },
    ],
    ['recorderSet', { kind: 'recorderSet', number: 1, recorder, cap: CAP, countCap: COUNT_CAP }],
    ['floatFunded', { kind: 'floatFunded', from: admin, units: 1_000_000_000n }],
    ...enrolled,
    [
      'batchRecorded',
      {
        kind: 'batchRecorded',
        batch: 1,
        plan: 1,
        recorder,
        recordedAt,
        reserved,
        manifestRoot: manifestRoot(hashes),
        records: encodeSales(sales),
      },
    ],
    ['saleReversed', { kind: 'saleReversed', batch: 1, seller: 6, ...reversal }],
    ['batchSettled', { kind: 'batchSettled', batch: 1, from: 0, until: 2, credited, released, lines }],
    ['payout', { kind: 'payout', id: 4, wallet: wallet4, units: owedTo(4) }],
  ];
}

function word(value: bigint): Hex {
  return toHex(value, { size: 32 });
}

/** Fields of a word from the lowest bit, each with its width. */
function fromLowest(...fields: [value: number, bits: number][]): Hex {
  let at = 0n;
  let sum = 0n;
  for (const [value, bits] of fields) {
    sum |= BigInt(value) << at;
    at += BigInt(bits);
  }
  return word(sum);
}

/** Of a batch whose sales are all in one leaf. */
function batchWord(records: readonly SaleRecord[]): Hex {
  const types = [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bytes32' }] as const;
  const facts = [1n, BigInt(recordedAt), BigInt(records.length), keccak256(encodeSales(records))] as const;
  return concatHex([keccak256(encodeAbiParameters(types, facts)).slice(0, 62) as Hex, '0x0000']);
}

/** The recorder's word after the enrolments, the batch, and the reversal a minute later. */
function recorderWord(): Hex {
  const allowances = new RecorderAllowances(CAP_PERIOD);
  allowances.setCaps(CAP, COUNT_CAP);
  const freed = reserved - sumOf(present) * BigInt(maxTotalBps(plan));
  expect(allowances.spend('count', openedAt, BigInt(distributors.length))).to.equal(true);
  expect(allowances.spend('count', recordedAt, BigInt(sales.length))).to.equal(true);
  expect(allowances.spend('units', recordedAt, reserved)).to.equal(true);
  expect(allowances.spend('returns', recordedAt + 60, freed)).to.equal(true);
  const [units, count, returns] = (['units', 'count', 'returns'] as const).map((kind) =>
    Number(allowances.wholeAt(kind)),
  );
  return fromLowest(
    [1, 8],
    [1, 24],
    [Number(CAP), 50],
    [COUNT_CAP, 24],
    [units ?? 0, 48],
    [count ?? 0, 48],
    [returns ?? 0, 48],
  );
}

/** Every value of the page, computed. */
function compute(): Map<string, string> {
  const values = new Map<string, string>();
  values.set('distributors', encodeDistributors(distributors));
  values.set('sales', encodeSales(sales));
  values.set('reversals', encodeReversals([reversal]));
  const planType = {
    type: 'tuple',
    components: ['uint8', 'uint8', 'uint8', 'uint16', 'uint16', 'uint16[3]', 'uint16[][]'].map((type) => ({
      type,
    })),
  };
  const fields = [0, 0, 0, plan.reach, plan.ceilingBps, plan.weightsBps, plan.ratesBps];
  const encoded = encodeAbiParameters([planType], [fields]);
  values.set('plan.encoded', encoded);
  values.set('plan.hash', keccak256(encoded));
  values.set('lines', encodeLines(lines));
  values.set('credited', `${credited}`);
  values.set('released', `${released}`);
  let head = GENESIS_HEAD;
  for (const [name, entry] of journal()) {
    const content = contentOf(entry);
    const next = keccak256(concatHex([head, content]));
    expect(next, name).to.equal(extendHead(head, entry));
    head = next;
    values.set(`${name}.content`, content);
    values.set(`${name}.head`, head);
  }
  for (const item of commissionLedgerAbi) {
    if (item.type !== 'event') continue;
    const isOfJournal = item.name === 'SaleSettled' || item.inputs.at(-1)?.name === 'head';
    if (isOfJournal) values.set(`topic.${item.name}`, toEventSelector(item));
  }
  const [first] = lines;
  values.set('readable.volume', `${first?.volumeCents}`);
  values.set(
    'readable.credits',
    first?.credits
      .map((credit) => `${amountOf(first, credit) * 100_000_000n + BigInt(credit.id)}`)
      .join(' ') ?? '',
  );
  const accounts = distributors.map(({ id, sponsor }) => ({
    sponsor,
    owed: id === 4 ? 0n : owedTo(id),
    rank: 0,
    status: 1,
    movedTo: 0,
  }));
  values.set('fragment', word(packFragment(accounts)));
  values.set('batch.beforeReversal', batchWord(sales));
  values.set('batch.afterReversal', batchWord(present));
  values.set('present', encodeSales(present));
  values.set('recorder', recorderWord());
  const [rates = []] = plan.ratesBps;
  values.set(
    'plan.terms',
    fromLowest(
      [0, 4],
      [0, 4],
      [0, 4],
      [1, 5],
      [plan.ceilingBps, 14],
      [maxTotalBps(plan), 14],
      ...plan.weightsBps.map((weight): [number, number] => [weight, 14]),
      [openedAt, 40],
      [plan.reach, 10],
    ),
  );
  values.set('plan.row', fromLowest([rates.length, 4], ...rates.map((rate): [number, number] => [rate, 14])));
  const [document] = documents;
  const sorted = Object.entries(document ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const items = document?.items.map(({ product, quantity, amountCents }) => ({
    amountCents,
    product,
    quantity,
  }));
  values.set('document', JSON.stringify({ ...Object.fromEntries(sorted), items }));
  values.set('document.buyerCommitment', keccak256(concatHex([salt, toHex('customer-77')])));
  values.set('document.hash', keccak256(toHex(values.get('document') ?? '')));
  hashes.forEach((hash, i) => {
    values.set(`manifest.leaf${i}`, keccak256(keccak256(encodePacked(['uint32', 'bytes32'], [i, hash]))));
  });
  const leaves = [0, 1].map((i) => values.get(`manifest.leaf${i}`) as Hex);
  values.set('manifest.root', keccak256(concatHex(leaves.toSorted())));
  values.set('manifest.proof0', leaves[1] ?? '');
  return values;
}

describe('docs/protocol.md', () => {
  const examples = examplesOf(page);
  const computed = compute();

  it('has the examples that are computed here, and no others', () => {
    expect([...examples.keys()]).to.have.members([...computed.keys()]);
  });

  for (const [name, value] of computed) {
    it(`is right about ${name}`, () => {
      expect(examples.get(name)).to.equal(value);
    });
  }

  it('agrees with protocol about plans and manifests', () => {
    expect(planHash(plan)).to.equal(examples.get('plan.hash'));
    expect(hashes[0]).to.equal(examples.get('document.hash'));
    expect(manifestRoot(hashes)).to.equal(examples.get('manifest.root'));
    expect(manifestProof(hashes, 0).join(' ')).to.equal(examples.get('manifest.proof0'));
    const parsed = JSON.parse(examples.get('document') ?? '') as SaleDocument;
    const proof = [examples.get('manifest.proof0') as Hex];
    expect(verifyDocument(examples.get('manifest.root') as Hex, 0, parsed, proof)).to.equal(true);
  });
});
