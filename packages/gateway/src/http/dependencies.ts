import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { LedgerTerms } from '@plumbline/protocol';
import type { Database } from '@plumbline/store';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { BatcherStatus } from '../batcher/batcher.ts';
import type { Chain } from '../chain/chain.ts';

/** What the HTTP API needs. */
export interface Dependencies {
  database: Database;
  chain: Chain;
  /** The ledger's fixed terms, read once. */
  terms: LedgerTerms;
  startBlock: number;
  /** Requests that write must send it in `Authorization: Bearer`. */
  apiKey: string;
  /** The node that browsers are told to ask; null leaves the choice to the reader. */
  publicRpcUrl: string | null;
  /** The state of this process's batcher. */
  batcherStatus(): BatcherStatus;
  /** Folder with the dashboard's built files. */
  dashboard?: string | undefined;
  log: FastifyBaseLogger;
}

/** A Fastify instance whose handlers get their types from the schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
