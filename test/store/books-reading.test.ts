import { amountOf, creditedBy, decodeSales, MalformedError } from '@plumbline/protocol';
import {
  applyEntries,
  type Flag,
  findBatch,
  findDistributor,
  findLedger,
  findNextChange,
  findPlanAt,
  findPresentRecords,
  findSale,
  findStatus,
  getPending,
  getPowers,
  getTotals,
  listByTransaction,
  listCredits,
  listDisclosures,
  listDueBatches,
  listFlags,
  listPendingChanges,
  listPlans,
  listReversals,
  saveLedger,
} from '@plumbline/store';
import { expect } from 'chai';
import { zeroAddress } from 'viem';
import { History, LEDGER, RETURN_WINDOW, START, START_BLOCK } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { listAll } from './list-all.ts';
import { onBothEngines } from './on-both-engines.ts';

const BLOCKS = 200;
const LAST = START_BLOCK + BLOCKS - 1;

onBothEngines('reading the books', (store) => {
  const history = new History(11, BLOCKS);

  before(async () => {
    await saveLedger(store.database, LEDGER_ROW);
    await applyEntries(store.database, LEDGER, history.stretch(START, LAST, LAST + 5));
  });

  const childrenOf = (id: number) => history.childrenOf(id).map((each) => each.id);
  const teamOf = (id: number): number[] => childrenOf(id).flatMap((child) => [child, ...teamOf(child)]);
  const depthOf = (id: number): number => {
    const sponsor = history.distributors.find((each) => each.id === id)?.sponsor ?? 0;
    return sponsor === 0 ? 0 : 1 + depthOf(sponsor);
  };

  it('finds nothing that does not exist', async () => {
    expect(await findLedger(store.database, zeroAddress)).to.equal(undefined);
    expect(await findStatus(store.database, zeroAddress)).to.equal(undefined);
    expect(await findDistributor(store.database, LEDGER, 3_999)).to.equal(undefined);
    expect(
      await findDistributor(store.database, LEDGER, '0x00000000000000000000000000000000000000ff'),
    ).to.equal(undefined);
    expect(await findDistributor(store.database, zeroAddress, 4)).to.equal(undefined);
    expect(await findSale(store.database, LEDGER, { batch: 1, index: 900 })).to.equal(undefined);
    expect(await findBatch(store.database, LEDGER, 9_999)).to.equal(undefined);
    expect(await findPlanAt(store.database, LEDGER, 1)).to.equal(undefined);
    expect(await listByTransaction(store.database, LEDGER, START.head)).to.deep.equal([]);
    expect(await getPending(store.database, LEDGER, 3_999)).to.include({ units: 0n, sales: 0, until: null });
    const totals = await getTotals(store.database, zeroAddress);
    expect(Object.values(totals).every((value) => value === 0 || value === 0n)).to.equal(true);
  });

  it('refuses a cursor that is not one of its own', async () => {
    for (const cursor of ['', '1-', '-5', 'x', '1-2-3', "1';", '1-0', '9999999999-1']) {
      const request = { limit: 10, cursor };
      expect(await listCredits(store.database, LEDGER, 4, request).catch((e) => e)).to.be.instanceOf(
        MalformedError,
      );
    }
  });

  it('knows the ledger and its progress', async () => {
    expect(await findLedger(store.database, LEDGER)).to.deep.equal(LEDGER_ROW);
    const last = history.blocks.at(-1);
    expect(await findStatus(store.database, LEDGER)).to.deep.equal({
      blockNumber: LAST,
      blockHash: last?.hash,
      blockTime: last?.timestamp,
      head: history.blocks.flatMap(({ entries }) => entries).at(-1)?.head,
      entryCount: history.entryCount,
      tipNumber: LAST + 5,
      lagBlocks: 5,
      finalNumber: null,
    });
  });

  it('knows every distributor, by id and by wallet', async () => {
    const states = new Set<string>();
    for (const { id, sponsor, ...made } of history.distributors) {
      const distributor = await findDistributor(store.database, LEDGER, id);
      const isPresent = made.movedTo === null;
      expect(distributor).to.deep.equal({
        id,
        sponsor,
        depth: isPresent ? depthOf(id) : distributor?.depth,
        ...made,
        openedUnits: history.opened.get(id) ?? 0n,
        creditedUnits: history.credited.get(id) ?? 0n,
        paidUnits: history.paid.get(id) ?? 0n,
        directs: isPresent ? childrenOf(id).length : 0,
        teamSize: isPresent ? teamOf(id).length : 0,
        ownSales: history.batches
          .flatMap(({ sales }) => sales)
          .filter(({ seller }) => isPresent && history.idsOf(id).includes(seller)).length,
      });
      const { wallet, status, hold, recovery } = made;
      if (wallet) expect(await findDistributor(store.database, LEDGER, wallet)).to.deep.equal(distributor);
      states.add(isPresent ? String(status) : 'moved');
      if (hold) states.add('held');
      if (recovery) states.add('in recovery');
    }
    expect([...states].sort()).to.deep.equal(['1', '2', '3', 'held', 'in recovery', 'moved']);
  });

  it('knows the flags of every distributor and sale, and the permissions', async () => {
    const undecided = history.flagsAt(0).filter(({ outcome }) => outcome === null);
    // The last of them is open, and the first ones have ended by themselves.
    const now = (undecided.at(-1)?.reviewBy ?? 0) - 1;
    const flags = history.flagsAt(now);
    const outcomes = new Set(flags.map(({ outcome }) => outcome));
    expect(outcomes.size).to.be.greaterThan(1);
    for (const { id, movedTo } of history.distributors) {
      const ids = movedTo === null ? history.idsOf(id) : [id];
      const expected = flags.filter(
        ({ subjectKind, subject }) => subjectKind === 'distributor' && ids.includes(subject),
      );
      expect(await listFlags(store.database, LEDGER, 'distributor', id, now)).to.deep.equal(expected);
    }
    const onSales = flags.filter(({ subjectKind }) => subjectKind === 'sale');
    for (const { subject } of onSales) {
      const expected = onSales.filter((flag) => flag.subject === subject);
      expect(await listFlags(store.database, LEDGER, 'sale', subject, now)).to.deep.equal(expected);
    }
    const byThemselves = flags.filter(({ outcome, isOpen }) => outcome === null && !isOpen);
    expect(byThemselves).to.not.have.lengthOf(0);
    expect(flags.filter(({ isOpen }) => isOpen)).to.not.have.lengthOf(0);
    expect(flags.filter(({ answer }) => answer !== null)).to.not.have.lengthOf(0);
    const [{ subjectKind, subject, flag, reviewBy }] = byThemselves as [Flag];
    for (const [time, isOpen] of [
      [reviewBy - 1, true],
      [reviewBy, false],
    ] as const) {
      const found = await listFlags(store.database, LEDGER, subjectKind, subject, time);
      expect(found.find((each) => each.flag === flag)?.isOpen).to.equal(isOpen);
    }
    expect(await getPowers(store.database, LEDGER)).to.deep.equal(history.powers);
  });

  it('knows the changes that are pending, and which one is next', async () => {
    const pending = await listPendingChanges(store.database, LEDGER);
    expect(pending).to.deep.equal(history.pendingChanges);
    expect(await findNextChange(store.database, zeroAddress)).to.equal(undefined);
    const [change] = pending;
    expect(await findNextChange(store.database, LEDGER)).to.deep.equal(
      change && {
        change,
        openBatches: history.batches.filter(
          ({ recordedAt, settled, sales }) => recordedAt < change.effectiveAt && settled < sales.length,
        ).length,
      },
    );
  });

  it('lists the disclosures', async () => {
    const published = history.blocks
      .flatMap(({ entries }) => entries)
      .flatMap(({ entry, blockNumber, transactionHash }) =>
        entry.kind === 'disclosurePublished' ? [{ ...entry, blockNumber, transactionHash }] : [],
      );
    expect(published).to.not.have.lengthOf(0);
    const disclosures = await listDisclosures(store.database, LEDGER);
    expect(disclosures.map(({ entry, ...rest }) => rest)).to.deep.equal(
      published.map(({ kind, blockNumber, ...rest }) => ({ ...rest, blockNumber: Number(blockNumber) })),
    );
  });

  it('lists the credits of a distributor, newest sale first', async () => {
    for (const { id, movedTo } of history.distributors) {
      const ids = movedTo === null ? history.idsOf(id) : [id];
      const credits = await listAll((request) => listCredits(store.database, LEDGER, id, request));
      const expected = [...history.batches]
        .sort((a, b) => a.recordedAt - b.recordedAt || a.batch - b.batch)
        .flatMap(({ batch, sales }) =>
          sales.flatMap(({ line, seller }, index) =>
            (line?.credits ?? []).flatMap((credit, level) => {
              const units = line ? amountOf(line, credit) : 0n;
              if (!ids.includes(credit.id) || units === 0n) return [];
              return [{ batch, index, level, bps: credit.bps, units, seller }];
            }),
          ),
        )
        .reverse();
      expect(credits.map(({ settledBlock, ...rest }) => rest)).to.deep.equal(expected);
      if (movedTo !== null) continue;
      expect(credits.reduce((sum, { units }) => sum + units, 0n)).to.equal(history.credited.get(id) ?? 0n);
    }
  });

  it('knows every batch and every sale with its reversals and credits', async () => {
    for (const { batch, plan, recordedAt, sales, settled } of history.batches) {
      const found = await findBatch(store.database, LEDGER, batch);
      expect(found).to.include({
        batch,
        plan,
        recordedAt,
        settled,
        count: sales.length,
        reservedUnits: 1_000_000n,
      });
      const reversals = await listReversals(store.database, LEDGER, batch);
      const present = await findPresentRecords(store.database, LEDGER, batch);
      expect(decodeSales(present ?? '0x')).to.deep.equal(
        sales.map(({ class: buyer, seller, priceCents, volumeCents, reversedPrice, reversedVolume }) => ({
          class: buyer,
          seller,
          priceCents: priceCents - reversedPrice,
          volumeCents: volumeCents - reversedVolume,
        })),
      );
      for (const [index, sale] of sales.entries()) {
        const { line } = sale;
        const row = await findSale(store.database, LEDGER, { batch, index });
        const { class: buyerClass, seller, priceCents, volumeCents } = sale;
        expect(row).to.include({ batch, index, class: buyerClass, seller, priceCents, volumeCents, plan });
        expect(row).to.include({
          recordedAt,
          settlesAt: recordedAt + RETURN_WINDOW,
          reversedPriceCents: sale.reversedPrice,
          reversedVolumeCents: sale.reversedVolume,
          transactionHash: found?.transactionHash,
        });
        expect(row?.reversals).to.deep.equal(reversals.filter((each) => each.index === index));
        expect(row?.reversals.reduce((sum, each) => sum + each.volumeCents, 0n)).to.equal(
          sale.reversedVolume,
        );
        expect(row?.lateRefunds.map(({ priceCents }) => priceCents)).to.deep.equal(
          history.lateRefunds
            .filter((refund) => refund.batch === batch && refund.index === index)
            .map((refund) => refund.priceCents),
        );
        expect(row?.settlement?.countedCents).to.equal(line?.volumeCents);
        expect(row?.settlement?.creditedUnits).to.equal(line ? creditedBy(line) : undefined);
        expect(row?.settlement?.credits).to.deep.equal(
          line?.credits.flatMap(({ id, bps }, level) => {
            const units = amountOf(line, { id, bps });
            return units === 0n ? [] : [{ level, id, bps, units }];
          }),
        );
      }
    }
  });

  it('lists the batches that are due', async () => {
    const open = history.batches
      .filter(({ settled, sales }) => settled < sales.length)
      .sort((a, b) => a.recordedAt - b.recordedAt || a.batch - b.batch);
    const [, second] = open;
    const now = (second?.recordedAt ?? 0) + RETURN_WINDOW;
    const due = open.filter(({ recordedAt }) => recordedAt + RETURN_WINDOW <= now).map(({ batch }) => batch);
    const listed = await listDueBatches(store.database, LEDGER, now, 100);
    expect(listed.map(({ batch }) => batch)).to.deep.equal(due);
    expect(due.length).to.be.lessThan(open.length);
    expect((await listDueBatches(store.database, LEDGER, now, 1)).map(({ batch }) => batch)).to.deep.equal(
      due.slice(0, 1),
    );
    expect(
      await listDueBatches(store.database, LEDGER, (open[0]?.recordedAt ?? 0) + RETURN_WINDOW - 1, 9),
    ).to.deep.equal([]);
  });

  it('knows the plans, and which one applies at a time', async () => {
    const announced = history.blocks
      .flatMap(({ entries }) => entries)
      .flatMap(({ entry }) => (entry.kind === 'planAnnounced' ? [entry] : []));
    expect(await listPlans(store.database, LEDGER)).to.deep.equal(
      announced.map(({ version, startsAt, planHash, plan }) => ({
        version,
        startsAt,
        hash: planHash,
        plan,
        isCancelled: history.plans.versions[version - 1]?.isCancelled,
      })),
    );
    const last = history.blocks.at(-1)?.timestamp ?? 0;
    const started = announced.filter(({ startsAt }) => startsAt <= last);
    const [first, second] = started;
    expect(started).to.have.length(3);
    // Its time has come, but it was cancelled.
    const cancelled = announced.find(({ version }) => history.plans.versions[version - 1]?.isCancelled);
    expect((await findPlanAt(store.database, LEDGER, cancelled?.startsAt ?? 0))?.version).to.be.oneOf(
      announced
        .filter(({ version }) => !history.plans.versions[version - 1]?.isCancelled)
        .map((plan) => plan.version),
    );
    expect((await findPlanAt(store.database, LEDGER, (second?.startsAt ?? 0) - 1))?.version).to.equal(
      first?.version,
    );
    expect((await findPlanAt(store.database, LEDGER, second?.startsAt ?? 0))?.version).to.equal(
      second?.version,
    );
  });

  it('lists the entries of a transaction, money as decimal strings', async () => {
    let number = 0;
    for (const { entries } of history.blocks) {
      const [first] = entries;
      if (!first) continue;
      const listed = await listByTransaction(store.database, LEDGER, first.transactionHash);
      expect(listed.map(({ entry, kind, head }) => ({ entry, kind, head }))).to.deep.equal(
        entries.map(({ entry, head }) => ({ entry: number++, kind: entry.kind, head })),
      );
      for (const [i, { content }] of listed.entries()) {
        const entry = entries[i]?.entry;
        if (entry?.kind === 'recorderSet') {
          const { kind, cap, ...others } = entry;
          expect(content).to.deep.equal({ ...others, cap: cap.toString() });
        }
        if (entry?.kind === 'standingAnnounced') {
          const { kind, ...fields } = entry;
          expect(content).to.deep.equal(fields);
        }
        if (entry?.kind === 'batchRecorded')
          expect(content).to.include({ batch: entry.batch, plan: entry.plan });
      }
    }
    expect(number).to.equal(history.entryCount);
  });

  it('sums up the ledger', async () => {
    const sales = history.batches.flatMap((batch) => batch.sales);
    const sum = (values: Iterable<bigint>) => [...values].reduce((total, value) => total + value, 0n);
    expect(await getTotals(store.database, LEDGER)).to.deep.equal({
      distributors: history.distributors.filter(({ movedTo }) => movedTo === null).length,
      batches: history.batches.length,
      sales: sales.length,
      pendingSales: sales.filter(({ line }) => line === null).length,
      priceCents: sum(sales.map((sale) => sale.priceCents)),
      volumeCents: sum(sales.map((sale) => sale.volumeCents)),
      reversedPriceCents: sum(sales.map((sale) => sale.reversedPrice)),
      reversedVolumeCents: sum(sales.map((sale) => sale.reversedVolume)),
      lateRefundCents: sum(history.lateRefunds.map(({ priceCents }) => priceCents)),
      openedUnits: sum(history.opened.values()),
      creditedUnits: sum(history.credited.values()),
      paidUnits: sum(history.paid.values()),
      fundedUnits: history.float.funded,
      withdrawnUnits: history.float.withdrawn,
      sweptUnits: history.float.swept,
    });
  });
});
