import { STATUS_ACTIVE, STATUS_INACTIVE } from '@plumbline/protocol';
import {
  acceptDistributors,
  answerOnce,
  type DistributorRow,
  findDistributor,
  findStatus,
  getPending,
  listFlags,
  listReferences,
  type Person,
} from '@plumbline/store';
import { requireApiKey } from '../authorize.ts';
import type { App, Dependencies } from '../dependencies.ts';
import { ProblemError } from '../problems.ts';
import { Distributor, DistributorsReceipt, DistributorsRequest, Problem } from '../schemas.ts';
import { isFinal } from '../states.ts';
import { keyedRequest } from '../submitted.ts';
import { createPersonFinder, PersonParams } from './person-finder.ts';
import { IdempotencyHeaders, WRITING } from './wire.ts';

/** Distributors: submitted by reference, read by id, wallet or reference. What stands around them has files of its own. */
export function registerDistributors(app: App, dependencies: Dependencies): void {
  const { database, chain, apiKey } = dependencies;
  const { ledger } = chain;
  const people = createPersonFinder(dependencies);

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
      const { person, row } = await people.find(request.params.id);
      if (!person) return waitingAnswer(row);
      const [pending, references, enrolled, flags, books] = await Promise.all([
        getPending(database, ledger, person.id),
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
        teamSize: person.teamSize,
        directs: person.directs,
        creditedUnits: person.creditedUnits.toString(),
        paidUnits: person.paidUnits.toString(),
        owedUnits: (person.creditedUnits - person.paidUnits).toString(),
        pendingUnits: pending.units.toString(),
        pendingUntil: pending.until,
        ownSales: person.ownSales,
        enrolledBlock: person.enrolledBlock,
        isFinal: isFinal(person.enrolledBlock, books),
      };
    },
  );
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
    isFinal: null,
  };
}
