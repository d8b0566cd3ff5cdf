import {
  countedVolume,
  decodeEntries,
  decodeSales,
  encodeReversals,
  encodeSales,
  type JournalEntry,
  journalTopics,
  maxTotalBps,
  type Plan,
  parseAccount,
  type SaleRecord,
  STATUS_CLOSED,
  STATUS_INACTIVE,
  saleNumber,
} from '@plumbline/protocol';
import { expect } from 'chai';
import {
  concatHex,
  createPublicClient,
  encodeAbiParameters,
  type Hex,
  http,
  keccak256,
  toHex,
  zeroAddress,
} from 'viem';
import { RandomCompany } from '../support/protocol/company.ts';
import { page } from '../support/protocol/document.ts';
import { Chain } from '../support/protocol/ledger.ts';
import type { Twin } from '../support/protocol/twin.ts';
import { Random } from '../support/random.ts';

/** The number of the slot that docs/protocol.md says holds what begins with `what`. */
function slotOf(what: string): bigint {
  const row = page.split('\n').find((line) => /^\| \d+ \| /.test(line) && line.includes(`| ${what}`));
  if (!row) throw new Error(`docs/protocol.md has no slot for ${what}.`);
  return BigInt(row.split('|')[1]?.trim() ?? '');
}

function word(value: bigint): Hex {
  return toHex(value, { size: 32 });
}

function slotIn(mapping: bigint, key: bigint): bigint {
  return BigInt(keccak256(concatHex([word(key), word(mapping)])));
}

/** The fields of a word from the lowest bit. */
function split(value: bigint, ...widths: number[]): bigint[] {
  let rest = value;
  const fields = widths.map((bits) => {
    const field = rest & ((1n << BigInt(bits)) - 1n);
    rest >>= BigInt(bits);
    return field;
  });
  expect(rest, 'nothing above the last field').to.equal(0n);
  return fields;
}

/** What batches reserved and reversals freed, each with the block it stands in, in the order of the journal. */
function reservedAndFreed(journal: readonly JournalEntry[]) {
  const plans = new Map<number, Plan>();
  const sales = new Map<number, { plan: Plan; record: SaleRecord }>();
  const moves: { blockNumber: bigint; reserved: bigint; freed: bigint }[] = [];
  for (const { entry, blockNumber } of journal) {
    if (entry.kind === 'planAnnounced') plans.set(entry.version, entry.plan);
    if (entry.kind === 'batchRecorded') {
      const plan = plans.get(entry.plan)!;
      decodeSales(entry.records).forEach((record, index) => {
        sales.set(saleNumber({ batch: entry.batch, index }), { plan, record });
      });
      moves.push({ blockNumber, reserved: entry.reserved, freed: 0n });
    }
    if (entry.kind === 'saleReversed') {
      const { plan, record } = sales.get(saleNumber(entry))!;
      const before = countedVolume(plan, record.class, record.volumeCents);
      record.volumeCents -= entry.volumeCents;
      const fewer = before - countedVolume(plan, record.class, record.volumeCents);
      moves.push({ blockNumber, reserved: 0n, freed: fewer * BigInt(maxTotalBps(plan)) });
    }
  }
  return moves;
}

/** Whether every kind of word is there, in every state that it can have. */
function hasEverything({ batches, plans, distributors: byId, flags, recoveries }: Twin): boolean {
  const open = batches.filter(({ settled, records }) => settled < records.length);
  const distributors = [...byId.values()];
  return (
    open.some(({ reversals }) => reversals.length > 0) &&
    open.some(({ settled }) => settled > 0) &&
    [0, 1, 2].every((kind) => plans.some(({ plan }) => plan.kind === kind)) &&
    distributors.some(({ movedTo }) => movedTo !== 0) &&
    distributors.some(({ status, movedTo }) => status === STATUS_CLOSED && movedTo === 0) &&
    distributors.some(({ status, rank }) => status === STATUS_INACTIVE && rank > 0) &&
    distributors.some(({ heldUntil, nonce }) => heldUntil > 0 && nonce > 0) &&
    flags.includes(0) &&
    flags.some((outcome) => outcome > 0) &&
    recoveries.size > 0
  );
}

