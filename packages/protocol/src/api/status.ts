import { type Static, Type } from 'typebox';
import { count, hex, nullable } from './fields.ts';

/** Answers to probes. */
export const UpResponse = Type.Object({ status: Type.Literal('ok') });
export type UpResponse = Static<typeof UpResponse>;

export const StatusResponse = Type.Object({
  queue: Type.Object({
    distributors: count('Waiting for a transaction'),
    sales: count('Waiting for a batch'),
    reversals: count('Waiting for a transaction'),
    transactions: count('Signed and not on chain'),
  }),
  oldestSaleSeconds: Type.Number({ description: 'How long the oldest waiting sale has waited' }),
  refused: Type.Object({
    distributors: Type.Integer(),
    sales: Type.Integer(),
    reversals: Type.Integer(),
  }),
  chain: Type.Object({ blockNumber: Type.Integer(), blockTime: Type.Integer() }),
  books: Type.Object({
    blockNumber: nullable(Type.Integer()),
    head: nullable(hex()),
    entryCount: nullable(Type.Integer()),
    lagBlocks: nullable(Type.Integer()),
  }),
  batcher: Type.Object({
    leading: Type.Boolean({ description: 'Whether this process sends' }),
    leader: nullable(Type.String({ description: 'Who sends' })),
    signer: hex(),
    signerBalanceWei: Type.String(),
    waiting: Type.Array(Type.Object({ step: Type.String(), reason: Type.String() }), {
      description: 'What cannot go on, and what has to change',
    }),
    problem: nullable(Type.String()),
  }),
});

/** How the gateway is doing: its queue, its lag behind the chain, and what its batcher waits for. */
export type StatusResponse = Static<typeof StatusResponse>;
