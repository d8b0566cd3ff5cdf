import {
  batchRoot,
  encodeStandings,
  maxTotalBps,
  parseAccount,
  STATUS_CLOSED,
  STATUS_INACTIVE,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { concatHex, encodeAbiParameters, type Hex, keccak256, toHex, zeroAddress } from 'viem';
import { applyAll, endMembership, setStanding } from '../support/protocol/changes.ts';
import { RandomCompany } from '../support/protocol/company.ts';
import { page } from '../support/protocol/document.ts';
import { Chain } from '../support/protocol/ledger.ts';
import { nameStandby, setPaused } from '../support/protocol/powers.ts';
import { record, reverse, settle } from '../support/protocol/sales.ts';
import type { Twin } from '../support/protocol/twin.ts';
import { CHANGE_KINDS, type ChangeContent } from '../support/protocol/twin-changes.ts';
import { recover } from '../support/protocol/wallets.ts';
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

/** What a change's word holds the lowest bits of. */
function contentHash(content: ChangeContent): Hex {
  switch (content.kind) {
    case 'standing':
      return keccak256(encodeStandings(content.standings));
    case 'sponsor':
      return keccak256(concatHex([word(BigInt(content.id)), word(BigInt(content.sponsor)), content.reason]));
    default:
      return keccak256(
        word(BigInt(content.kind === 'leaving' || content.kind === 'ending' ? content.id : 0)),
      );
  }
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

/** Whether every kind of word that stays is there, in every state that it can have. */
function hasHistory(twin: Twin): boolean {
  const distributors = [...twin.distributors];
  return [
    ...[0, 1, 2].map((kind) => twin.plans.some(({ plan }) => plan.kind === kind)),
    twin.plans.some(({ isCancelled }) => isCancelled),
    distributors.some(([, { status, movedTo }]) => status === STATUS_CLOSED && movedTo === 0),
    distributors.some(([, { status, rank }]) => status === STATUS_INACTIVE && rank > 0),
    distributors.some(([, { heldUntil, nonce }]) => heldUntil > 0 && nonce > 0),
    distributors.some(([, { leaving }]) => leaving > 0),
    distributors.some(([id, { wordId }]) => wordId !== 0 && wordId !== id),
    twin.flags.some(({ outcome, isAnswered }) => outcome === 0 && isAnswered),
    twin.flags.some(({ outcome }) => outcome > 0),
    twin.changes.some(({ isCancelled }) => isCancelled),
    twin.acts.size > 0,
    twin.entries.some(({ kind }) => kind === 'recorderReplaced'),
  ].every(Boolean);
}

/** Brings about what passes: a standby key, a recovery, open batches and pending changes of two eras. */
async function leaveOpenEnds(company: RandomCompany): Promise<void> {
  const { twin, ledger } = company;
  if (twin.paused) await setPaused(company, false);
  await applyAll(company);
  await nameStandby(company);
  while (twin.recoveries.size === 0) await recover(company);
  await company.refill();
  let batch = await record(company, 1);
  while (!batch || batch.records.length < 2) batch = await record(company, 1);
  while (batch.reversals.length === 0) await reverse(company, batch);
  await settle(company, batch, 1n);
  await setStanding(company);
  await endMembership(company);
  await ledger.chain.pass(twin.pending?.effectiveAt ?? 0);
  const later = await record(company, 1);
  while (later && later.reversals.length === 0) await reverse(company, later);
  await setStanding(company);
}

describe('the storage of a real ledger is as docs/protocol.md says:', () => {
  let chain: Chain;
  let company: RandomCompany;

  async function read(slot: bigint): Promise<bigint> {
    const at = [company.ledger.address, toHex(slot), 'latest'];
    return BigInt(await chain.anvil.rpc<Hex>('eth_getStorageAt', at));
  }

  before(async function () {
    this.timeout(120_000);
    chain = await Chain.start();
    company = await RandomCompany.open(chain, new Random(3), { compact: false, returnWindow: 5000 });
    while (!hasHistory(company.twin)) await company.act();
    await leaveOpenEnds(company);
    expect(company.twin.openBefore, 'open batches before the change').to.have.length.above(0);
    expect(company.twin.open.length, 'and after it').to.be.above(company.twin.openBefore.length);
  });

  after(() => chain?.stop());

  it('the head', async () => {
    expect(word(await read(slotOf('head')))).to.equal(company.twin.head);
  });

  it('the totals', async () => {
    const { twin } = company;
    const totals = split(await read(slotOf('totals')), 50, 50, 50, 32, 24, 16, 16, 16, 1, 1);
    const [plan = 0, due = 0] = totals.splice(5, 2).map(Number);
    expect(totals).to.deep.equal([
      twin.float,
      twin.reserved,
      twin.owed,
      BigInt(twin.entries.length),
      BigInt(twin.fragments),
      BigInt(twin.plans.length),
      BigInt(twin.paused),
      BigInt(twin.batches.length > 0),
    ]);
    // Whoever adopted the plan last did it at some time since.
    const { startsAt } = twin.planned(due);
    expect(plan).to.equal(twin.planAt(startsAt));
    expect(plan).to.be.at.least(twin.batches.at(-1)?.plan ?? 1);
    expect(startsAt).to.be.at.most(company.now);
  });

  it('every batch word', async () => {
    const types = [
      { type: 'uint256' },
      { type: 'uint256' },
      { type: 'uint256' },
      { type: 'bytes32' },
    ] as const;
    for (const each of company.twin.batches) {
      const { batch, plan, recordedAt, records, settled } = each;
      const root = batchRoot(company.twin.presentRecords(each));
      const facts = [BigInt(plan), BigInt(recordedAt), BigInt(records.length), root] as const;
      const digest = keccak256(encodeAbiParameters(types, facts));
      const open = ((BigInt(digest) >> 16n) << 16n) | BigInt(settled);
      const expected = settled < records.length ? open : 0n;
      expect(await read(slotIn(slotOf('mapping batch'), BigInt(batch))), `batch ${batch}`).to.equal(expected);
    }
  });

  it('every plan', async () => {
    const { plans } = company.twin;
    expect(plans).to.have.property('length').greaterThan(1);
    for (const [i, { plan, startsAt, isCancelled }] of plans.entries()) {
      const slot = slotIn(slotOf('mapping plan'), BigInt(i + 1));
      const { kind, compression, boundaryRank, reach, ceilingBps, weightsBps, ratesBps } = plan;
      const terms = [kind, compression, boundaryRank, ratesBps.length, ceilingBps, maxTotalBps(plan)];
      expect(
        split(await read(slot), 4, 4, 4, 5, 14, 14, 14, 14, 14, 40, 10, 1),
        `plan ${i + 1}`,
      ).to.deep.equal([...terms, ...weightsBps, startsAt, reach, Number(isCancelled)].map(BigInt));
      for (const [row, rates] of ratesBps.entries()) {
        expect(split(await read(slot + BigInt(1 + row)), 4, ...rates.map(() => 14))).to.deep.equal(
          [rates.length, ...rates].map(BigInt),
        );
      }
    }
  });

  it('every recorder, its key and the one that can replace it', async () => {
    const { recorders } = company.twin;
    const [words, keys, standbys] = [
      slotOf('mapping key of a recorder'),
      slotOf('number of recorders'),
      slotOf('mapping recorder number'),
    ];
    expect(await read(keys)).to.equal(BigInt(recorders.length));
    for (const { number, key, standby, sequence, cap, countCap, allowances } of recorders) {
      const held = split(await read(slotIn(words, BigInt(key))), 8, 24, 50, 24, 48, 48, 48);
      const whole = (['units', 'count', 'returns'] as const).map((kind) => allowances.wholeAt(kind));
      const expected = [BigInt(number), BigInt(sequence), cap, BigInt(countCap), ...whole];
      expect(held, `recorder ${number}`).to.deep.equal(expected);
      const first = BigInt(keccak256(word(keys)));
      expect(await read(first + BigInt(number - 1)), `key of ${number}`).to.equal(BigInt(key));
      expect(await read(slotIn(standbys, BigInt(number))), `standby of ${number}`).to.equal(BigInt(standby));
    }
  });

  it('the queue of changes, every change and every era', async () => {
    const { twin } = company;
    const starts = [...new Set(twin.changes.map(({ effectiveAt }) => effectiveAt))];
    const recordedAt = twin.batches.at(-1)?.recordedAt ?? 0;
    const recording = starts.filter((startsAt) => startsAt <= recordedAt).length;
    const pending = twin.changes.slice(twin.nextChange - 1).filter(({ isCancelled }) => !isCancelled);
    const standings = pending.filter(({ content }) => content.kind === 'standing');
    const cases = pending.filter(({ content }) => content.kind === 'sponsor' || content.kind === 'ending');
    const queue = split(await read(slotOf('queue of changes')), 32, 32, 32, 32, 32, 32, 16);
    expect(queue).to.deep.equal(
      [
        twin.era,
        recording,
        starts.length,
        twin.nextChange,
        twin.changes.length,
        standings.reduce((sum, { size }) => sum + size, 0),
        cases.length,
      ].map(BigInt),
    );
    for (const { number, content, size, done, isCancelled } of twin.changes) {
      const held = await read(slotIn(slotOf('mapping change'), BigInt(number)));
      const digest = BigInt(contentHash(content)) & (2n ** 160n - 1n);
      const rest = [CHANGE_KINDS[content.kind], Number(isCancelled), size, done].map(BigInt);
      expect(split(held, 160, 8, 8, 32, 32), `change ${number}`).to.deep.equal([digest, ...rest]);
    }
    for (const [i, startsAt] of starts.entries()) {
      const held = split(await read(slotIn(slotOf('mapping era'), BigInt(i + 1))), 40, 32, 32);
      const before = starts[i + 1] ?? Number.POSITIVE_INFINITY;
      const open = twin.open.filter((batch) => batch.recordedAt >= startsAt && batch.recordedAt < before);
      const last = twin.changes.findLast(({ effectiveAt }) => effectiveAt === startsAt);
      expect(held, `era ${i + 1}`).to.deep.equal([startsAt, open.length, last?.number ?? 0].map(BigInt));
    }
  });

  it('every announced call, and the successor', async () => {
    const { acts, successor } = company.twin;
    const slot = slotOf('mapping hash of a call');
    for (const [act, effectiveAt] of acts) {
      const [time] = split(await read(slotIn(slot, BigInt(act))), 40, 1);
      expect(time, act).to.equal(BigInt(effectiveAt));
    }
    expect(await read(slotOf('successor |'))).to.equal(BigInt(successor));
  });

  it('every wallet, and the distributors without one', async () => {
    const [wallets, unclaimed] = [
      slotOf('mapping wallet to wallet word'),
      slotOf('mapping id of a distributor'),
    ];
    for (const [id, distributor] of company.twin.distributors) {
      const { wallet, enrolledAt, heldUntil, nonce, leaving, wordId } = distributor;
      const hasWallet = wallet !== zeroAddress;
      const since = await read(slotIn(unclaimed, BigInt(id)));
      expect(since, `distributor ${id}`).to.equal(hasWallet ? 0n : BigInt(enrolledAt));
      if (!hasWallet) continue;
      const found = split(await read(slotIn(wallets, BigInt(wallet))), 26, 40, 40, 32, 32);
      const expected = [wordId, enrolledAt, heldUntil, nonce, leaving].map(BigInt);
      expect(found, `wallet of ${id}`).to.deep.equal(expected);
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
    for (const [i, { outcome, reviewBy, subject, subjectKind, isAnswered }] of flags.entries()) {
      const expected = [outcome, reviewBy, subject, subjectKind, Number(isAnswered)].map(BigInt);
      expect(split(await read(first + BigInt(i)), 8, 40, 48, 8, 8), `flag ${i + 1}`).to.deep.equal(expected);
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
    const { returnWindow, planNotice, capPeriod, compact, delay } = company.terms;
    const durations = [returnWindow, planNotice, capPeriod];
    const values = [BigInt(chain.deployment.token), 1, ...durations, Number(compact), delay];
    expect(`0x${code.slice(2 + 2 * 45)}`).to.equal(concatHex(values.map((value) => word(BigInt(value)))));
  });
});