describe('the storage of a real ledger is as docs/protocol.md says:', () => {
  let chain: Chain;
  let company: RandomCompany;

  async function read(slot: bigint): Promise<bigint> {
    const at = [company.ledger.address, toHex(slot), 'latest'];
    return BigInt(await chain.anvil.rpc<Hex>('eth_getStorageAt', at));
  }

  before(async () => {
    chain = await Chain.start();
    company = await RandomCompany.open(chain, new Random(1), { compact: false, returnWindow: 5000 });
    while (!hasEverything(company.twin)) await company.act();
  });

  after(() => chain?.stop());

  it('the head', async () => {
    expect(word(await read(slotOf('head')))).to.equal(company.twin.head);
  });

  it('the totals', async () => {
    const { twin } = company;
    const totals = split(await read(slotOf('totals')), 50, 50, 50, 32, 24, 24, 8, 8, 1);
    expect(totals).to.deep.equal([
      twin.float,
      twin.reserved,
      twin.owed,
      BigInt(twin.entries.length),
      BigInt(twin.batches.length),
      BigInt(twin.fragments),
      BigInt(twin.batches.at(-1)?.plan ?? 1),
      BigInt(twin.plans.length),
      BigInt(twin.paused),
    ]);
  });

  it('every batch word', async () => {
    for (const { batch, plan, recordedAt, records, reversals, settled } of company.twin.batches) {
      const types = [
        { type: 'uint256' },
        { type: 'uint256' },
        { type: 'bytes32' },
        { type: 'bytes32' },
      ] as const;
      const hashes = [keccak256(encodeSales(records)), keccak256(encodeReversals(reversals))] as const;
      const digest = keccak256(encodeAbiParameters(types, [BigInt(plan), BigInt(recordedAt), ...hashes]));
      const open = ((BigInt(digest) >> 16n) << 16n) | BigInt(settled);
      const expected = settled < records.length ? open : 0n;
      expect(await read(slotIn(slotOf('mapping batch'), BigInt(batch))), `batch ${batch}`).to.equal(expected);
    }
  });

  it('every plan', async () => {
    const { plans } = company.twin;
    expect(plans).to.have.property('length').greaterThan(1);
    for (const [i, { plan, startsAt }] of plans.entries()) {
      const slot = slotIn(slotOf('mapping plan'), BigInt(i + 1));
      const { kind, compression, boundaryRank, ceilingBps, weightsBps, ratesBps } = plan;
      const terms = [kind, compression, boundaryRank, ratesBps.length, ceilingBps, maxTotalBps(plan)];
      expect(split(await read(slot), 4, 4, 4, 5, 14, 14, 14, 14, 14, 40), `plan ${i + 1}`).to.deep.equal(
        [...terms, ...weightsBps, startsAt].map(BigInt),
      );
      for (const [row, rates] of ratesBps.entries()) {
        expect(split(await read(slot + BigInt(1 + row)), 4, ...rates.map(() => 14))).to.deep.equal(
          [rates.length, ...rates].map(BigInt),
        );
      }
    }
  });

  it("the recorder's grant", async () => {
    const client = createPublicClient({ transport: http(chain.anvil.rpcUrl) });
    const logs = await client.getLogs({ address: company.ledger.address, fromBlock: 0n });
    const journal = decodeEntries(logs.filter(({ topics }) => journalTopics.includes(topics[0] ?? '0x')));
    const moves = await Promise.all(
      reservedAndFreed(journal).map(async ({ blockNumber, ...move }) => {
        const { timestamp } = await client.getBlock({ blockNumber });
        return { ...move, period: timestamp / BigInt(company.terms.capPeriod) };
      }),
    );
    const period = moves.at(-1)?.period ?? 0n;
    const inPeriod = moves.filter((move) => move.period === period);
    const spent = inPeriod.reduce((sum, { reserved }) => sum + reserved, 0n);
    const freed = inPeriod.reduce((sum, each) => sum + each.freed, 0n);
    const grant = split(await read(slotIn(slotOf('mapping recorder'), BigInt(chain.admin))), 64, 64, 40, 64);
    expect(grant).to.deep.equal([2n ** 60n, spent, period, freed]);
  });

  it('every wallet, and the distributors without one', async () => {
    const [wallets, unclaimed] = [
      slotOf('mapping wallet to wallet word'),
      slotOf('mapping id of a distributor'),
    ];
    for (const [id, { wallet, enrolledAt, heldUntil, nonce }] of company.twin.distributors) {
      const hasWallet = wallet !== zeroAddress;
      const since = await read(slotIn(unclaimed, BigInt(id)));
      expect(since, `distributor ${id}`).to.equal(hasWallet ? 0n : BigInt(enrolledAt));
      if (!hasWallet) continue;
      const found = split(await read(slotIn(wallets, BigInt(wallet))), 26, 40, 40, 32);
      expect(found, `wallet of ${id}`).to.deep.equal([id, enrolledAt, heldUntil, nonce].map(BigInt));
    }
  });

  it('every recovery', async () => {
    const { recoveries, distributors } = company.twin;
    for (const [id, { wallet }] of distributors) {
      const { to = zeroAddress, executableFrom = 0 } = recoveries.get(wallet) ?? {};
      const found = split(await read(slotIn(slotOf('mapping wallet to recovery'), BigInt(wallet))), 160, 40);
      expect(found, `distributor ${id}`).to.deep.equal([BigInt(to), BigInt(executableFrom)]);
    }
  });

  it('every flag', async () => {
    const { flags } = company.twin;
    const slot = slotOf('number of flags');
    expect(await read(slot)).to.equal(BigInt(flags.length));
    const first = BigInt(keccak256(word(slot)));
    for (const [i, outcome] of flags.entries()) {
      const outcomes = await read(first + BigInt(Math.floor(i / 32)));
      expect((outcomes >> BigInt(8 * (i % 32))) & 0xffn, `flag ${i + 1}`).to.equal(BigInt(outcome));
    }
  });

  it('every fragment', async () => {
    const { twin } = company;
    const first = slotOf('fragment 0');
    expect(await read(first), 'fragment 0').to.equal(0n);
    for (const [i, expected] of twin.words().entries()) {
      expect(await read(first + BigInt(i + 1)), `fragment ${i + 1}`).to.equal(expected);
    }
    for (const [id, { sponsor, owed, rank, status, movedTo }] of twin.distributors) {
      const fragment = id >> 2;
      const held = await read(first + BigInt(fragment));
      expect(parseAccount(held, fragment, id & 3), `distributor ${id}`).to.deep.equal({
        sponsor,
        owed,
        rank,
        status,
        movedTo,
      });
    }
  });

  it('the terms, in the code', async () => {
    const code = await chain.anvil.rpc<Hex>('eth_getCode', [company.ledger.address, 'latest']);
    const { returnWindow, planNotice, capPeriod, compact } = company.terms;
    const values = [BigInt(chain.deployment.token), 1, returnWindow, planNotice, capPeriod, Number(compact)];
    expect(`0x${code.slice(2 + 2 * 45)}`).to.equal(concatHex(values.map((value) => word(BigInt(value)))));
  });
});
