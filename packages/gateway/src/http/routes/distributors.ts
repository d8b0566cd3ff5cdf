import { STATUS_ACTIVE, STATUS_INACTIVE } from '@plumbline/protocol';
import {
  DistributorResponse,
  DistributorsReceipt,
  DistributorsRequest,
  Problem,
} from '@plumbline/protocol/api';
import {
  acceptEnrolments,
  answerOnce,
  type Distributor,
  type EnrolmentRow,
  findEnrolment,
  findStatus,
  getPending,
  listFlags,
  listPendingChanges,
  listReferences,
} from '@plumbline/store';
import type { Address } from 'viem';
import { NEEDS_API_KEY, requireApiKey } from '../api-key.ts';
import type { App, Dependencies } from '../dependencies.ts';
import { IdempotencyHeaders, keyedRequest } from '../idempotency.ts';
import { isFinal } from '../item-state.ts';
import { MAX_PROBLEMS, ProblemError } from '../problems.ts';
import { createDistributorFinder, DistributorParams } from './distributor-finder.ts';
import { pendingFor } from './pending-for.ts';

/** Submits distributors, and reads one by id, wallet or reference. */
export function registerDistributors(app: App, dependencies: Dependencies): void {
  const { database, chain, apiKey } = dependencies;
  const { ledger } = chain;
  const distributors = createDistributorFinder(dependencies);

  app.post(
    '/v1/distributors',
    {
      onRequest: requireApiKey(apiKey),
      schema: {
        summary: 'Submit distributors, sponsors first; the whole list or nothing',
        ...NEEDS_API_KEY,
        headers: IdempotencyHeaders,
        body: DistributorsRequest,
        response: { 202: DistributorsReceipt, 400: Problem, 401: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const list = request.body.distributors.map(({ reference, sponsor, wallet }) => ({
        reference,
        sponsor,
        wallet: (wallet?.toLowerCase() as Address | undefined) ?? null,
      }));
      const keyed = keyedRequest(request.headers['idempotency-key'], 'POST', '/v1/distributors', list);
      const answer = await answerOnce(database, ledger, keyed, async (transaction) => {
        const { accepted, known, problems } = await acceptEnrolments(transaction, ledger, list);
        if (problems.length === 0) return { status: 202, body: { accepted, known } };
        const errors = problems.map(({ index, field, problem }) => ({
          field: `distributors.${index}.${field}`,
          problem,
        }));
        const [first] = errors;
        throw new ProblemError(
          422,
          `nothing was accepted: ${first?.field}: ${first?.problem}`,
          errors.slice(0, MAX_PROBLEMS),
        );
      });
      return reply.status(202).send(answer.body);
    },
  );

  app.get(
    '/v1/distributors/:id',
    {
      schema: {
        summary: 'A distributor; an id that a distributor moved away from says where to',
        params: DistributorParams,
        response: { 200: DistributorResponse, 400: Problem, 404: Problem },
      },
    },
    async (request): Promise<DistributorResponse> => {
      const { distributor, row } = await distributors.get(request.params.id);
      if (!distributor) return waitingResponse(row);
      const books = await findStatus(database, ledger);
      const [pending, references, enrolled, flags, changes] = await Promise.all([
        getPending(database, ledger, distributor.id),
        listReferences(database, ledger, [distributor.id, distributor.sponsor]),
        row ?? findEnrolment(database, ledger, { distributorId: distributor.id }),
        listFlags(database, ledger, 'distributor', distributor.id, books?.blockTime ?? 0),
        listPendingChanges(database, ledger),
      ]);
      return {
        id: distributor.id,
        reference: enrolled?.reference ?? null,
        state: 'included',
        refusal: null,
        sponsor: distributor.sponsor,
        sponsorReference: references.get(distributor.sponsor) ?? null,
        rank: distributor.rank,
        status: statusOf(distributor),
        movedTo: distributor.movedTo,
        wallet: distributor.wallet,
        hold: distributor.hold && distributor.hold.until > (books?.blockTime ?? 0) ? distributor.hold : null,
        recovery: distributor.recovery,
        flags,
        pendingChanges: changes.flatMap((change) => pendingFor(distributor.id, change)),
        depth: distributor.depth,
        teamSize: distributor.teamSize,
        directs: distributor.directs,
        openedUnits: distributor.openedUnits.toString(),
        creditedUnits: distributor.creditedUnits.toString(),
        paidUnits: distributor.paidUnits.toString(),
        owedUnits: (distributor.openedUnits + distributor.creditedUnits - distributor.paidUnits).toString(),
        pendingUnits: pending.units.toString(),
        pendingUntil: pending.until,
        ownSales: distributor.ownSales,
        enrolledBlock: distributor.enrolledBlock,
        isFinal: isFinal(distributor.enrolledBlock, books),
      };
    },
  );
}

function statusOf({ status, movedTo }: Distributor): DistributorResponse['status'] {
  if (movedTo !== null) return 'moved';
  return status === STATUS_ACTIVE ? 'active' : status === STATUS_INACTIVE ? 'inactive' : 'left';
}

/** A distributor who is not on chain yet. */
function waitingResponse(row: EnrolmentRow): DistributorResponse {
  return {
    id: null,
    reference: row.reference,
    state: row.state,
    refusal: row.refusal,
    sponsor: null,
    sponsorReference: row.sponsorReference,
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
    openedUnits: '0',
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
