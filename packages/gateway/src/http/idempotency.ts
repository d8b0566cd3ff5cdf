import { createHash, randomBytes } from 'node:crypto';
import { Type } from '@fastify/type-provider-typebox';
import { freeText } from '@plumbline/protocol/api';
import type { KeyedRequest } from '@plumbline/store';
import { type Hex, toHex } from 'viem';

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    freeText({
      minLength: 1,
      maxLength: 200,
      description: 'The same request under the same key gets the same answer again; another one is refused',
    }),
  ),
});

/** A request under its `Idempotency-Key`, or undefined if it has none. */
export function keyedRequest(
  key: string | undefined,
  method: string,
  path: string,
  body: unknown,
): KeyedRequest | undefined {
  if (key === undefined) return undefined;
  const content = JSON.stringify([method, path, body]);
  return { key, salt: randomSalt(), hashWith: (salt) => sha256(salt + content) };
}

/** 32 random bytes. */
export function randomSalt(): Hex {
  return toHex(randomBytes(32));
}

/** SHA-256 of a text, in hex digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
