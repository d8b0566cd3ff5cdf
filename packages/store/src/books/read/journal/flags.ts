import type { FlagClosed, FlagRaised } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** A review of a distributor or a sale. */
export interface Flag extends Omit<FlagRaised, 'kind'> {
  /** Hash of what the flagged distributor answered; null if nothing. */
  answer: Hex | null;
  /** How it was decided and by what evidence; null while it is not. */
  outcome: FlagClosed['outcome'] | null;
  outcomeEvidence: Hex | null;
  /** Whether it is neither decided nor past its date of review, at which it ends by itself. */
  isOpen: boolean;
}

/**
 * The flags on a sale or a distributor, former ids included; oldest first.
 * @param now Unix seconds.
 */
export async function listFlags(
  database: Database,
  ledger: string,
  subjectKind: Flag['subjectKind'],
  subject: number,
  now = Math.floor(Date.now() / 1000),
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
    select flag::float8, subject_kind as "subjectKind", subject::float8, flag_kind as "flagKind", severity, evidence,
      review_by::float8 as "reviewBy", answer, outcome, outcome_evidence as "outcomeEvidence",
      outcome is null and review_by > ${now} as "isOpen"
    from flags
    where ledger = ${key} and subject_kind = ${subjectKind}
      and subject = any(${[subject, ...before.map(({ id }) => id)]}::int8[])
    order by flag`.execute(database);
  return rows;
}
