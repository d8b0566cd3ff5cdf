import type { LedgerRow } from '@plumbline/store';
import { LEDGER, RETURN_WINDOW, START_BLOCK } from './history.ts';
import { DELAY } from './made-powers.ts';

/** The ledger of the made-up histories. */
export const LEDGER_ROW: LedgerRow = {
  ledger: LEDGER,
  chainId: 31_337,
  startBlock: START_BLOCK,
  terms: {
    token: '0x00000000000000000000000000000000000000bb',
    unit: 10n ** 12n,
    returnWindow: RETURN_WINDOW,
    planNotice: 60,
    capPeriod: 3_600,
    compact: false,
    delay: DELAY,
  },
};
