import { type Address, type Hex, keccak256, stringToHex } from 'viem';
import type { ReplayContext } from './ledger-state.ts';

/**
 * Who could have made an entry. Some entries name the account that made them; for the others, at least one account must
 * have had the right to.
 */

/** The roles of a ledger besides its admin. Twin of contracts/powers/LedgerRoles.sol. */
export const ROLES = {
  ranker: roleNamed('RANKER_ROLE'),
  compliance: roleNamed('COMPLIANCE_ROLE'),
  guardian: roleNamed('GUARDIAN_ROLE'),
  registrar: roleNamed('REGISTRAR_ROLE'),
} as const;

function roleNamed(name: string): Hex {
  return keccak256(stringToHex(name));
}

/** How `Roles` names an account with a role. */
export function roleKey(role: Hex, account: Address): string {
  return `${role} ${account}`;
}

/** For entries that only a recorder can make. */
export function checkSomeRecorder({ state, report }: ReplayContext, subject: string): void {
  if (state.recorders.size > 0) return;
  report({
    code: 'no-recorder',
    subject,
    expected: 'a recorder',
    found: 'none',
    message: `${subject} was entered while no account was a recorder`,
  });
}

/** For entries that only an account with the role can make. */
export function checkSomeHolder(
  { state, report }: ReplayContext,
  role: keyof typeof ROLES,
  subject: string,
): void {
  for (const key of state.roles.held) if (key.startsWith(ROLES[role])) return;
  report({
    code: 'no-holder',
    subject,
    expected: `an account with the ${role}'s role`,
    found: 'none',
    message: `${subject} was entered while no account had the ${role}'s role`,
  });
}

/** For entries that only the admin can make. */
export function checkSomeAdmin({ state, report }: ReplayContext, subject: string): void {
  if (state.roles.admin !== null) return;
  report({
    code: 'no-admin',
    subject,
    expected: 'an admin',
    found: 'none',
    message: `${subject} was entered while the ledger had no admin`,
  });
}

/** For entries that only the admin or a guardian can make. */
export function checkSomeGuardian(context: ReplayContext, subject: string): void {
  for (const key of context.state.roles.held) if (key.startsWith(ROLES.guardian)) return;
  checkSomeAdmin(context, subject);
}

/** For entries that a pause rules out. */
export function checkNotPaused({ state, report }: ReplayContext, subject: string): void {
  if (!state.paused) return;
  report({
    code: 'while-paused',
    subject,
    expected: 'nothing new while paused',
    found: 'paused',
    message: `${subject} was entered while enrolling and recording were paused`,
  });
}
