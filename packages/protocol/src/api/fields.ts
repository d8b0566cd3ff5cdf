import { type TProperties, type TSchema, type TUnsafe, Type } from 'typebox';
import type { Hex } from 'viem';
import { BUYER_CLASSES } from '../encoding/records.ts';
import { CENTS_PATTERN, TEXT_PATTERN } from './patterns.ts';

/** Kinds of fields in requests and responses. */

/** @returns A schema that also allows null. */
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** @returns The schema of a request. Unknown fields are refused, because a misspelled one would be lost silently. */
export const requestOf = <T extends TProperties>(fields: T, description?: string) =>
  Type.Object(fields, { additionalProperties: false, ...(description !== undefined && { description }) });

/** An amount in cents as decimal digits, as a request gives it. */
export const cents = (description: string) => Type.String({ pattern: CENTS_PATTERN, description });

/** An amount in the ledger's units as decimal digits. */
export const units = (description: string) =>
  Type.String({
    description: `${description}, in units of the ledger (see its \`unitDecimals\`), as decimal digits`,
  });

/** Text written by a user. PostgreSQL cannot hold U+0000, nor half of a surrogate pair. */
export const freeText = (options: { minLength?: number; maxLength: number; description?: string }) =>
  Type.String({ pattern: TEXT_PATTERN, ...options });

/** A name that the company gives. */
export const reference = (description: string) => freeText({ minLength: 1, maxLength: 200, description });

/** A hash, an address or other bytes: `0x` and hex digits. */
export const hex = (description?: string): TUnsafe<Hex> =>
  Type.Unsafe<Hex>(Type.String(description === undefined ? {} : { description }));

/** A count. */
export const count = (description: string) => Type.Integer({ description });

/** One of the given words. */
export const oneOf = <const T extends readonly string[]>(
  words: T,
  description?: string,
): TUnsafe<T[number]> =>
  Type.Unsafe<T[number]>(
    Type.String({ enum: [...words], ...(description !== undefined && { description }) }),
  );

export const buyerClass = oneOf(BUYER_CLASSES, 'Who bought');

export const ITEM_STATES = ['accepted', 'batched', 'sent', 'included', 'final', 'refused'] as const;

/** How far a distributor, a sale or a reversal is on its way to the ledger. */
export type ItemState = (typeof ITEM_STATES)[number];

export const itemState = oneOf(ITEM_STATES, 'How far it is; `refused` comes with the reason');

export const isFinal = (what: string) =>
  Type.Boolean({ description: `Whether the ${what} can no longer be undone` });
