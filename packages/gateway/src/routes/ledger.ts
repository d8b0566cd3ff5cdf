import { Type } from '@fastify/type-provider-typebox';
import { formatSaleRef, MAX_ID, maxTotalBps, type Plan, parseSaleRef, saleRefOf } from '@plumbline/protocol';
import {
  findDistributor,
  findPerson,
  findPlanAt,
  findSale,
  findStatus,
  findSubmission,
  getPowers,
  getTotals,
  listByTransaction,
  listReferences,
  type PlanRow,
} from '@plumbline/store';
import type { Address } from 'viem';
import type { App, Dependencies } from '../dependencies.ts';
import { PLAN_COMPRESSIONS, PLAN_KINDS, planWords } from '../plan-words.ts';
import { freeText, Ledger, Problem, SearchResults } from '../schemas.ts';

type Result =
  | { type: 'distributor'; id: number; label: string }
  | { type: 'sale'; ref: string; label: string };

/** Most results of a search: a transaction may have recorded a thousand sales. */
const MOST_RESULTS = 20;

/** The ledger as a whole, and the search over it. */
export function registerLedger(app: App, dependencies: Dependencies): void {
  const { database, chain, terms, startBlock, publicRpcUrl } = dependencies;
  const { ledger } = chain;

  app.get(
    '/v1/ledger',
    { schema: { summary: 'The ledger: terms, plan, journal, totals, solvency', response: { 200: Ledger } } },
    async () => {
      const [chainId, status, totals, powers, solvency] = await Promise.all([
        chain.chainId(),
        findStatus(database, ledger),
        getTotals(database, ledger),
        getPowers(database, ledger),
        chain.solvency(),
      ]);
      const plan = await findPlanAt(database, ledger, status?.blockTime ?? 0);
      return {
        ledger,
        chainId,
        token: terms.token,
        rpcUrl: publicRpcUrl,
        startBlock,
        terms: {
          returnWindow: terms.returnWindow,
          planNotice: terms.planNotice,
          capPeriod: terms.capPeriod,
          compact: terms.compact,
          unit: terms.unit.toString(),
        },
        plan: plan ? planAnswer(plan) : null,
        paused: powers.paused,
        head: status?.head ?? `0x${'0'.repeat(64)}`,
        entryCount: status?.entryCount ?? 0,
        blockNumber: status?.blockNumber ?? startBlock - 1,
        blockTime: status?.blockTime ?? null,
        totals: {
          people: totals.people,
          sales: totals.sales,
          batches: totals.batches,
          priceCents: totals.priceCents.toString(),
          volumeCents: totals.volumeCents.toString(),
          reversedPriceCents: totals.reversedPriceCents.toString(),
          reversedVolumeCents: totals.reversedVolumeCents.toString(),
          creditedUnits: totals.creditedUnits.toString(),
          paidUnits: totals.paidUnits.toString(),
          pendingSales: totals.pendingSales,
        },
        solvency: {
          heldUnits: solvency.held.toString(),
          floatUnits: solvency.free.toString(),
          reservedUnits: solvency.reserved.toString(),
          owedUnits: solvency.owed.toString(),
        },
      };
    },
  );

  app.get(
    '/v1/search',
    {
      schema: {
        summary: 'Find by wallet, person id, reference, external id, sale (12-7) or transaction hash',
        querystring: Type.Object({ q: freeText({ minLength: 1, maxLength: 200 }) }),
        response: { 200: SearchResults, 400: Problem },
      },
    },
    async (request) => {
      const q = request.query.q.trim();
      if (/^0x[0-9a-fA-F]{64}$/.test(q)) return { results: await findByTransaction(q.toLowerCase()) };
      const results = await Promise.all([findPeople(q), findSales(q)]);
      return { results: results.flat() };
    },
  );

  async function findPeople(q: string): Promise<Result[]> {
    if (/^0x[0-9a-fA-F]{40}$/.test(q)) {
      const person = await findPerson(database, ledger, q.toLowerCase() as Address);
      return person ? labelPeople([person.id]) : [];
    }
    const row = await findDistributor(database, ledger, { reference: q.replace(/^ref:/, '') });
    const named = row?.person_id ? await findPerson(database, ledger, row.person_id) : undefined;
    const ids = row?.person_id ? [named?.movedTo ?? row.person_id] : [];
    if (/^[1-9][0-9]{0,8}$/.test(q) && Number(q) <= MAX_ID) {
      const person = await findPerson(database, ledger, Number(q));
      if (person && !ids.includes(person.id)) ids.push(person.id);
    }
    return labelPeople(ids);
  }

  async function findSales(q: string): Promise<Result[]> {
    const submitted = await findSubmission(database, ledger, { externalId: q });
    const results: Result[] = submitted ? [{ type: 'sale', ref: q, label: q }] : [];
    const ref = parseSaleRef(q);
    if (ref && (await findSale(database, ledger, ref))) {
      results.push({ type: 'sale', ref: formatSaleRef(ref), label: `sale ${formatSaleRef(ref)}` });
    }
    return results;
  }

  async function labelPeople(ids: number[]): Promise<Result[]> {
    const references = await listReferences(database, ledger, ids);
    return ids.map((id) => {
      const reference = references.get(id);
      return { type: 'distributor', id, label: reference ? `${reference} (${id})` : String(id) };
    });
  }

  /** What a transaction did: people enrolled, changed or paid, sales recorded, reversed, settled or flagged. */
  async function findByTransaction(hash: string): Promise<Result[]> {
    const entries = await listByTransaction(database, ledger, hash);
    const people = new Set<number>();
    const sales = new Set<string>();
    for (const { content } of entries) {
      const { id, newId, subjectKind, subject } = content;
      for (const each of [id, newId]) if (typeof each === 'number') people.add(each);
      if (subjectKind === 'person') people.add(Number(subject));
      if (subjectKind === 'sale') sales.add(formatSaleRef(saleRefOf(Number(subject))));
      const { batch, index = 0 } = content as { batch?: unknown; index?: unknown };
      if (typeof batch === 'number') sales.add(formatSaleRef({ batch, index: Number(index) }));
      else if (typeof content.sale === 'number') sales.add(formatSaleRef(saleRefOf(content.sale)));
    }
    const refs = [...sales].slice(0, MOST_RESULTS);
    return [
      ...(await labelPeople([...people].slice(0, MOST_RESULTS))),
      ...refs.map((ref): Result => ({ type: 'sale', ref, label: `sale ${ref}` })),
    ];
  }
}

function planAnswer({ version, hash, startsAt, plan }: PlanRow) {
  return {
    version,
    hash,
    startsAt,
    kind: PLAN_KINDS[plan.kind] ?? '',
    compression: PLAN_COMPRESSIONS[plan.compression] ?? '',
    maxTotalBps: maxTotalBps(plan),
    words: planWords(plan),
    plan: listed(plan),
  };
}

function listed({ weightsBps, ratesBps, ...others }: Plan) {
  return { ...others, weightsBps: [...weightsBps], ratesBps: ratesBps.map((row) => [...row]) };
}
