import type { FlagClosed, FlagRaised } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** A review of a distributor or a sale. */
export interface Flag extends Omit<FlagRaised, 'kind'> {
  /** Null while it is open. */
  outcome: FlagClosed['outcome'] | null;
  evidence: Hex | null;
}

/** The flags on a sale or a distributor, former ids included; oldest first. */
export async function listFlags(
  database: Database,
  ledger: string,
  subjectKind: Flag['subjectKind'],
  subject: number,
): Promise<Flag[]> {
  const key = keyOf(ledger);
  const before =
    subjectKind === 'sale'
      ? []
      : await database
          .selectFrom('distributors')
          .select('id')
          .where('ledger', '=', key)
          .where('moved_to', '=', subject)
          .execute();
  const { rows } = await sql<Flag>`
    select flag::float8, subject_kind as "subjectKind", subject::float8, reason, outcome, evidence from flags
    where ledger = ${key} and subject_kind = ${subjectKind}
      and subject = any(${[subject, ...before.map(({ id }) => id)]}::int8[])
    order by flag`.execute(database);
  return rows;
}
