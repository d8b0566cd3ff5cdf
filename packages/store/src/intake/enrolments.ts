import { type RawBuilder, type Selection, sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database, Tables } from '../schema/database.ts';
import { keyOf } from '../schema/ledger-key.ts';

/** A submitted distributor, and what became of the enrolment. */
export type EnrolmentRow = Selection<Tables, 'enrolments', (typeof enrolmentColumns)[number]>;

const enrolmentColumns = [
  'reference',
  'sponsor_reference as sponsorReference',
  'wallet',
  'state',
  'refusal',
  'distributor_id as distributorId',
  'transaction_id as transactionId',
  'accepted_at as acceptedAt',
] as const;

/** A distributor to enrol, by the company's own reference. */
export interface NewEnrolment {
  reference: string;
  /** Reference of the sponsor; null for a root. */
  sponsor: string | null;
  /** Lower-case address; null if it is to be claimed later. */
  wallet: Address | null;
}

/** Why an item of a list is refused. */
export interface EnrolmentProblem {
  index: number;
  field: 'reference' | 'sponsor' | 'wallet';
  problem: string;
}

/**
 * Accepts a whole list of distributors, or none. Sponsors must be known or come earlier in the list.
 * @param transaction The database or a transaction; it writes in one statement.
 * @returns How many were new and how many known. If there are `problems`, nothing was written.
 */
export async function acceptEnrolments(
  transaction: Database,
  ledger: string,
  list: readonly NewEnrolment[],
): Promise<{ accepted: number; known: number; problems: EnrolmentProblem[] }> {
  const references = list.flatMap(({ reference, sponsor }) =>
    sponsor === null ? [reference] : [reference, sponsor],
  );
  const wallets = list.flatMap(({ wallet }) => (wallet === null ? [] : [wallet]));
  const rows = await transaction
    .selectFrom('enrolments')
    .select(['reference', 'sponsor_reference', 'wallet', 'state'])
    .where('ledger', '=', keyOf(ledger))
    .where((eb) =>
      eb.or([
        eb('reference', '=', sql<string>`any(${references})`),
        eb('wallet', '=', sql<Hex>`any(${wallets})`).and('state', '<>', 'refused'),
      ]),
    )
    .execute();

  const known = new Map(rows.map((row) => [row.reference, row]));
  const owners = new Map(
    rows.flatMap((row) =>
      row.wallet && row.state !== 'refused' ? [[row.wallet, row.reference] as const] : [],
    ),
  );
  const added: NewEnrolment[] = [];
  const problems: EnrolmentProblem[] = [];
  list.forEach((item, index) => {
    const before = known.get(item.reference);
    if (before) {
      if (before.sponsor_reference !== item.sponsor) {
        const other =
          before.sponsor_reference === null ? 'without a sponsor' : `below ${before.sponsor_reference}`;
        problems.push({ index, field: 'sponsor', problem: `${item.reference} is already known, ${other}` });
      } else if (before.wallet !== item.wallet) {
        const other = before.wallet === null ? 'without a wallet' : 'with another wallet';
        problems.push({ index, field: 'wallet', problem: `${item.reference} is already known, ${other}` });
      }
      return;
    }
    const sponsor = item.sponsor === null ? undefined : known.get(item.sponsor);
    if (item.sponsor !== null && !sponsor) {
      const problem = `the sponsor ${item.sponsor} is not known; it must be accepted before, or stand earlier in the list`;
      problems.push({ index, field: 'sponsor', problem });
    } else if (sponsor?.state === 'refused') {
      problems.push({ index, field: 'sponsor', problem: `the sponsor ${item.sponsor} was refused` });
    }
    const owner = item.wallet === null ? undefined : owners.get(item.wallet);
    if (owner !== undefined) {
      problems.push({ index, field: 'wallet', problem: `the wallet already belongs to ${owner}` });
    }
    if (item.wallet !== null) owners.set(item.wallet, item.reference);
    known.set(item.reference, {
      reference: item.reference,
      sponsor_reference: item.sponsor,
      wallet: item.wallet,
      state: 'accepted',
    });
    added.push(item);
  });
  if (problems.length === 0 && added.length > 0) await insertEnrolments(transaction, ledger, added);
  return { accepted: added.length, known: list.length - added.length, problems };
}

async function insertEnrolments(
  transaction: Database,
  ledger: string,
  added: readonly NewEnrolment[],
): Promise<void> {
  await sql`
    insert into enrolments (ledger, reference, sponsor_reference, wallet, state)
    select ${keyOf(ledger)}, item ->> 'reference', item ->> 'sponsor', item ->> 'wallet', 'accepted'
    from jsonb_array_elements(${JSON.stringify(added)}::jsonb) with ordinality as list (item, position)
    order by position
  `.execute(transaction);
}

