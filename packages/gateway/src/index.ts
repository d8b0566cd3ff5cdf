export { type Batcher, type BatcherOptions, type BatcherStatus, createBatcher } from './batcher/batcher.ts';
export type { BatcherSettings } from './batcher/context.ts';
export { type Chain, connectChain } from './chain/chain.ts';
export { buildApp } from './http/app.ts';
export type { Dependencies } from './http/dependencies.ts';
export { createLog } from './log.ts';
