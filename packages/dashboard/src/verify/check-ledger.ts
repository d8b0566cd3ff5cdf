import { decodeEntries, type LedgerTerms, termsHash } from '@plumbline/protocol';
import type { LedgerResponse } from '@plumbline/protocol/api';
import type { ChainReader } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';

/** What is checked of the gateway's answer about the ledger. */
export type ShownLedger = Pick<LedgerResponse, 'ledger' | 'chainId' | 'token' | 'terms'>;

/** Checks that the node is on the gateway's chain, and that the ledger has the terms that it was opened with. */
export async function checkLedger(
  found: Comparison,
  chain: ChainReader,
  ledger: ShownLedger,
): Promise<LedgerTerms> {
  found.fact('address', ledger.ledger);
  const chainId = await chain.chainId();
  found.same('chainId', chainId, ledger.chainId);
  const terms = await chain.terms();
  found.same('token', terms.token, ledger.token);
  found.same('unit', terms.unit, ledger.terms.unit);
  found.same('returnWindow', terms.returnWindow, ledger.terms.returnWindow);
  found.same('planNotice', terms.planNotice, ledger.terms.planNotice);
  found.same('capPeriod', terms.capPeriod, ledger.terms.capPeriod);
  found.same('delay', terms.delay, ledger.terms.delay);
  found.same('compact', terms.compact, ledger.terms.compact);
  const [opened] = decodeEntries(await chain.listLogs('LedgerOpened'));
  const logged = opened?.entry.kind === 'opened' ? opened.entry.termsHash : '';
  found.same('termsHash', termsHash(chainId, ledger.ledger, terms), logged);
  return terms;
}
