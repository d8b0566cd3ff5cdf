import type { LedgerResponse } from '@plumbline/protocol/api';
import { createContext, useContext } from 'react';
import type { LedgerChain } from '../chain/ledger-chain.ts';
import type { Amounts } from '../format.ts';

/** What every page needs: the ledger, and the node that the reader trusts. */
export interface Programme {
  ledger: LedgerResponse;
  chain: LedgerChain;
  rpcUrl: string;
  /** Null goes back to the gateway's suggestion. */
  setRpcUrl: (url: string | null) => void;
  /** Symbol of the token, or a neutral word. */
  symbol: string;
  /** Formats of its amounts. */
  amounts: Amounts;
}

const Context = createContext<Programme | null>(null);

export const ProgrammeProvider = Context.Provider;

export function useProgramme(): Programme {
  const programme = useContext(Context);
  if (!programme) throw new Error('useProgramme needs a ProgrammeProvider above it');
  return programme;
}
