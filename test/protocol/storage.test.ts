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
import { decodeEntries, journalTopics } from '../../packages/protocol/src/decode.ts';
import type { JournalEntry } from '../../packages/protocol/src/entries.ts';
import { accountIn } from '../../packages/protocol/src/fragment.ts';
import { saleNumber } from '../../packages/protocol/src/ids.ts';
import { countedVolume, maxTotalBps, type Plan } from '../../packages/protocol/src/plan.ts';
import {
  decodeSales,
  encodeReversals,
  encodeSales,
  type SaleRecord,
} from '../../packages/protocol/src/records.ts';
import { RandomCompany } from '../support/protocol/company.ts';
import { page } from '../support/protocol/document.ts';
import { Chain } from '../support/protocol/ledger.ts';
import { Random } from '../support/protocol/random.ts';

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

describe('the storage of a real ledger is as docs/protocol.md says:', () => {
  let chain: Chain;
  let company: RandomCompany;

  async function read(slot: bigint): Promise<bigint> {
    const at = [company.ledger.address, toHex(slot), 'latest'];
    return BigInt(await chain.anvil.rpc<Hex>('eth_getStorageAt', at));
  }

  before(async () => {
    chain = await Chain.start();
    // The first company after this seed that has an open batch with reversals, one in parts, and an idle plan.
    for (let seed = 1; ; seed++) {
      company = await RandomCompany.open(chain, new Random(seed), false);
      for (let round = 0; round < 15; round++) await company.act();
      const open = company.twin.batches.filter(({ settled, records }) => settled < records.length);
      if (open.some(({ reversals }) => reversals.length > 0) && open.some(({ settled }) => settled > 0))
        break;
    }
  });

  after(() => chain?.stop());

  it('the head', async () => {
    expect(word(await read(slotOf('head')))).to.equal(company.twin.head);
  });

  it('the totals', async () => {
    const { twin } = company;
    const totals = split(await read(slotOf('totals')), 50, 50, 50, 32, 24, 24, 8, 8);
    expect(totals).to.deep.equal([
      twin.float,
      twin.reserved,
      twin.owed,
      BigInt(twin.entries.length),
      BigInt(twin.batches.length),
      BigInt(twin.fragments),
      BigInt(twin.batches.at(-1)?.plan ?? 1),
      BigInt(twin.plans.length),
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
      const [rates = []] = plan.ratesBps;
      const total = rates.reduce((sum, rate) => sum + rate, 0);
      expect(split(await read(slot), 4, 4, 4, 5, 14, 14, 14, 14, 14, 40)).to.deep.equal(
        [0, 0, 0, 1, plan.ceilingBps, total, ...plan.weightsBps, startsAt].map(BigInt),
      );
      expect(split(await read(slot + 1n), 4, ...rates.map(() => 14))).to.deep.equal(
        [rates.length, ...rates].map(BigInt),
      );
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

  it('every wallet, and the ids without one', async () => {
    const walletless = new Map<bigint, bigint>([[0n, 0n]]);
    for (const [id, { wallet }] of company.twin.people) {
      const at = BigInt(id >> 8);
      if (wallet === zeroAddress) walletless.set(at, (walletless.get(at) ?? 0n) | (1n << BigInt(id & 0xff)));
      else expect(await read(slotIn(slotOf('mapping wallet'), BigInt(wallet)))).to.equal(BigInt(id));
    }
    for (const [at, bits] of walletless) {
      expect(await read(slotIn(slotOf('mapping `id >> 8`'), at)), `ids from ${at << 8n}`).to.equal(bits);
    }
  });

  it('every fragment', async () => {
    const { twin } = company;
    const first = slotOf('fragment 0');
    expect(await read(first), 'fragment 0').to.equal(0n);
    for (const [i, expected] of twin.words().entries()) {
      expect(await read(first + BigInt(i + 1)), `fragment ${i + 1}`).to.equal(expected);
    }
    for (const [id, { wallet: _wallet, ...account }] of twin.people) {
      const fragment = id >> 2;
      const held = await read(first + BigInt(fragment));
      expect(accountIn(held, fragment, id & 3), `person ${id}`).to.deep.equal(account);
    }
  });

  it('the terms, in the code', async () => {
    const code = await chain.anvil.rpc<Hex>('eth_getCode', [company.ledger.address, 'latest']);
    const { returnWindow, planNotice, capPeriod, compact } = company.terms;
    const values = [BigInt(chain.deployment.token), 1, returnWindow, planNotice, capPeriod, Number(compact)];
    expect(`0x${code.slice(2 + 2 * 45)}`).to.equal(concatHex(values.map((value) => word(BigInt(value)))));
  });
});
