export { type LedgerChain, openLedgerChain } from './chain/ledger-chain.ts';
export { amountsOf } from './format.ts';
export type { ChainReader } from './verify/chain-reader.ts';
export type { Check, CheckName, Verification } from './verify/checks.ts';
export { verifySale } from './verify/verify-sale.ts';
