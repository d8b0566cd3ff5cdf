import {
  type AnnouncedChange,
  type ChangeApplied,
  encodeStandings,
  PendingChanges,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { zeroAddress, zeroHash } from 'viem';

const records = [
  { id: 4, rank: 1, status: 1 },
  { id: 5, rank: 2, status: 2 },
  { id: 6, rank: 3, status: 1 },
];
const standing: AnnouncedChange = {
  kind: 'standingAnnounced',
  change: 1,
  ranker: zeroAddress,
  evidence: zeroHash,
  records: encodeStandings(records),
  effectiveAt: 86_400,
};
const correction: AnnouncedChange = {
  kind: 'correctionAnnounced',
  change: 2,
  id: 6,
  sponsor: 4,
  reason: zeroHash,
  effectiveAt: 86_400,
};
const ending: AnnouncedChange = {
  kind: 'endingAnnounced',
  change: 3,
  id: 5,
  forCause: true,
  reason: zeroHash,
  evidence: zeroHash,
  effectiveAt: 86_400,
};

function applied(change: number, fields: Partial<ChangeApplied> = {}): ChangeApplied {
  return { kind: 'changeApplied', change, until: 1, newId: 0, lapsed: false, ...fields };
}

describe('pending changes', () => {
  let pending: PendingChanges;

  beforeEach(() => {
    pending = new PendingChanges();
    for (const each of [standing, correction, ending]) pending.announce(each);
  });

  it('are listed in the order of their announcement', () => {
    expect(pending.list()).to.deep.equal([standing, correction, ending]);
  });

  it('do nothing that was never announced, was cancelled or is applied already', () => {
    pending.cancel({ kind: 'changeCancelled', change: 2, by: zeroAddress });
    expect(pending.apply(applied(9))).to.equal(undefined);
    expect(pending.apply(applied(2, { newId: 6 }))).to.equal(undefined);
    expect(pending.apply(applied(3))).not.to.equal(undefined);
    expect(pending.apply(applied(3))).to.equal(undefined);
    expect(pending.list()).to.deep.equal([standing]);
  });

  it('apply standings in portions, and are pending until the last', () => {
    expect(pending.apply(applied(1, { until: 2 }))).to.deep.equal({
      kind: 'standing',
      records: records.slice(0, 2),
    });
    expect(pending.list()).to.include(standing);
    expect(pending.apply(applied(1, { until: 3 }))).to.deep.equal({
      kind: 'standing',
      records: records.slice(2),
    });
    expect(pending.list()).to.deep.equal([correction, ending]);
  });

  it('apply a correction under the new id', () => {
    expect(pending.apply(applied(2, { newId: 8 }))).to.deep.equal({
      kind: 'sponsor',
      id: 6,
      newId: 8,
      sponsor: 4,
    });
  });

  it('apply the end of a membership', () => {
    expect(pending.apply(applied(3))).to.deep.equal({ kind: 'ending', id: 5, forCause: true });
  });

  it('say that a change has lapsed', () => {
    expect(pending.apply(applied(2, { lapsed: true }))).to.deep.equal({ kind: 'lapsed' });
    expect(pending.apply(applied(3, { lapsed: true }))).to.deep.equal({ kind: 'lapsed' });
    expect(pending.list()).to.deep.equal([standing]);
  });
});
