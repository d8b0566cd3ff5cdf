import { Type } from '@fastify/type-provider-typebox';
import { formatSaleRef, MAX_ID, STATUS_ACTIVE, STATUS_INACTIVE } from '@plumbline/protocol';
import {
  acceptDistributors,
  answerOnce,
  type DistributorRow,
  findDistributor,
  findPerson,
  findStatus,
  getPending,
  getTeamSize,
  listChildren,
  listCredits,
  listFlags,
  listReferences,
  listUpline,
  type Person,
} from '@plumbline/store';
import type { Address } from 'viem';
import { requireApiKey } from '../authorize.ts';
import type { App, Dependencies } from '../dependencies.ts';
import { ProblemError } from '../problems.ts';
import {
  Children,
  Credits,
  Distributor,
  DistributorsReceipt,
  DistributorsRequest,
  freeText,
  PageQuery,
  Problem,
  Upline,
} from '../schemas.ts';
import { keyedRequest } from '../submitted.ts';
import { IdempotencyHeaders, pageOf, WRITING } from './wire.ts';

const PersonParams = Type.Object({
  id: freeText({ maxLength: 210, description: 'Person id, wallet, or `ref:` and the reference' }),
});

/** Distributors: submitted by reference, read by id, wallet or reference. */
export function registerDistributors(app: App, dependencies: Dependencies): void {
  const { database, chain, apiKey } = dependencies;
  const { ledger } = chain;

  app.post(
    '/v1/distributors',
    {
      onRequest: requireApiKey(apiKey),
      schema: {
        summary: 'Submit distributors, sponsors first; the whole list or nothing',
        ...WRITING,
        headers: IdempotencyHeaders,
        body: DistributorsRequest,
        response: { 202: DistributorsReceipt, 400: Problem, 401: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const list = request.body.distributors.map(({ reference, sponsor, wallet }) => ({
        reference,
        sponsor,
        wallet: wallet?.toLowerCase() ?? null,
      }));
      const keyed = keyedRequest(request.headers['idempotency-key'], 'POST', '/v1/distributors', list);
      const answer = await answerOnce(database, ledger, keyed, async (transaction) => {
        const { accepted, known, problems } = await acceptDistributors(transaction, ledger, list);
        if (problems.length === 0) return { status: 202, body: { accepted, known } };
        const errors = problems.map(({ index, field, problem }) => ({
          field: `distributors.${index}.${field}`,
          problem,
        }));
        const [first] = errors;
        throw new ProblemError(
          422,
          `nothing was accepted: ${first?.field}: ${first?.problem}`,
          errors.slice(0, 20),
        );
      });
      return reply.status(202).send(answer.body as { accepted: number; known: number });
    },
  );

  app.get(
    '/v1/distributors/:id',
    {
      schema: {
        summary: 'A distributor; the id of somebody who has moved says where to',
        params: PersonParams,
        response: { 200: Distributor, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const { person, row } = await find(request.params.id);
      if (!person) return waitingAnswer(row);
      const [pending, teamSize, references, enrolled, flags, books] = await Promise.all([
        getPending(database, ledger, person.id),
        getTeamSize(database, ledger, person.id),
        listReferences(database, ledger, [person.id, person.sponsor]),
        row ?? findDistributor(database, ledger, { personId: person.id }),
        listFlags(database, ledger, 'person', person.id),
        findStatus(database, ledger),
      ]);
      return {
        id: person.id,
        reference: enrolled?.reference ?? null,
        state: 'included',
        refusal: null,
        sponsor: person.sponsor,
        sponsorReference: references.get(person.sponsor) ?? null,
        rank: person.rank,
        status: statusOf(person),
        movedTo: person.movedTo,
        wallet: person.wallet,
        hold: person.hold && person.hold.until > (books?.blockTime ?? 0) ? person.hold : null,
        recovery: person.recovery,
        flags: flags.map(({ flag, reason, outcome, evidence }) => ({ flag, reason, outcome, evidence })),
        depth: person.depth,
        teamSize,
        directs: person.directs,
        creditedUnits: person.creditedUnits.toString(),
        paidUnits: person.paidUnits.toString(),
        owedUnits: (person.creditedUnits - person.paidUnits).toString(),
        pendingUnits: pending.units.toString(),
        pendingUntil: pending.until,
        ownSales: person.ownSales,
        enrolledBlock: person.enrolledBlock,
      };
    },
  );

  app.get(
    '/v1/distributors/:id/upline',
    {
      schema: {
        summary: 'Everybody above',
        params: PersonParams,
        response: { 200: Upline, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const person = await findPresent(request.params.id);
      const upline = person ? await listUpline(database, ledger, person.id) : [];
      const references = await listReferences(
        database,
        ledger,
        upline.map(({ id }) => id),
      );
      return { path: upline.map(({ id, level }) => ({ id, reference: references.get(id) ?? null, level })) };
    },
  );

  app.get(
    '/v1/distributors/:id/children',
    {
      schema: {
        summary: 'The people sponsored',
        params: PersonParams,
        querystring: PageQuery,
        response: { 200: Children, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const person = await findPresent(request.params.id);
      if (!person) return { children: [], nextCursor: null };
      const page = await listChildren(database, ledger, person.id, pageOf(request.query));
      const references = await listReferences(
        database,
        ledger,
        page.items.map(({ id }) => id),
      );
      const children = page.items.map(({ id, directs, teamSize, creditedUnits }) => ({
        id,
        reference: references.get(id) ?? null,
        directs,
        teamSize,
        creditedUnits: creditedUnits.toString(),
      }));
      return { children, nextCursor: page.nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/credits',
    {
      schema: {
        summary: 'Settled commissions, newest sale first',
        params: PersonParams,
        querystring: PageQuery,
        response: { 200: Credits, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const person = await findPresent(request.params.id);
      if (!person) return { credits: [], nextCursor: null };
      const page = await listCredits(database, ledger, person.id, pageOf(request.query));
      const credits = page.items.map(({ units, level, bps, seller, settledBlock, ...sale }) => ({
        ref: formatSaleRef(sale),
        level,
        bps,
        units: units.toString(),
        seller,
        settledBlock,
      }));
      return { credits, nextCursor: page.nextCursor };
    },
  );

  /** The person and, if this gateway enrolled them, their row. */
  async function find(
    name: string,
  ): Promise<{ person: Person; row?: DistributorRow } | { person: null; row: DistributorRow }> {
    if (name.startsWith('ref:')) {
      const row = await findDistributor(database, ledger, { reference: name.slice(4) });
      if (!row) throw new ProblemError(404, `there is no distributor ${name.slice(4)}`);
      const person = row.person_id === null ? undefined : await followed(row.person_id);
      return person ? { person, row } : { person: null, row };
    }
    const isWallet = /^0x[0-9a-fA-F]{40}$/.test(name);
    const isId = /^[1-9][0-9]{0,8}$/.test(name) && Number(name) <= MAX_ID;
    if (!isWallet && !isId) {
      throw new ProblemError(404, 'a distributor is named by a person id, a wallet, or ref: and a reference');
    }
    const key = isWallet ? (name.toLowerCase() as Address) : Number(name);
    const person = await findPerson(database, ledger, key);
    if (!person)
      throw new ProblemError(404, `nobody with the ${isWallet ? 'wallet' : 'id'} ${name} is enrolled`);
    return { person };
  }

  /** The person under their present id; null while they are not on chain. */
  async function findPresent(name: string): Promise<Person | null> {
    const { person } = await find(name);
    return person && ((await followed(person.id)) ?? null);
  }

  /** The person who was given an id, where they are now. */
  async function followed(id: number): Promise<Person | undefined> {
    const person = await findPerson(database, ledger, id);
    return person && person.movedTo !== null ? findPerson(database, ledger, person.movedTo) : person;
  }
}

function statusOf({ status, movedTo }: Person): string {
  if (movedTo !== null) return 'moved';
  return status === STATUS_ACTIVE ? 'active' : status === STATUS_INACTIVE ? 'inactive' : 'left';
}

/** Somebody who is not on chain yet. */
function waitingAnswer(row: DistributorRow) {
  return {
    id: null,
    reference: row.reference,
    state: row.state,
    refusal: row.refusal,
    sponsor: null,
    sponsorReference: row.sponsor_reference,
    rank: null,
    status: null,
    movedTo: null,
    wallet: row.wallet,
    hold: null,
    recovery: null,
    flags: [],
    depth: 0,
    teamSize: 0,
    directs: 0,
    creditedUnits: '0',
    paidUnits: '0',
    owedUnits: '0',
    pendingUnits: '0',
    pendingUntil: null,
    ownSales: 0,
    enrolledBlock: null,
  };
}
