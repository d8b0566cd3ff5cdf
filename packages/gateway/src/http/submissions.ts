import { commitBuyer, MAX_CENTS, parseInteger } from '@plumbline/protocol';
import type { ReversalRequest, SaleRequest } from '@plumbline/protocol/api';
import type { NewReversal, NewSale } from '@plumbline/store';
import { randomSalt, sha256 } from './idempotency.ts';
import type { FieldProblem } from './problems.ts';

/** Sales and reversals as the store takes them, and the checks that a schema cannot express. */

/** @returns What is wrong with a sale that fits the schema, or undefined. */
export function findSaleProblem(body: SaleRequest): FieldProblem | undefined {
  // The schema's format allows leap seconds, which JavaScript's dates do not have.
  if (Number.isNaN(Date.parse(body.soldAt))) {
    return {
      field: 'soldAt',
      problem: 'must be a moment with seconds from 00 to 59, e.g. 2026-03-01T12:00:00Z',
    };
  }
  const price = BigInt(body.priceCents);
  if (price === 0n || price > MAX_CENTS) {
    return { field: 'priceCents', problem: `must be from 1 to ${MAX_CENTS}, not ${price}` };
  }
  if (BigInt(body.volumeCents) > price) {
    return {
      field: 'volumeCents',
      problem: `must be at most the price of ${price}, not ${body.volumeCents}`,
    };
  }
  const sum = body.items.reduce((total, item) => total + BigInt(item.amountCents), 0n);
  if (sum !== price) {
    return {
      field: 'items',
      problem: `their amounts are ${sum} cents together and must be the price of ${price}`,
    };
  }
  return undefined;
}

/** A sale for the store, with salts of its own. Only for a sale without a problem. */
export function newSale(body: SaleRequest): NewSale {
  const soldAt = new Date(body.soldAt).toISOString();
  const items = body.items.map(({ product, quantity, amountCents, name }) => ({
    product,
    quantity,
    amountCents,
    ...(name !== undefined && { name }),
  }));
  const { externalId, seller, buyer, priceCents, volumeCents } = body;
  const content = JSON.stringify([
    externalId,
    seller,
    buyer,
    body.class,
    priceCents,
    volumeCents,
    items,
    soldAt,
  ]);
  const buyerSalt = randomSalt();
  return {
    externalId,
    seller,
    class: body.class,
    priceCents: BigInt(priceCents),
    volumeCents: BigInt(volumeCents),
    items,
    soldAt,
    buyer,
    buyerSalt,
    buyerCommitment: commitBuyer(buyer, buyerSalt),
    documentSalt: randomSalt(),
    hashWith: (salt) => sha256(salt + content),
  };
}

/** A reversal for the store. @throws MalformedError if an amount is out of range. */
export function newReversal(externalId: string, body: ReversalRequest): NewReversal {
  const { reversalId, reason = null } = body;
  const priceCents = parseInteger('priceCents', body.priceCents, MAX_CENTS);
  const volumeCents = parseInteger('volumeCents', body.volumeCents, MAX_CENTS);
  const bodyHash = sha256(JSON.stringify([body.priceCents, body.volumeCents, reason]));
  return { reversalId, externalId, priceCents, volumeCents, reason, bodyHash };
}
