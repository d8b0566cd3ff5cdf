import { sql } from 'kysely';
import type { Volumes } from '../periods.ts';
import { Uplines } from '../tree/uplines.ts';
import type { Changes } from './changes/changes.ts';
import { isSponsorCorrection } from './changes/distributor-changes.ts';
import { type PeriodChange, PeriodSums } from './changes/period-sums.ts';
import { addRoots, growTeams } from './distributors/teams.ts';
import type { BooksWriter } from './rows/writer.ts';
import {
  dropEmptyPeriods,
  growPeriods,
  type KnownPeriod,
  loadPeriods,
  raiseVolumes,
} from './sums/periods.ts';

/** Moves a distributor and its downline to another team when its sponsor is corrected, and back again. */

interface Correction {
  /** Before and after; the same if only the sponsor changes. */
  id: number;
  newId: number;
  /** 0 for none. */
  oldSponsor: number;
  newSponsor: number;
}

/** Moves the sums of a corrected distributor between teams. The distributor is in its new place already. */
export async function moveBetweenTeams(writer: BooksWriter, changes: Changes): Promise<void> {
  const correction = await correctionOf(writer, changes);
  const { id, newId, oldSponsor, newSponsor } = correction;
  const { size, own, waiting, team } = await findWhole(writer, correction, id);
  await changeTeam(writer, oldSponsor, [...own, ...team], -size);
  if (id !== newId) await renameTeam(writer, id, newId, team);
  await changeTeam(writer, newSponsor, [...own, ...team, ...waiting], size);
  if (newSponsor === 0) await addRoots(writer, 1);
}

/** Undoes `moveBetweenTeams`. The distributor is still in its new place. */
export async function moveBack(writer: BooksWriter, changes: Changes): Promise<void> {
  const correction = await correctionOf(writer, changes);
  const { id, newId, oldSponsor, newSponsor } = correction;
  const { size, own, waiting, team } = await findWhole(writer, correction, newId);
  await changeTeam(writer, newSponsor, [...own, ...team, ...waiting], -size);
  if (id !== newId) await renameTeam(writer, newId, id, team);
  await changeTeam(writer, oldSponsor, [...own, ...team], size);
  // `changeTeam` never lowers `placed`: take off the new sponsor's place, and the one just counted for the old sponsor.
  for (const sponsor of [newSponsor, oldSponsor]) {
    await growTeams(writer, [{ id: sponsor, placed: -1, directs: 0, teamSize: 0 }]);
  }
  if (newSponsor === 0) await addRoots(writer, -1);
}

async function correctionOf(
  { transaction, ledger }: BooksWriter,
  { distributorChanges }: Changes,
): Promise<Correction> {
  const correction = distributorChanges.find(isSponsorCorrection);
  if (!correction) throw new Error('the correction has no distributor');
  const { entry, id, newId, sponsor } = correction;
  const { rows } = await sql<{ sponsor: number }>`
    select sponsor from distributor_versions where ledger = ${ledger} and entry = ${entry} and id = ${id}`.execute(
    transaction,
  );
  return { id, newId, oldSponsor: rows[0]?.sponsor ?? sponsor, newSponsor: sponsor };
}

type MonthVolumes = { period: number; volumes: Volumes };

/** What moves with a distributor. */
interface Whole {
  /** The distributor and its downline. */
  size: number;
  own: MonthVolumes[];
  /** Sales of the new id from before it was taken. */
  waiting: MonthVolumes[];
  /** Of the downline. */
  team: MonthVolumes[];
}

/** @param at The id that has the distributor's team now. */
async function findWhole(writer: BooksWriter, { id, newId }: Correction, at: number): Promise<Whole> {
  const { transaction, ledger } = writer;
  const { rows } = await sql<{ id: number; size: number | null }>`
    select id, team_size as size from teams where ledger = ${ledger} and id = ${at}
    union all select id, null from distributors where ledger = ${ledger} and moved_to = ${newId}`.execute(
    transaction,
  );
  const lanes = new Set([id, newId, ...rows.map((row) => row.id)]);
  const periods = await loadPeriods(writer, [...lanes]);
  const isWaiting = (period: KnownPeriod) => id !== newId && period.id === newId;
  const ownOf = ({ period, own }: KnownPeriod) => ({ period, volumes: own });
  return {
    size: 1 + (rows.find((row) => row.size !== null)?.size ?? 0),
    own: periods.filter((period) => !isWaiting(period)).map(ownOf),
    waiting: periods.filter(isWaiting).map(ownOf),
    team: periods.filter((period) => period.id === at).map(({ period, team }) => ({ period, volumes: team })),
  };
}

/** Adds `size` distributors with their volumes to the teams of `sponsor` and its upline; subtracts them if negative. */
async function changeTeam(
  writer: BooksWriter,
  sponsor: number,
  months: readonly MonthVolumes[],
  size: number,
): Promise<void> {
  if (sponsor === 0) return;
  const uplines = await Uplines.load(writer.transaction, writer.ledger, [sponsor]);
  const sums = new PeriodSums();
  const signed = months.map(({ period, volumes }) => ({
    id: sponsor,
    period,
    volumes: size > 0 ? volumes : negative(volumes),
  }));
  for (const { period, volumes } of signed) sums.month(period).team(uplines.whereIs(sponsor), volumes);
  raiseVolumes(sums, uplines, signed);
  await writePeriods(writer, sums.changes());
  const isGain = size > 0 ? 1 : 0;
  const teams = uplines.above(sponsor).map((id) => ({ id, placed: 0, directs: 0, teamSize: size }));
  const direct = { id: uplines.whereIs(sponsor), placed: isGain, directs: Math.sign(size), teamSize: size };
  await growTeams(writer, [direct, ...teams]);
}

/** Moves a distributor's team to another id. */
async function renameTeam(
  writer: BooksWriter,
  from: number,
  to: number,
  months: readonly MonthVolumes[],
): Promise<void> {
  const { transaction, ledger } = writer;
  await sql`update teams set id = ${to} where ledger = ${ledger} and id = ${from}`.execute(transaction);
  const sums = new PeriodSums();
  for (const { period, volumes } of months) {
    sums.month(period).team(from, negative(volumes));
    sums.month(period).team(to, volumes);
  }
  await writePeriods(writer, sums.changes());
}

async function writePeriods(writer: BooksWriter, changes: readonly PeriodChange[]): Promise<void> {
  await growPeriods(writer, changes);
  await dropEmptyPeriods(writer, changes);
}

function negative({ volume, reversed }: Volumes): Volumes {
  return { volume: -volume, reversed: -reversed };
}
