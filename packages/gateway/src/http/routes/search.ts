import { formatSaleRef, MAX_ID, parseSaleRef, saleRefOf } from '@plumbline/protocol';
import { Problem, SearchQuery, SearchResponse, type SearchResult } from '@plumbline/protocol/api';
import {
  findDistributor,
  findSale,
  findSubmission,
  listByReference,
  listByTransaction,
  listByWallet,
  listReferences,
} from '@plumbline/store';
import type { Hex } from 'viem';
import type { App, Dependencies } from '../dependencies.ts';

/** A search is cut off here: one transaction may have recorded a thousand sales. */
const MAX_RESULTS = 20;

/** The search over a ledger. */
export function registerSearch(app: App, { database, chain }: Dependencies): void {
  const { ledger } = chain;

  app.get(
    '/v1/search',
    {
      schema: {
        summary:
          'Find by wallet or reference, or how one begins; by distributor id, external id, sale (12-7, or its number) or ' +
          'transaction hash',
        querystring: SearchQuery,
        response: { 200: SearchResponse, 400: Problem },
      },
    },
    async (request): Promise<SearchResponse> => {
      const q = request.query.q.trim();
      if (/^0x[0-9a-fA-F]{64}$/.test(q)) return { results: await findByTransaction(q.toLowerCase() as Hex) };
      const results = await Promise.all([findDistributors(q), findSales(q)]);
      return { results: results.flat() };
    },
  );

  async function findDistributors(q: string): Promise<SearchResult[]> {
    if (q === '') return [];
    const isWallet = /^0x[0-9a-fA-F]{1,40}$/.test(q);
    const paid = isWallet ? await listByWallet(database, ledger, q.toLowerCase(), MAX_RESULTS) : [];
    const named = await listByReference(database, ledger, q.replace(/^ref:/, ''), MAX_RESULTS);
    const ids = new Set([...paid, ...named].map(({ id }) => id));
    if (/^[1-9][0-9]{0,8}$/.test(q) && Number(q) <= MAX_ID) {
      const distributor = await findDistributor(database, ledger, Number(q));
      if (distributor) ids.add(distributor.id);
    }
    return labelDistributors([...ids].slice(0, MAX_RESULTS));
  }

  async function findSales(q: string): Promise<SearchResult[]> {
    const submitted = await findSubmission(database, ledger, { externalId: q });
    const results: SearchResult[] = submitted ? [{ type: 'sale', ref: q, label: q }] : [];
    // The first sale has number 65536; a smaller number can only be a distributor.
    const number = /^[1-9][0-9]{4,14}$/.test(q) ? formatSaleRef(saleRefOf(Number(q))) : q;
    const ref = parseSaleRef(number);
    if (ref && (await findSale(database, ledger, ref))) {
      results.push({ type: 'sale', ref: formatSaleRef(ref), label: `sale ${formatSaleRef(ref)}` });
    }
    return results;
  }

  async function labelDistributors(ids: number[]): Promise<SearchResult[]> {
    const references = await listReferences(database, ledger, ids);
    return ids.map((id) => {
      const reference = references.get(id);
      return { type: 'distributor', id, label: reference ? `${reference} (${id})` : String(id) };
    });
  }

  /** Distributors that a transaction enrolled, changed or paid, and sales that it recorded, reversed, settled or flagged. */
  async function findByTransaction(hash: Hex): Promise<SearchResult[]> {
    const entries = await listByTransaction(database, ledger, hash);
    const distributors = new Set<number>();
    const sales = new Set<string>();
    for (const { content } of entries) {
      const { id, newId, subjectKind, subject } = content;
      for (const each of [id, newId]) if (typeof each === 'number') distributors.add(each);
      if (subjectKind === 'distributor') distributors.add(Number(subject));
      if (subjectKind === 'sale') sales.add(formatSaleRef(saleRefOf(Number(subject))));
      const { batch, index = 0 } = content as { batch?: unknown; index?: unknown };
      if (typeof batch === 'number') sales.add(formatSaleRef({ batch, index: Number(index) }));
      else if (typeof content.sale === 'number') sales.add(formatSaleRef(saleRefOf(content.sale)));
    }
    const refs = [...sales].slice(0, MAX_RESULTS);
    return [
      ...(await labelDistributors([...distributors].slice(0, MAX_RESULTS))),
      ...refs.map((ref): SearchResult => ({ type: 'sale', ref, label: `sale ${ref}` })),
    ];
  }
}
