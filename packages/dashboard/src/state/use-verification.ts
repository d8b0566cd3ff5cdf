import type { SaleResponse } from '@plumbline/protocol/api';
import { useEffect, useEffectEvent, useState } from 'react';
import type { Check, Verification } from '../verify/checks.ts';
import { verifySale } from '../verify/verify-sale.ts';
import { useProgramme } from './programme.ts';

export interface RunningVerification {
  /** Those that have ended. */
  checks: readonly Check[];
  /** Undefined while it runs. */
  result?: Verification;
  again: () => void;
}

/** Verifies a recorded sale, and again whenever the gateway's answer or the node changes. */
export function useVerification(sale: SaleResponse): RunningVerification {
  const { ledger, chain, rpcUrl } = useProgramme();
  const [attempt, setAttempt] = useState(0);
  const key = JSON.stringify([attempt, rpcUrl, sale]);
  const [held, setHeld] = useState<Omit<RunningVerification, 'again'> & { key: string }>({ key, checks: [] });

  const verify = useEffectEvent((onCheck: (checks: readonly Check[]) => void) =>
    verifySale(chain, ledger, sale, onCheck),
  );
  useEffect(() => {
    let current = true;
    verify((checks) => {
      if (current) setHeld({ key, checks });
    }).then((result) => {
      if (current) setHeld({ key, checks: result.checks, result });
    });
    return () => {
      current = false;
    };
  }, [key]);

  const again = () => setAttempt((n) => n + 1);
  return held.key === key ? { ...held, again } : { checks: [], again };
}
