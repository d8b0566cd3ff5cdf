export { type LedgerChain, openLedgerChain } from './chain/ledger-chain.ts';
export type { ChainReader } from './verify/chain-reader.ts';
export type { Step, StepName, Verification } from './verify/checks.ts';
export { verifySale } from './verify/verify-sale.ts';
