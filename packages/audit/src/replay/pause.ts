import type { Entry } from '@plumbline/protocol';
import { ROLES, roleKey } from './authority.ts';
import type { ReplayContext } from './ledger-state.ts';

/** A pause of enrolling and recording by a guardian or the admin, or its end, by the admin alone. */
export function setPause(
  { state, report }: ReplayContext,
  { by, paused }: Extract<Entry, { kind: 'pauseSet' }>,
): void {
  const isGuardian = state.roles.held.has(roleKey(ROLES.guardian, by));
  if (by !== state.roles.admin && !(paused && isGuardian)) {
    report({
      code: 'pause-power',
      subject: 'ledger',
      expected: paused ? 'a guardian or the admin' : 'the admin',
      found: by,
      message: `${by} ${paused ? 'paused the ledger' : 'ended a pause'} without the power to`,
    });
  }
  if (state.paused === paused) {
    report({
      code: 'pause-unchanged',
      subject: 'ledger',
      expected: paused ? 'a ledger that is not paused' : 'a ledger that is paused',
      found: paused ? 'paused' : 'not paused',
      message: `the ledger was ${paused ? 'paused' : 'let go on'} by ${by}, but it was so already`,
    });
  }
  state.paused = paused;
}
