import { sql } from 'kysely';
import type { Volumes } from '../periods.ts';
import { Uplines } from '../tree/uplines.ts';
import type { Changes } from './changes/changes.ts';
import { type PeriodChange, PeriodSums } from './changes/period-sums.ts';
import { isCorrected } from './distributors/distributors.ts';
import { growTeams } from './distributors/teams.ts';
import type { Writing } from './rows/writing.ts';
import {
  dropEmptyPeriods,
  growPeriods,
  type KnownPeriod,
  loadPeriods,
  raiseVolumes,
} from './sums/periods.ts';
import { addRoots } from './sums/totals.ts';

/** Takes a distributor with everybody below from one team to another when their sponsor is corrected, and back. */

interface Correction {
  /** Before and after; the same if only the sponsor changes. */
  id: number;
  newId: number;
  /** 0 for nobody. */
  oldSponsor: number;
  newSponsor: number;
}

/** Moves the sums of a corrected distributor between teams. The distributor stands in the new place already. */
export async function correctPlace(writing: Writing, changes: Changes): Promise<void> {
  const correction = await correctionOf(writing, changes);
  const { id, newId, oldSponsor, newSponsor } = correction;
  const { size, own, waiting, team } = await findWhole(writing, correction, id);
  await changeTeam(writing, oldSponsor, [...own, ...team], -size);
  if (id !== newId) await renameTeam(writing, id, newId, team);
  await changeTeam(writing, newSponsor, [...own, ...team, ...waiting], size);
  if (newSponsor === 0) await addRoots(writing, 1);
}

/** The way back; the distributor still stands in the new place. */
export async function undoPlace(writing: Writing, changes: Changes): Promise<void> {
  const correction = await correctionOf(writing, changes);
  const { id, newId, oldSponsor, newSponsor } = correction;
  const { size, own, waiting, team } = await findWhole(writing, correction, newId);
  await changeTeam(writing, newSponsor, [...own, ...team, ...waiting], -size);
  if (id !== newId) await renameTeam(writing, newId, id, team);
  await changeTeam(writing, oldSponsor, [...own, ...team], size);
  // Of the two, only the new sponsor had another distributor put below them.
  for (const sponsor of [newSponsor, oldSponsor]) {
    await growTeams(writing, [{ id: sponsor, placed: -1, directs: 0, teamSize: 0 }]);
  }
  if (newSponsor === 0) await addRoots(writing, -1);
}

async function correctionOf({ transaction, ledger }: Writing, { acts }: Changes): Promise<Correction> {
  const act = acts.find(isCorrected);
  if (!act) throw new Error('a correction corrects nobody');
  const { entry, id, newId, sponsor } = act;
  const { rows } = await sql<{ sponsor: number }>`
    select sponsor from distributor_versions where ledger = ${ledger} and entry = ${entry} and id = ${id}`.execute(
    transaction,
  );
  return { id, newId, oldSponsor: rows[0]?.sponsor ?? sponsor, newSponsor: sponsor };
}

type MonthVolumes = { period: number; volumes: Volumes };

/** What a distributor takes along. */
interface Whole {
  /** The distributor and everybody below. */
  size: number;
  own: MonthVolumes[];
  /** Sales of the new lane from before anybody had it. */
  waiting: MonthVolumes[];
  /** Of everybody below. */
  team: MonthVolumes[];
}

/** @param at Id under which the distributor's team is kept now. */
async function findWhole(writing: Writing, { id, newId }: Correction, at: number): Promise<Whole> {
  const { transaction, ledger } = writing;
  const { rows } = await sql<{ id: number; size: number | null }>`
    select id, team_size as size from teams where ledger = ${ledger} and id = ${at}
    union all select id, null from distributors where ledger = ${ledger} and moved_to = ${newId}`.execute(
    transaction,
  );
  const lanes = new Set([id, newId, ...rows.map((row) => row.id)]);
  const periods = await loadPeriods(writing, [...lanes]);
  const isWaiting = (period: KnownPeriod) => id !== newId && period.id === newId;
  const ownOf = ({ period, own }: KnownPeriod) => ({ period, volumes: own });
  return {
    size: 1 + (rows.find((row) => row.size !== null)?.size ?? 0),
    own: periods.filter((period) => !isWaiting(period)).map(ownOf),
    waiting: periods.filter(isWaiting).map(ownOf),
    team: periods.filter((period) => period.id === at).map(({ period, team }) => ({ period, volumes: team })),
  };
}

/** Adds to the team of `sponsor` and of everybody above `size` distributors with their volumes; takes them away if negative. */
async function changeTeam(
  writing: Writing,
  sponsor: number,
  months: readonly MonthVolumes[],
  size: number,
): Promise<void> {
  if (sponsor === 0) return;
  const uplines = await Uplines.load(writing.transaction, writing.ledger, [sponsor]);
  const sums = new PeriodSums();
  const signed = months.map(({ period, volumes }) => ({
    id: sponsor,
    period,
    volumes: size > 0 ? volumes : negative(volumes),
  }));
  for (const { period, volumes } of signed) sums.month(period).team(uplines.whereIs(sponsor), volumes);
  raiseVolumes(sums, uplines, signed);
  await writePeriods(writing, sums.changes());
  const isGain = size > 0 ? 1 : 0;
  const teams = uplines.above(sponsor).map((id) => ({ id, placed: 0, directs: 0, teamSize: size }));
  const direct = { id: uplines.whereIs(sponsor), placed: isGain, directs: Math.sign(size), teamSize: size };
  await growTeams(writing, [direct, ...teams]);
}

/** Keeps a distributor's team under another id. */
async function renameTeam(
  writing: Writing,
  from: number,
  to: number,
  months: readonly MonthVolumes[],
): Promise<void> {
  const { transaction, ledger } = writing;
  await sql`update teams set id = ${to} where ledger = ${ledger} and id = ${from}`.execute(transaction);
  const sums = new PeriodSums();
  for (const { period, volumes } of months) {
    sums.month(period).team(from, negative(volumes));
    sums.month(period).team(to, volumes);
  }
  await writePeriods(writing, sums.changes());
}

async function writePeriods(writing: Writing, changes: readonly PeriodChange[]): Promise<void> {
  await growPeriods(writing, changes);
  await dropEmptyPeriods(writing, changes);
}

function negative({ volume, reversed }: Volumes): Volumes {
  return { volume: -volume, reversed: -reversed };
}
