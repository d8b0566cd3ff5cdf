import { decodeEntries, type LedgerTerms, termsHash } from '@plumbline/protocol';
import type { LedgerAnswer } from '../api/answers.ts';
import type { ChainReader } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';

/** Whether this is the chain and the ledger that the gateway speaks of, with terms that it was opened with. */
export async function checkLedger(
  found: Comparison,
  chain: ChainReader,
  ledger: LedgerAnswer,
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
  found.same('compact', terms.compact, ledger.terms.compact);
  const [opened] = decodeEntries(await chain.listLogs('LedgerOpened'));
  const logged = opened?.entry.kind === 'opened' ? opened.entry.termsHash : '';
  found.same('termsHash', termsHash(chainId, ledger.ledger, terms), logged);
  return terms;
}
