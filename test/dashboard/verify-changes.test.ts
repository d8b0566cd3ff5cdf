import { type ChainReader, openLedgerChain, type Verification, verifySale } from '@plumbline/dashboard';
import type { Plan, StandingRecord } from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import { expect } from 'chai';
import { RankedProgramme } from './ranked.ts';
import { sharedChain } from './stage.ts';

const PLAN: Plan = {
  kind: 0,
  compression: 1,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 3_000,
  weightsBps: [10_000, 10_000, 10_000],
  ratesBps: [[1_000, 500, 300]],
};
const INACTIVE: StandingRecord = { id: 8, rank: 0, status: 2 };
/** What a sale of 9 pays while 8 is active, and when 8 is passed over. */
const BEFORE = [
  { id: 9, bps: 1_000 },
  { id: 8, bps: 500 },
  { id: 7, bps: 300 },
];
const AFTER = [
  { id: 9, bps: 1_000 },
  { id: 7, bps: 500 },
  { id: 6, bps: 300 },
];

describe('verifySale around a change that is announced', () => {
  let programme: RankedProgramme;
  let earlier: SaleResponse;
  let later: SaleResponse;

  const openChain = () => {
    const { rpcUrl, ledger, startBlock } = programme.ledger;
    return openLedgerChain(rpcUrl ?? '', ledger, startBlock);
  };
  const verify = (sale: SaleResponse, chain: ChainReader = openChain()) =>
    verifySale(chain, programme.ledger, sale);

  before(async () => {
    programme = await RankedProgramme.open(await sharedChain(), PLAN, false);
    earlier = await programme.sell();
    await programme.announceStanding(INACTIVE);
    later = await programme.sell();
  });

  it('counts it for a sale recorded after it was effective, before anyone has applied it', async () => {
    const result = await verify(later);
    expect(result.verdict).to.equal('agrees');
    expect(changesOf(result)).to.deep.equal({ state: 'noted', note: 'changesWaiting', lastChange: '1' });
    expect(result.payout?.credits).to.deep.equal(AFTER);
  });

  it('does not count it for a sale recorded before', async () => {
    const result = await verify(earlier);
    expect(result.verdict).to.equal('agrees');
    expect(changesOf(result)).to.deep.equal({ state: 'agrees', note: undefined, lastChange: '0' });
    expect(result.payout?.credits).to.deep.equal(BEFORE);
  });

  it('agrees with both settlements, each by the standing of its recording', async () => {
    earlier = await programme.settle(earlier, BEFORE);
    await programme.applyStanding(INACTIVE);
    later = await programme.settle(later, AFTER);
    const first = await verify(earlier);
    expect(first.verdict).to.equal('agrees');
    expect(changesOf(first)).to.deep.equal({ state: 'agrees', note: undefined, lastChange: '0' });
    expect(first.payout?.credits).to.deep.equal(BEFORE);
    const second = await verify(later);
    expect(second.verdict).to.equal('agrees');
    expect(changesOf(second)).to.deep.equal({ state: 'agrees', note: undefined, lastChange: '1' });
    expect(second.payout?.credits).to.deep.equal(AFTER);
  });

  it('disagrees if a change that was effective does not show as applied', async () => {
    const honest = openChain();
    const hiding: ChainReader = {
      ...honest,
      listLogs: async (event, key, from) =>
        event === 'ChangeApplied' ? [] : honest.listLogs(event, key, from),
    };
    const result = await verify(later, hiding);
    expect(result.verdict).to.equal('disagrees');
    expect(result.checks.find(({ name }) => name === 'changes')?.differences).to.deep.equal([
      { what: 'lastChange', value: '1', other: '0' },
    ]);
  });
});

function changesOf({ checks }: Verification) {
  const check = checks.find(({ name }) => name === 'changes');
  const lastChange = check?.facts.find(({ what }) => what === 'lastChange')?.value;
  return { state: check?.state, note: check?.note, lastChange };
}
