import { sql } from 'kysely';
import { sumsBelow, Uplines } from '../../tree/uplines.ts';
import type { EnrolledChange, Tally } from '../changes/tally.ts';
import { inChunks } from '../rows/chunks.ts';
import type { CopyColumn } from '../rows/copy-rows.ts';
import type { BooksWriter } from '../rows/writer.ts';

/** Keeps the sizes of teams. */

export interface TeamChange {
  id: number;
  placed: number;
  directs: number;
  teamSize: number;
}

const teamColumns: readonly CopyColumn<TeamChange>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'placed', type: 'int4', of: (row) => row.placed },
  { name: 'directs', type: 'int4', of: (row) => row.directs },
  { name: 'team_size', type: 'int4', of: (row) => row.teamSize },
];

/** The changes that enrolments make to the teams above, and the new distributors' own teams. */
function teamsOf(uplines: Uplines, enrolled: readonly EnrolledChange[]): Map<number, TeamChange> {
  const teams = new Map<number, TeamChange>();
  const teamOf = (id: number): TeamChange => {
    const team = teams.get(id) ?? { id, placed: 0, directs: 0, teamSize: 0 };
    teams.set(id, team);
    return team;
  };
  for (const { id, sponsor } of enrolled) {
    teamOf(id);
    if (sponsor === 0) continue;
    const team = teamOf(uplines.whereIs(sponsor));
    team.placed++;
    team.directs++;
  }
  const sizes = sumsBelow(uplines, new Map(enrolled.map(({ id }) => [id, 1])), (a, b) => a + b);
  for (const [id, size] of sizes) teamOf(id).teamSize = size;
  return teams;
}

/**
 * Writes the teams of new distributors, who are written already, and adds to the teams above.
 * @param tally Has the places of the new distributors.
 */
export async function writeTeams(
  writer: BooksWriter,
  enrolled: readonly EnrolledChange[],
  tally: Tally,
): Promise<void> {
  if (enrolled.length === 0) return;
  await addRoots(writer, rootsOf(enrolled));
  const fresh = new Set(enrolled.map(({ id }) => id));
  const uplines = await Uplines.load(writer.transaction, writer.ledger, fresh, tally);
  const rows = [...teamsOf(uplines, enrolled).values()];
  await writer.insert(
    'teams',
    teamColumns,
    rows.filter(({ id }) => fresh.has(id)),
  );
  await growTeams(
    writer,
    rows.filter(({ id }) => !fresh.has(id)),
  );
}

/** Undoes `writeTeams`. The distributors still exist. */
export async function undoTeams(writer: BooksWriter, enrolled: readonly EnrolledChange[]): Promise<void> {
  if (enrolled.length === 0) return;
  await addRoots(writer, -rootsOf(enrolled));
  const { transaction, ledger } = writer;
  const gone = new Set(enrolled.map(({ id }) => id));
  const uplines = await Uplines.load(transaction, ledger, gone);
  const others = [...teamsOf(uplines, enrolled).values()].filter(({ id }) => !gone.has(id));
  await growTeams(
    writer,
    others.map(({ id, placed, directs, teamSize }) => ({
      id,
      placed: -placed,
      directs: -directs,
      teamSize: -teamSize,
    })),
  );
  await sql`delete from teams where ledger = ${ledger} and id = any(${[...gone]}::int4[])`.execute(
    transaction,
  );
}

function rootsOf(enrolled: readonly EnrolledChange[]): number {
  return enrolled.filter(({ sponsor }) => sponsor === 0).length;
}

/** Adds to existing teams. */
export async function growTeams(
  { transaction, ledger }: BooksWriter,
  changes: readonly TeamChange[],
): Promise<void> {
  await inChunks(teamColumns, changes, (source) =>
    sql`update teams set placed = teams.placed + v.placed, directs = teams.directs + v.directs,
        team_size = teams.team_size + v.team_size
      from ${source} where teams.ledger = ${ledger} and teams.id = v.id`.execute(transaction),
  );
}

/** Counts distributors placed without a sponsor. Written at once, because the next one's place depends on it. */
export async function addRoots({ transaction, ledger }: BooksWriter, count: number): Promise<void> {
  if (count === 0) return;
  await sql`update totals set roots = roots + ${count} where ledger = ${ledger}`.execute(transaction);
}
