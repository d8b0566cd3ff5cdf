import {
  decodeSales,
  documentHash,
  formatSaleRef,
  manifestProof,
  parseSaleRef,
  type SaleRef,
} from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import {
  findOutgoingBatch,
  findSale,
  findStatus,
  findSubmission,
  listBatchSubmissions,
  listReferences,
  listReversalRequests,
  type OutgoingBatchRow,
  type Sale,
  type SubmittedSale,
} from '@plumbline/store';
import type { Hex } from 'viem';
import { documentOf } from '../../batcher/documents.ts';
import type { Dependencies } from '../dependencies.ts';
import { isFinal, isOnChain, itemState } from '../item-state.ts';
import { ProblemError } from '../problems.ts';

/** Batches whose document hashes are kept in memory. */
const MAX_CACHED_BATCHES = 64;

/** What was submitted under a name, and what the books have of it. */
interface FoundSale {
  /** What was sold, by the books if they have it. */
  facts: Pick<Sale, 'class' | 'priceCents' | 'volumeCents'>;
  submitted?: SubmittedSale;
  ref?: SaleRef;
  sale?: Sale | undefined;
}

/** Makes a function that reads one sale from the intake and the books. The reasons for reversals are not public. */
export function createSaleReader({ database, chain }: Dependencies) {
  const { ledger } = chain;
  /** Document hashes by the manifest root that they lead to. */
  const manifests = new Map<string, Hex[]>();

  async function hashesOf(batch: OutgoingBatchRow): Promise<Hex[]> {
    const known = manifests.get(batch.manifestRoot);
    if (known) return known;
    const sellers = decodeSales(batch.records).map(({ seller }) => seller);
    const rows = await listBatchSubmissions(database, ledger, batch.batch);
    const hashes = rows.map((row, i) => documentHash(documentOf(row, sellers[i] ?? 0)));
    manifests.set(batch.manifestRoot, hashes);
    for (const oldest of manifests.keys()) {
      if (manifests.size <= MAX_CACHED_BATCHES) break;
      manifests.delete(oldest);
    }
    return hashes;
  }

  async function proveDocument(submitted: SubmittedSale, { batch, index }: SaleRef) {
    const outgoing = await findOutgoingBatch(database, ledger, batch);
    const seller = outgoing && decodeSales(outgoing.records)[index]?.seller;
    if (!outgoing || seller === undefined) return { document: null, manifest: null };
    const proof = manifestProof(await hashesOf(outgoing), index);
    return {
      document: documentOf(submitted, seller),
      manifest: { root: outgoing.manifestRoot, index, proof },
    };
  }

  async function find(name: string): Promise<FoundSale> {
    const byId = await findSubmission(database, ledger, { externalId: name });
    if (byId) {
      if (!isOnChain(byId.transactionState) || byId.batch === null || byId.batchIndex === null) {
        return { facts: byId, submitted: byId };
      }
      const ref = { batch: byId.batch, index: byId.batchIndex };
      const sale = await findSale(database, ledger, ref);
      return { facts: sale ?? byId, submitted: byId, ref, sale };
    }
    const ref = parseSaleRef(name);
    const sale = ref ? await findSale(database, ledger, ref) : undefined;
    if (!ref || !sale) throw new ProblemError(404, `there is no sale ${name}`);
    const submitted = await findSubmission(database, ledger, ref);
    if (!submitted || submitted.transactionHash !== sale.transactionHash) return { facts: sale, ref, sale };
    return { facts: sale, submitted, ref, sale };
  }

  async function listReversals(
    submitted: SubmittedSale | undefined,
    sale: Sale | undefined,
    withReasons: boolean,
  ): Promise<SaleResponse['reversals']> {
    const requests = submitted ? await listReversalRequests(database, ledger, submitted.externalId) : [];
    const own = new Set(requests.map((row) => row.transactionHash));
    const others = (sale?.reversals ?? []).filter(({ transactionHash }) => !own.has(transactionHash));
    return [
      ...requests.map((row) => ({
        reversalId: row.reversalId,
        state: itemState(row.state, row.transactionState),
        refusal: row.refusal,
        priceCents: row.priceCents.toString(),
        volumeCents: row.volumeCents.toString(),
        reason: withReasons ? row.reason : null,
        transactionHash: row.transactionHash,
      })),
      ...others.map(({ priceCents, volumeCents, transactionHash }) => ({
        reversalId: null,
        state: 'included' as const,
        refusal: null,
        priceCents: priceCents.toString(),
        volumeCents: volumeCents.toString(),
        reason: null,
        transactionHash,
      })),
    ];
  }

  return async function readSale(name: string, withReasons: boolean): Promise<SaleResponse> {
    const { facts, submitted, ref, sale } = await find(name);
    const seller = sale?.seller ?? submitted?.sellerId ?? null;
    const references = await listReferences(database, ledger, seller === null ? [] : [seller]);
    const books = await findStatus(database, ledger);
    const proven =
      submitted && ref ? await proveDocument(submitted, ref) : { document: null, manifest: null };
    return {
      ref: ref ? formatSaleRef(ref) : null,
      externalId: submitted?.externalId ?? null,
      state: submitted ? itemState(submitted.state, submitted.transactionState) : 'included',
      refusal: submitted?.refusal ?? null,
      acceptedAt: submitted ? Math.floor(submitted.acceptedAt.getTime() / 1000) : null,
      seller,
      sellerReference:
        submitted?.sellerReference ?? (seller === null ? null : (references.get(seller) ?? null)),
      class: facts.class,
      priceCents: facts.priceCents.toString(),
      volumeCents: facts.volumeCents.toString(),
      reversed: {
        priceCents: String(sale?.reversedPriceCents ?? 0n),
        volumeCents: String(sale?.reversedVolumeCents ?? 0n),
      },
      plan: sale?.plan ?? null,
      recordedAt: sale?.recordedAt ?? null,
      settlesAt: sale?.settlesAt ?? null,
      blockNumber: sale?.blockNumber ?? null,
      isFinal: sale ? isFinal(sale.blockNumber, books) : null,
      settled: sale?.settlement != null,
      settlement: sale?.settlement
        ? {
            blockNumber: sale.settlement.blockNumber,
            isFinal: isFinal(sale.settlement.blockNumber, books),
          }
        : null,
      countedCents: sale?.settlement?.countedCents.toString() ?? null,
      credits:
        sale?.settlement?.credits.map(({ level, id, bps, units }) => ({
          level,
          id,
          bps,
          units: units.toString(),
        })) ?? null,
      transactionHash: submitted?.transactionHash ?? sale?.transactionHash ?? null,
      ...proven,
      reversals: await listReversals(submitted, sale, withReasons),
    };
  };
}
