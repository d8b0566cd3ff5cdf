import type { SaleResponse } from '@plumbline/protocol/api';
import { useEffect, useEffectEvent, useState } from 'react';
import type { Step, Verification } from '../verify/checks.ts';
import { verifySale } from '../verify/verify-sale.ts';
import { useProgramme } from './programme.ts';

export interface RunningVerification {
  /** The steps so far. */
  steps: readonly Step[];
  /** Undefined while it runs. */
  result?: Verification;
  again: () => void;
}

/** Verifies a recorded sale, anew whenever the gateway's answer or the node changes. */
export function useVerification(sale: SaleResponse): RunningVerification {
  const { ledger, chain, rpcUrl } = useProgramme();
  const [attempt, setAttempt] = useState(0);
  const key = JSON.stringify([attempt, rpcUrl, sale]);
  const [held, setHeld] = useState<Omit<RunningVerification, 'again'> & { key: string }>({ key, steps: [] });

  const verify = useEffectEvent((onStep: (steps: readonly Step[]) => void) =>
    verifySale(chain, ledger, sale, onStep),
  );
  useEffect(() => {
    let current = true;
    verify((steps) => {
      if (current) setHeld({ key, steps });
    }).then((result) => {
      if (current) setHeld({ key, steps: result.steps, result });
    });
    return () => {
      current = false;
    };
  }, [key]);

  const again = () => setAttempt((n) => n + 1);
  return held.key === key ? { ...held, again } : { steps: [], again };
}
