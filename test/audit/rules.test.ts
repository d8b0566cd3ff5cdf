import { decodeLines, encodeLines, planHash } from '@plumbline/protocol';
import { expect } from 'chai';
import type { Address, Hex } from 'viem';
import { walletOf } from '../support/company/company.ts';
import { audit, entryAt, find, fullAudit, refold, rewrite, splice } from './forge.ts';
import { alter, LIVED, onBoth, placeAfter } from './histories.ts';
import { SECOND_PLAN } from './live.ts';

// Every head is computed anew, so that only the rules can tell.
describe('auditLogs by the rules', () => {
  onBoth(LIVED, (company, getCopy, compact) => {
    it('throws without the time of a block', () => {
      const copy = getCopy();
      expect(() => fullAudit({ ...copy, blockTimes: new Map() }, copy.logs)).to.throw(
        RangeError,
        'is not given',
      );
    });

    it('finds a payout to another wallet and one of an id that is not enrolled', () => {
      const copy = getCopy();
      const which = (args: Record<string, unknown>) => args.id === 9n;
      const wallet = walletOf(4);
      const other = alter(copy, 'Payout', which, () => ({ wallet }));
      expect(audit(copy, refold(other.forged))).to.deep.equal([`payout-wallet@${other.entry}`]);
      const unknown = alter(copy, 'Payout', which, () => ({ id: 99n }));
      expect(audit(copy, refold(unknown.forged))).to.deep.equal([`payout-distributor@${unknown.entry}`]);
    });

    it('finds an enrolment under another id, or with a wallet that is taken', () => {
      const copy = getCopy();
      const late = alter(
        copy,
        'Enrolled',
        (args) => args.id === 12n,
        () => ({ id: 13n }),
      );
      expect(audit(copy, refold(late.forged))[0]).to.equal(`enrolment-id@${late.entry}`);
      const { ledger, token } = company();
      for (const unusable of [walletOf(12), ledger, token]) {
        const { forged, entry } = alter(
          copy,
          'Enrolled',
          (args) => args.id === 16n,
          () => ({ wallet: unusable }),
        );
        expect(audit(copy, refold(forged))).to.deep.equal([`enrolment-wallet@${entry}`]);
      }
    });

    it('finds a plan with less notice, other content or another number', () => {
      const copy = getCopy();
      const second = (args: Record<string, unknown>) => args.version === 2n;
      const sooner = alter(copy, 'PlanAnnounced', second, (args) => ({
        startsAt: (args.startsAt as bigint) - 1n,
      }));
      expect(audit(copy, refold(sooner.forged))).to.deep.equal([`plan-start@${sooner.entry}`]);
      const other = { ...SECOND_PLAN, ceilingBps: 4_001 };
      const richer = alter(copy, 'PlanAnnounced', second, () => ({ plan: other }));
      expect(audit(copy, richer.forged)[0]).to.equal(`log-unreadable@${richer.entry}`);
      const greedy = { ...SECOND_PLAN, ceilingBps: 100 };
      const above = alter(copy, 'PlanAnnounced', second, () => ({
        plan: greedy,
        planHash: planHash(greedy),
      }));
      expect(audit(copy, refold(above.forged))).to.deep.equal([`plan-invalid@${above.entry}`]);
      const skipped = alter(copy, 'PlanAnnounced', second, () => ({ version: 3n }));
      expect(audit(copy, refold(skipped.forged))[0]).to.equal(`plan-version@${skipped.entry}`);
    });

    it('finds reversals of too much, of another seller, and too late', () => {
      const copy = getCopy();
      const which = (args: Record<string, unknown>) => args.sale === 65_539n;
      const much = alter(copy, 'SaleReversed', which, () => ({ priceCents: 4_501n }));
      expect(audit(copy, refold(much.forged))).to.deep.equal([`reversal-amount@${much.entry}`]);
      const other = alter(copy, 'SaleReversed', which, () => ({ seller: 9n }));
      expect(audit(copy, refold(other.forged))).to.deep.equal([`reversal-seller@${other.entry}`]);
      const none = alter(copy, 'SaleReversed', which, () => ({ sale: 65_536n + 99n }));
      expect(audit(copy, refold(none.forged))).to.include(`reversal-sale@${none.entry}`);
      const at = find(copy.logs, 'SaleReversed', which);
      const late = splice(copy.logs, copy.logs.length, 0, {
        ...copy.logs[at]!,
        ...placeAfter(copy.logs.at(-1)!),
      });
      const codes = audit(copy, refold(late));
      expect(codes).to.include(`reversal-window@${entryAt(late, late.length - 1)}`);
    });

    it('finds reversals that free more than the allowance of the batch’s recorder', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'SaleReversed');
      const poor = rewrite(copy.logs[find(copy.logs, 'RecorderSet')]!, () => ({ cap: 1n }));
      const lowered = splice(copy.logs, at, 0, { ...poor, ...placeAfter(copy.logs[at - 1]!) });
      expect(audit(copy, refold(lowered))).to.include(`reversal-cap@${entryAt(copy.logs, at) + 1}`);
      // Another recorder's allowance does not help.
      const rich = rewrite(copy.logs[find(copy.logs, 'RecorderSet', (args) => args.number === 2n)]!, () => ({
        cap: 1n << 49n,
      }));
      const end = { ...rich, ...placeAfter(copy.logs[at - 1]!) };
      const still = splice(lowered, at, 0, end);
      expect(audit(copy, refold(still))).to.include(`reversal-cap@${entryAt(copy.logs, at) + 2}`);
    });

    it('finds sales and enrolments beyond the count of every recorder', () => {
      const copy = getCopy();
      const first = (args: Record<string, unknown>) => args.number === 1n;
      const { forged } = alter(copy, 'RecorderSet', first, () => ({ countCap: 16n }));
      const [enrolled] = audit(copy, refold(forged));
      // Half of 16 at once: the ninth of one call is too much.
      const ninth = find(copy.logs, 'Enrolled', (args) => args.id === 16n);
      expect(enrolled).to.equal(`enrolment-count@${entryAt(copy.logs, ninth)}`);
      const small = alter(copy, 'RecorderSet', first, () => ({ countCap: 6n }));
      const batch = find(copy.logs, 'BatchRecorded');
      expect(audit(copy, refold(small.forged))).to.include(`batch-count@${entryAt(copy.logs, batch)}`);
    });

    it('reports a sale of an id that is not enrolled, and nothing else', () => {
      const copy = getCopy();
      const { forged, entry } = alter(
        copy,
        'BatchRecorded',
        (args) => args.batch === 3n,
        ({ records }) => ({ records: `0x0000000b${(records as string).slice(10)}` }),
      );
      const [finding, ...rest] = fullAudit(copy, refold(forged)).findings;
      expect(rest).to.deep.equal([]);
      expect(finding).to.include({ code: 'record-unenrolled', entry, subject: 'sale 3-0', found: '11' });
    });

    it('finds a settlement before its time and one that leaves sales out', () => {
      const copy = getCopy();
      const start = copy.logs.findIndex(
        (log) => log.blockNumber === copy.logs[find(copy.logs, 'BatchSettled')]!.blockNumber,
      );
      const block = copy.logs[start]!.blockNumber;
      const entry = entryAt(copy.logs, start);
      const blockTimes = new Map(copy.blockTimes).set(block, copy.blockTimes.get(block)! - 3 * 86_400);
      expect(audit({ ...copy, blockTimes }, copy.logs)).to.deep.equal([`settlement-window@${entry}`]);
      const without = copy.logs.filter((log) => log.blockNumber !== block);
      const codes = audit(copy, refold(without));
      expect(codes[0]).to.equal(`settlement-range@${entry}`);
    });

    it('finds records that no ledger takes', () => {
      const copy = getCopy();
      const record = (first: string) =>
        alter(
          copy,
          'BatchRecorded',
          (args) => args.batch === 3n,
          ({ records }) => ({ records: `0x${first}${(records as string).slice(26)}` }),
        );
      const cases = {
        'record-class': '0c000009000009c4000007d0',
        'record-seller': '00000099000009c4000007d0',
        'record-price': '000000090000000000000000',
        'record-volume': '00000009000007cf000007d0',
      };
      for (const [code, first] of Object.entries(cases)) {
        const { forged, entry } = record(first);
        expect(audit(copy, refold(forged))).to.include(`${code}@${entry}`);
      }
    });

    it('finds a recorder without power, above the cap, and a batch above the float', () => {
      const copy = getCopy();
      const third = (args: Record<string, unknown>) => args.batch === 3n;
      const stranger = alter(copy, 'BatchRecorded', third, () => ({ recorder: walletOf(9) }));
      expect(audit(copy, refold(stranger.forged))).to.deep.equal([`batch-recorder@${stranger.entry}`]);
      const other = alter(copy, 'BatchRecorded', third, () => ({ recorder: walletOf(5) }));
      expect(audit(copy, refold(other.forged))[0]).to.equal(`batch-sequence@${other.entry}`);
      const isFirst = (args: Record<string, unknown>) => args.number === 1n;
      const small = alter(copy, 'RecorderSet', isFirst, () => ({ cap: 1_000n }));
      const capped = entryAt(copy.logs, find(copy.logs, 'BatchRecorded'));
      expect(audit(copy, refold(small.forged))[0]).to.equal(`batch-cap@${capped}`);
      const poor = alter(
        copy,
        'FloatFunded',
        () => true,
        () => ({ units: 1n }),
      );
      const first = entryAt(copy.logs, find(copy.logs, 'BatchRecorded'));
      expect(audit(copy, refold(poor.forged))[0]).to.equal(`batch-float@${first}`);
      const dated = alter(copy, 'BatchRecorded', third, (args) => ({
        recordedAt: (args.recordedAt as bigint) + 1n,
      }));
      expect(audit(copy, refold(dated.forged))).to.deep.equal([`batch-time@${dated.entry}`]);
    });

    it('finds roles and the admin’s seat changed out of order', () => {
      const copy = getCopy();
      const { admin } = company();
      const isSeat = (args: Record<string, unknown>) => args.role === `0x${'0'.repeat(64)}`;
      const at = find(copy.logs, 'RoleChanged', isSeat);
      const end = copy.logs.length;
      const seat = (account: Address, granted: boolean) => ({
        ...rewrite(copy.logs[at]!, () => ({ account, granted })),
        ...placeAfter(copy.logs.at(-1)!),
      });
      const entry = entryAt(copy.logs, end);
      const robbed = splice(copy.logs, end, 0, seat(admin, false), seat(walletOf(9), true));
      expect(audit(copy, refold(robbed))).to.deep.equal([
        `admin-transfer@${entry}`,
        `admin-transfer@${entry + 1}`,
      ]);
      const twice = splice(copy.logs, end, 0, seat(admin, true));
      expect(audit(copy, refold(twice))).to.deep.equal([`role-change@${entry}`]);
      for (const first of [true, false]) {
        const soon = alter(
          copy,
          'AdminDelaySet',
          (args) => (args.delay === 86_400n) !== first,
          (args) => ({ effectiveFrom: (args.effectiveFrom as bigint) - 1n }),
        );
        expect(audit(copy, refold(soon.forged))).to.deep.equal([`admin-delay@${soon.entry}`]);
      }
      const offer = alter(
        copy,
        'AdminTransferSet',
        () => true,
        (args) => ({ acceptableFrom: (args.acceptableFrom as bigint) - 1n }),
      );
      expect(audit(copy, refold(offer.forged))).to.deep.equal([`admin-transfer@${offer.entry}`]);
    });

    it('finds other terms and a second opening', () => {
      const copy = getCopy();
      const origin = { ...copy.origin, terms: { ...copy.origin.terms, returnWindow: 1 } };
      expect(audit({ ...copy, origin }, copy.logs)[0]).to.equal('terms-hash@0');
      const again = splice(copy.logs, 1, 0, copy.logs[0]!);
      expect(audit(copy, refold(again))[0]).to.equal('opening@1');
    });

    it('finds a funding of nothing, and one above what a ledger can hold', () => {
      const copy = getCopy();
      const fund = (units: bigint) =>
        alter(
          copy,
          'FloatFunded',
          () => true,
          () => ({ units }),
        );
      const nothing = fund(0n);
      expect(audit(copy, refold(nothing.forged))[0]).to.equal(`funding-amount@${nothing.entry}`);
      const much = fund(1n << 50n);
      expect(audit(copy, refold(much.forged))).to.deep.equal([`custody-limit@${much.entry}`]);
    });

    it('finds what was done while no account was a recorder', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'RecorderSet');
      const forged = refold(splice(copy.logs, at, 1));
      const codes = audit(copy, forged);
      expect(codes[0]).to.equal(`no-recorder@${entryAt(forged, find(forged, 'Enrolled'))}`);
      expect(codes).to.include(`batch-recorder@${entryAt(forged, find(forged, 'BatchRecorded'))}`);
    });

    it('finds records that are not whole', () => {
      const copy = getCopy();
      const { forged, entry } = alter(
        copy,
        'BatchRecorded',
        (args) => args.batch === 3n,
        ({ records }) => ({ records: `${records}00` }),
      );
      expect(audit(copy, refold(forged))).to.deep.equal([`batch-records@${entry}`]);
    });

    it('finds a settlement of another batch, one that keeps a unit, and one of another volume', () => {
      const copy = getCopy();
      const which = (args: Record<string, unknown>) => args.batch === 2n;
      if (compact) {
        const { forged, entry } = alter(copy, 'BatchSettled', which, () => ({ batch: 99n }));
        expect(audit(copy, refold(forged))[0]).to.equal(`settlement-batch@${entry}`);
      } else {
        // The lines before it name their batch, so they do not belong to this one.
        const { forged, entry } = alter(copy, 'BatchSettled', which, () => ({ batch: 99n }));
        expect(audit(copy, forged)).to.include.members([
          `line-misplaced@${entry}`,
          `settlement-batch@${entry}`,
        ]);
      }
      const less = alter(copy, 'BatchSettled', which, (args) => ({
        released: (args.released as bigint) - 1n,
      }));
      expect(audit(copy, refold(less.forged))).to.deep.equal([`settlement-released@${less.entry}`]);
      const empty = compact
        ? alter(copy, 'BatchSettled', which, (args) => {
            const [first, ...rest] = decodeLines(args.sales as Hex);
            return { sales: encodeLines([{ ...first!, volumeCents: 1n }, ...rest]) };
          })
        : alter(
            copy,
            'SaleSettled',
            (args) => args.sale === 131_072n,
            () => ({ volumeCents: 0n, credits: [] }),
          );
      // Who sold it is then paid out more than the lines add up to.
      expect(audit(copy, refold(empty.forged))[0]).to.equal(`line-volume@${empty.entry}`);
    });
  });
});
