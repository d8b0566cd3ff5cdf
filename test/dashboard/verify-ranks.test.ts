import { openLedgerChain, type Verification, verifySale } from '@plumbline/dashboard';
import type { Plan, SettledLine } from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import { expect } from 'chai';
import { RankedProgramme } from './ranked.ts';
import { sharedChain } from './stage.ts';

type Credits = SettledLine['credits'];
/** Of each in the line: id, level, why not paid. */
type Places = [id: number, level: number | null, reason: string | null][];

const TERMS = { reach: 64, ceilingBps: 3_000, weightsBps: [10_000, 10_000, 10_000] } as const;

interface Case {
  title: string;
  plan: Plan;
  /** With 8 of rank 0, 7 of rank 1 and inactive, 6 of rank 1, 5 of rank 0 and 4 of rank 2. */
  credits: Credits;
  places: Places;
  /** After 7 has moved below 12, with the same ranks; 12 has rank 2. */
  creditsLater: Credits;
  placesLater: Places;
}

const cases: Case[] = [
  {
    title: 'by generation, rolled up',
    plan: {
      ...TERMS,
      kind: 2,
      compression: 1,
      boundaryRank: 1,
      ratesBps: [[1_000], [1_000, 500, 200], [1_000, 600, 300]],
    },
    credits: [
      { id: 9, bps: 1_000 },
      { id: 6, bps: 500 },
      { id: 4, bps: 300 },
    ],
    places: [
      [9, 0, null],
      [8, null, 'rank'],
      [7, null, 'inactive'],
      [6, 1, null],
      [5, null, 'rank'],
      [4, 2, null],
    ],
    creditsLater: [
      { id: 9, bps: 1_000 },
      { id: 12, bps: 600 },
    ],
    placesLater: [
      [9, 0, null],
      [8, null, 'rank'],
      [16, null, 'inactive'],
      [12, 1, null],
    ],
  },
  {
    title: 'by difference, without compression',
    plan: {
      ...TERMS,
      kind: 1,
      compression: 0,
      boundaryRank: 0,
      ratesBps: [
        [1_000, 0],
        [1_000, 500],
        [1_000, 900],
      ],
    },
    credits: [
      { id: 9, bps: 1_000 },
      { id: 0, bps: 0 },
      { id: 4, bps: 400 },
    ],
    places: [
      [9, 0, null],
      [8, null, 'rate'],
      [7, 1, 'inactive'],
      [6, null, 'rate'],
      [5, null, 'rate'],
      [4, 2, null],
    ],
    creditsLater: [
      { id: 9, bps: 1_000 },
      { id: 0, bps: 0 },
      { id: 12, bps: 400 },
    ],
    placesLater: [
      [9, 0, null],
      [8, null, 'rate'],
      [16, 1, 'inactive'],
      [12, 2, null],
    ],
  },
  {
    title: 'by level, dynamically compressed',
    plan: {
      ...TERMS,
      kind: 0,
      compression: 2,
      boundaryRank: 0,
      ratesBps: [
        [1_000, 300],
        [1_000, 400, 200],
        [1_000, 400, 300, 100],
      ],
    },
    credits: [
      { id: 9, bps: 1_000 },
      { id: 8, bps: 300 },
      { id: 6, bps: 200 },
      { id: 4, bps: 100 },
    ],
    places: [
      [9, 0, null],
      [8, 1, null],
      [7, null, 'inactive'],
      [6, 2, null],
      [5, null, 'rank'],
      [4, 3, null],
    ],
    creditsLater: [
      { id: 9, bps: 1_000 },
      { id: 8, bps: 300 },
      { id: 12, bps: 300 },
    ],
    placesLater: [
      [9, 0, null],
      [8, 1, null],
      [16, null, 'inactive'],
      [12, 2, null],
    ],
  },
];

describe('verifySale with ranks', () => {
  cases.forEach(({ title, plan, credits, places, creditsLater, placesLater }, i) => {
    describe(title, () => {
      let programme: RankedProgramme;
      let first: SaleResponse;
      let second: SaleResponse;

      const verify = (sale: SaleResponse) => {
        const { rpcUrl, ledger, startBlock } = programme.ledger;
        return verifySale(openLedgerChain(rpcUrl ?? '', ledger, startBlock), programme.ledger, sale);
      };

      before(async () => {
        programme = await RankedProgramme.open(await sharedChain(), plan, i % 2 === 0);
        await programme.setStanding(
          { id: 7, rank: 1, status: 2 },
          { id: 6, rank: 1, status: 1 },
          { id: 4, rank: 2, status: 1 },
          { id: 12, rank: 2, status: 1 },
        );
        first = await programme.sell();
      });

      it('says before the settlement what the ranks and statuses of now would pay', async () => {
        const result = await verify(first);
        expect(result.verdict).to.equal('agrees');
        expect(result.payout?.credits).to.deep.equal(credits);
        expect(placesOf(result)).to.deep.equal(places);
      });

      it('agrees with the settlement, and disagrees with a credit to a distributor passed over', async () => {
        first = await programme.settle(first, credits);
        const result = await verify(first);
        expect(statesOf(result)).to.deep.equal({ document: 'noted' });
        expect(result.payout?.credits).to.deep.equal(credits);
        const [own, ...others] = first.credits!;
        const redirected = { ...first, credits: [own!, ...others.map((credit) => ({ ...credit, id: 5 }))] };
        expect(statesOf(await verify(redirected))).to.deep.equal({ document: 'noted', shown: 'differs' });
      });

      it('agrees with it after ranks, sponsors and distributors have changed, by the line of that time', async () => {
        await programme.setStanding({ id: 9, rank: 5, status: 2 }, { id: 6, rank: 0, status: 2 });
        await programme.correctSponsorAndLeave(7, 12);
        const result = await verify(first);
        expect(statesOf(result)).to.deep.equal({ document: 'noted', upline: 'noted' });
        expect(noteOf(result)).to.equal('changedSince');
        expect(result.payout?.credits).to.deep.equal(credits);
        expect(placesOf(result)).to.deep.equal(places);
      });

      it('follows a distributor who has moved, now and in a past after the move', async () => {
        await programme.setStanding({ id: 9, rank: 0, status: 1 });
        second = await programme.sell();
        const open = await verify(second);
        expect(open.payout?.credits).to.deep.equal(creditsLater);
        expect(placesOf(open)).to.deep.equal(placesLater);
        const moved = open.checks.find(({ name }) => name === 'upline')?.facts;
        expect(moved).to.deep.include({ what: 'movedFrom', value: '7', level: 2 });
        second = await programme.settle(second, creditsLater);
        expect(statesOf(await verify(second))).to.deep.equal({ document: 'noted' });
        await programme.setStanding({ id: 9, rank: 1, status: 2 }, { id: 16, rank: 3, status: 1 });
        const later = await verify(second);
        expect(statesOf(later)).to.deep.equal({ document: 'noted', upline: 'noted' });
        expect(placesOf(later)).to.deep.equal(placesLater);
        expect(statesOf(await verify(first))).to.deep.equal({ document: 'noted', upline: 'noted' });
      });
    });
  });
});

function placesOf({ upline }: Verification): Places {
  return upline.map(({ id, level, reason }) => [id, level, reason]);
}

function noteOf({ checks }: Verification): string | undefined {
  return checks.find(({ name }) => name === 'upline')?.note;
}

/** The checks that did not simply agree. */
function statesOf({ checks }: Verification): Record<string, string> {
  return Object.fromEntries(
    checks.filter(({ state }) => state !== 'agrees').map(({ name, state }) => [name, state]),
  );
}