/** The enrolment of a distributor, by reference or by present or former id. */
export async function findEnrolment(
  database: Database,
  ledger: string,
  name: { reference: string } | { distributorId: number },
): Promise<EnrolmentRow | undefined> {
  const query = database
    .selectFrom('enrolments')
    .select(enrolmentColumns)
    .where('ledger', '=', keyOf(ledger));
  return 'reference' in name
    ? query.where('reference', '=', name.reference).executeTakeFirst()
    : query
        .where('distributor_id', '=', sql<number>`any(${withFormer(ledger, [name.distributorId])})`)
        .executeTakeFirst();
}

/** `ids` and the former ids of these distributors, as an array: the intake keeps the id of the enrolment. */
function withFormer(ledger: string, ids: readonly number[]): RawBuilder<unknown> {
  return sql`${[...ids]}::int4[] || array(
    select id from distributors where ledger = ${keyOf(ledger)} and moved_to = any(${[...ids]}::int4[])
  )`;
}

/** The present id of a distributor, from the aliases of the enrolment and of the row in the books. */
export function presentId(enrolment: string, distributor: string): RawBuilder<number | null> {
  return sql`coalesce(${sql.ref(`${distributor}.moved_to`)}, ${sql.ref(`${enrolment}.distributor_id`)})`;
}

/** The references of the distributors with these present or former ids, as far as this gateway enrolled them. */
export async function listReferences(
  database: Database,
  ledger: string,
  ids: readonly number[],
): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await database
    .selectFrom('enrolments as d')
    .leftJoin('distributors as p', (join) =>
      join.onRef('p.ledger', '=', 'd.ledger').onRef('p.id', '=', 'd.distributor_id'),
    )
    .select(['d.distributor_id', 'd.reference', 'p.moved_to'])
    .where('d.ledger', '=', keyOf(ledger))
    .where('d.distributor_id', '=', sql<number>`any(${withFormer(ledger, ids)})`)
    .execute();
  return new Map(
    rows.flatMap(({ distributor_id, moved_to, reference }) =>
      [distributor_id, moved_to].flatMap((id) => (id === null ? [] : [[id, reference] as const])),
    ),
  );
}

/** The distributors whose references begin with `prefix`, by reference, with present ids; none that have no id yet. */
export async function listByReference(
  database: Database,
  ledger: string,
  prefix: string,
  limit: number,
): Promise<{ reference: string; id: number }[]> {
  const { rows } = await sql<{ reference: string; id: number }>`
    select d.reference, ${presentId('d', 'p')} as id from enrolments d
    left join distributors p on p.ledger = d.ledger and p.id = d.distributor_id
    where d.ledger = ${keyOf(ledger)} and d.reference ^@ ${prefix} and d.distributor_id is not null
    order by d.reference limit ${limit}`.execute(database);
  return rows;
}

/** A distributor that waits for enrolment. */
export interface WaitingEnrolment {
  reference: string;
  wallet: string | null;
  sponsorReference: string | null;
  /** Null while the sponsor waits as well. */
  sponsorId: number | null;
  sponsorState: string | null;
  /** Milliseconds since it was accepted. */
  ageMs: number;
}

/** Distributors that wait for a transaction, sponsors first. */
export async function listWaitingEnrolments(
  database: Database,
  ledger: string,
  limit: number,
): Promise<WaitingEnrolment[]> {
  return database
    .selectFrom('enrolments as d')
    .leftJoin('enrolments as s', (join) =>
      join.onRef('s.ledger', '=', 'd.ledger').onRef('s.reference', '=', 'd.sponsor_reference'),
    )
    .select([
      'd.reference',
      'd.wallet',
      'd.sponsor_reference as sponsorReference',
      's.distributor_id as sponsorId',
      's.state as sponsorState',
      sql<number>`(extract(epoch from now() - d.accepted_at) * 1000)::float8`.as('ageMs'),
    ])
    .where('d.ledger', '=', keyOf(ledger))
    .where('d.state', '=', 'accepted')
    .orderBy('d.seq')
    .limit(limit)
    .execute();
}

/** Refuses a waiting distributor for good. */
export async function refuseEnrolment(
  transaction: Database,
  ledger: string,
  reference: string,
  refusal: string,
): Promise<void> {
  await transaction
    .updateTable('enrolments')
    .set({ state: 'refused', refusal })
    .where('ledger', '=', keyOf(ledger))
    .where('reference', '=', reference)
    .where('state', '=', 'accepted')
    .execute();
}
