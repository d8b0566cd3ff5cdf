import {
  type BatchSettled,
  type Entry,
  encodeLines,
  encodeSales,
  encodeStandings,
  MalformedError,
  type SaleRecord,
  Settler,
  settlementOf,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { zeroAddress, zeroHash } from 'viem';

/** The seller 10 %, then 5 and 2 % up the line, whoever is active; what is bought for oneself counts half. */
const PLAN = {
  kind: 0,
  compression: 1,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 10_000,
  weightsBps: [10_000, 10_000, 5_000] as const,
  ratesBps: [[1_000, 500, 200]],
};

const SALES: SaleRecord[] = [
  { class: 'retail', seller: 12, priceCents: 1_000n, volumeCents: 800n },
  { class: 'self', seller: 8, priceCents: 999n, volumeCents: 999n },
  { class: 'retail', seller: 16, priceCents: 500n, volumeCents: 500n },
];

function enrolled(id: number, sponsor: number): Entry {
  return { kind: 'enrolled', id, sponsor, wallet: zeroAddress };
}

function recorded(batch: number, sales: readonly SaleRecord[], plan = 1): Entry {
  const records = encodeSales(sales);
  const rest = { recorder: zeroAddress, recordedAt: 0, reserved: 0n, manifestRoot: zeroHash };
  return { kind: 'batchRecorded', batch, plan, records, ...rest };
}

function reversed(index: number, volumeCents: bigint): Entry {
  return { kind: 'saleReversed', batch: 1, index, seller: 12, priceCents: volumeCents, volumeCents };
}

/** A change of one record as the ledger announces and then applies it. */
type Announced = Extract<Entry, { change: number; effectiveAt: number }>;

function applied(announced: Announced, newId = 0, lapsed = false): Entry[] {
  return [announced, { kind: 'changeApplied', change: announced.change, until: 1, newId, lapsed }];
}

function standing(change: number, id: number, rank: number, status: number): Announced {
  const records = encodeStandings([{ id, rank, status }]);
  return {
    kind: 'standingAnnounced',
    change,
    ranker: zeroAddress,
    evidence: zeroHash,
    records,
    effectiveAt: 9,
  };
}

function correction(change: number, id: number, sponsor: number): Announced {
  return { kind: 'correctionAnnounced', change, id, sponsor, reason: zeroHash, effectiveAt: 9 };
}

function ending(change: number, id: number): Announced {
  const rest = { forCause: false, reason: zeroHash, evidence: zeroHash, effectiveAt: 9 };
  return { kind: 'endingAnnounced', change, id, ...rest };
}

function settled(batch: number, from: number, until: number): BatchSettled {
  const fields = { kind: 'batchSettled', batch, from, until, credited: 1n, released: 2n } as const;
  return settlementOf(fields, new Uint8Array());
}

/** 4 at the top, 8 below it, 12 below that; 16 is empty. */
const COMPANY: Entry[] = [
  { kind: 'planAnnounced', version: 1, startsAt: 0, planHash: zeroHash, plan: PLAN },
  enrolled(4, 0),
  enrolled(8, 4),
  enrolled(12, 8),
  recorded(1, SALES),
];

function settlerAfter(...entries: Entry[]): Settler {
  const settler = new Settler();
  for (const entry of [...COMPANY, ...entries]) settler.apply(entry);
  return settler;
}

/** Who is paid how much for each sale, as "volume: distributor rate, ...". */
function paidBy(settler: Settler, entry: BatchSettled): string[] {
  const whole = settler.complete(entry) as BatchSettled;
  return whole.lines.map(
    ({ volumeCents, credits }) =>
      `${volumeCents}: ${credits.map(({ id, bps }) => `${id} ${bps}`).join(', ')}`,
  );
}

describe('settling again from the entries', () => {
  describe('leaves as it is', () => {
    const cases: [string, Entry, Entry[]][] = [
      ['an entry of another kind', enrolled(20, 4), []],
      ['a settlement of a batch that was never recorded', settled(2, 0, 1), []],
      ['a settlement beyond the sales of its batch', settled(1, 0, 4), []],
      ['a settlement that ends before it begins', settled(1, 2, 1), []],
      [
        'a settlement of a batch by a plan that was never announced',
        settled(3, 0, 1),
        [recorded(3, SALES, 9)],
      ],
      ['a settlement of a batch that is settled', settled(1, 0, 3), [settled(1, 0, 3)]],
    ];
    for (const [what, entry, before] of cases) {
      it(what, () => {
        expect(settlerAfter(...before).complete(entry)).to.equal(entry);
      });
    }

    it('a settlement that has its lines', () => {
      const lines = [{ seller: 12, volumeCents: 7n, credits: [] }];
      const bytes = Buffer.from(encodeLines(lines).slice(2), 'hex');
      const entry = settlementOf(
        { kind: 'batchSettled', batch: 1, from: 0, until: 1, credited: 0n, released: 0n },
        bytes,
      );
      expect(settlerAfter().complete(entry)).to.equal(entry);
    });
  });

  it('refuses more taken back than was sold, which no ledger lets pass', () => {
    expect(() => settlerAfter(reversed(0, 900n)).complete(settled(1, 0, 1))).to.throw(MalformedError);
  });

  it('pays by plan and tree, and keeps everything else of the entry', () => {
    const settler = settlerAfter();
    expect(paidBy(settler, settled(1, 0, 3))).to.deep.equal([
      '800: 12 1000, 8 500, 4 200',
      '499: 8 1000, 4 500',
      '500: ',
    ]);
    const { lines: _, ...rest } = settler.complete(settled(1, 0, 3)) as BatchSettled;
    const { lines: __, ...before } = settled(1, 0, 3);
    expect(rest).to.deep.equal(before);
  });

  it('settles a part, and then the rest', () => {
    const settler = settlerAfter(settled(1, 0, 1));
    expect(paidBy(settler, settled(1, 1, 2))).to.deep.equal(['499: 8 1000, 4 500']);
    settler.apply(settled(1, 1, 3));
    expect(settler.complete(settled(1, 1, 2)))
      .to.have.property('lines')
      .that.deep.equals([]);
  });

  it('counts what is left after everything that was taken back', () => {
    const settler = settlerAfter(reversed(0, 100n), reversed(0, 200n), reversed(1, 999n));
    expect(paidBy(settler, settled(1, 0, 2))).to.deep.equal(['500: 12 1000, 8 500, 4 200', '0: ']);
  });

  it('pays by where distributors stand at the time, though it has settled for the same seller before', () => {
    const settler = settlerAfter(recorded(2, SALES));
    const first = settled(1, 0, 1);
    const again = settled(2, 0, 1);
    expect(paidBy(settler, first)).to.deep.equal(['800: 12 1000, 8 500, 4 200']);
    const [inactive, applyInactive] = applied(standing(1, 8, 0, 2));
    const cancelled = standing(7, 4, 0, 2);
    const steps: [what: string, entries: Entry[], paid: string][] = [
      ['announced and not applied', [inactive!], '800: 12 1000, 8 500, 4 200'],
      ['inactive', [applyInactive!], '800: 12 1000, 4 500'],
      ['active', applied(standing(2, 8, 3, 1)), '800: 12 1000, 8 500, 4 200'],
      ['corrected', applied(correction(3, 12, 4), 12), '800: 12 1000, 4 500'],
      ['moved', applied(correction(4, 12, 8), 20), '800: 20 1000, 8 500, 4 200'],
      ['a correction that lapsed', applied(correction(5, 20, 4), 0, true), '800: 20 1000, 8 500, 4 200'],
      ['inactive, by the old id', applied(standing(6, 12, 0, 2)), '800: 0 0, 8 500, 4 200'],
      [
        'cancelled',
        [cancelled, { kind: 'changeCancelled', change: 7, by: zeroAddress }, applied(cancelled)[1]!],
        '800: 0 0, 8 500, 4 200',
      ],
      ['left', applied(ending(8, 8)), '800: 0 0, 4 500'],
      ['no standing after leaving', applied(standing(9, 8, 0, 1)), '800: 0 0, 4 500'],
      ['left, by the old id', applied(ending(10, 12)), '800: 0 0, 4 500'],
    ];
    for (const [what, entries, paid] of steps) {
      for (const entry of entries) settler.apply(entry);
      expect(paidBy(settler, again), what).to.deep.equal([paid]);
    }
  });

  it('applies a change of standing in portions', () => {
    const settler = settlerAfter();
    const records = encodeStandings([
      { id: 8, rank: 0, status: 2 },
      { id: 12, rank: 0, status: 2 },
    ]);
    settler.apply({ ...standing(1, 8, 0, 2), records } as Entry);
    const part = { kind: 'changeApplied', change: 1, newId: 0, lapsed: false } as const;
    settler.apply({ ...part, until: 1 });
    expect(paidBy(settler, settled(1, 0, 1))).to.deep.equal(['800: 12 1000, 4 500']);
    settler.apply({ ...part, until: 2 });
    expect(paidBy(settler, settled(1, 0, 1))).to.deep.equal(['800: 0 0, 4 500']);
  });

  it('pays whoever has come into a lane that had sales before', () => {
    const settler = settlerAfter(recorded(2, SALES));
    expect(paidBy(settler, settled(1, 2, 3))).to.deep.equal(['500: ']);
    settler.apply(enrolled(16, 4));
    expect(paidBy(settler, settled(2, 2, 3))).to.deep.equal(['500: 16 1000, 4 500']);
  });

  it('pays by the plan of the batch, whatever was announced since', () => {
    const plan = { ...PLAN, ratesBps: [[100]] };
    const announced: Entry = { kind: 'planAnnounced', version: 2, startsAt: 0, planHash: zeroHash, plan };
    const settler = settlerAfter(announced, recorded(2, SALES, 2));
    expect(paidBy(settler, settled(1, 0, 1))).to.deep.equal(['800: 12 1000, 8 500, 4 200']);
    expect(paidBy(settler, settled(2, 0, 1))).to.deep.equal(['800: 12 100']);
  });
});
