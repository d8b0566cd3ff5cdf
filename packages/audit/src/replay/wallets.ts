import type { RecoverySet, WalletSet } from '@plumbline/protocol';
import { type Address, zeroAddress } from 'viem';
import { checkSomeAdmin, checkSomeHolder } from './authority.ts';
import { checkFreeWallet, giveWallet } from './distributors.ts';
import type { LedgerState, ReplayContext } from './ledger-state.ts';

/** Where distributors are paid. Twin of contracts/powers/LedgerWallets.sol. */

/** Seconds in which the owner of a wallet can cancel its recovery. */
const RECOVERY_DELAY = 14 * 86_400;

/** A new wallet: claimed by a distributor without one, changed by its owner, or recovered when its time has come. */
export function setWallet(context: ReplayContext, { id, from, to, how }: WalletSet): void {
  const { state, report } = context;
  const subject = `distributor ${id}`;
  if (how === 'claimed') checkSomeHolder(context, 'registrar', `the wallet of ${subject}`);
  if (how === 'recovered') {
    checkSomeAdmin(context, `the recovery of ${subject}`);
    checkRecovery(context, id, from, to);
  }
  const distributor = state.distributors.get(id);
  if (distributor?.movedTo !== 0) {
    const why = distributor ? `has moved to ${distributor.movedTo}` : 'is not enrolled';
    report({
      code: 'wallet-distributor',
      subject,
      expected: 'an enrolled distributor who has not moved',
      found: distributor ? `moved to ${distributor.movedTo}` : 'no distributor',
      message: `wallet ${to} was set for ${subject}, who ${why}`,
    });
    return;
  }
  const present = distributor.wallet ?? zeroAddress;
  if (from !== present || (how === 'claimed') !== (from === zeroAddress)) {
    report({
      code: 'wallet-from',
      subject,
      expected:
        how === 'claimed'
          ? 'a wallet without an owner until now'
          : (distributor.wallet ?? 'no wallet to replace'),
      found: `${how} from ${from}`,
      message: `the wallet of ${subject} was ${how} from ${from}, but it was ${distributor.wallet ?? 'not known'}`,
    });
  }
  checkFreeWallet(context, 'wallet-to', id, to);

  if (distributor.wallet !== null) state.wallets.set(distributor.wallet, 0);
  endRecovery(state, from);
  giveWallet(state, to, id);
  distributor.wallet = to;
  // A claim uses no signature of the owner.
  if (how !== 'claimed') distributor.nonce++;
}

/** A recovery that was carried out: it must have been proposed, and its time must have come. */
function checkRecovery({ state, time, report }: ReplayContext, id: number, from: Address, to: Address): void {
  const pending = state.recoveries.get(from);
  const isPending = pending !== undefined && pending.executableFrom !== 0;
  if (isPending && pending.to === to && pending.executableFrom <= time) return;
  report({
    code: 'recovery-due',
    subject: `distributor ${id}`,
    expected: isPending ? `${pending.to} from ${pending.executableFrom} on` : 'a recovery that was proposed',
    found: `${to} at ${time}`,
    message: isPending
      ? `${from} was replaced by ${to} at ${time}, but proposed was ${pending.to} from ${pending.executableFrom} on`
      : `${from} was replaced by ${to}, but no recovery of it was under way`,
  });
}

/** A recovery proposed, with 14 days to cancel it, or cancelled. */
export function setRecovery(context: ReplayContext, entry: RecoverySet): void {
  const { state, time, report } = context;
  const { id, from, to, executableFrom } = entry;
  const subject = `distributor ${id}`;
  if (state.distributors.get(id)?.wallet !== from) {
    report({
      code: 'recovery-wallet',
      subject,
      expected: state.distributors.get(id)?.wallet ?? 'no wallet, so no recovery',
      found: from,
      message: `a recovery of wallet ${from} was entered for ${subject}, whose wallet it is not`,
    });
  }
  const isPending = (state.recoveries.get(from)?.executableFrom ?? 0) !== 0;
  const isProposal = to !== zeroAddress || executableFrom !== 0;
  if (isPending === isProposal) {
    report({
      code: 'recovery-pending',
      subject,
      expected: isProposal ? 'no recovery under way' : 'a recovery under way',
      found: isPending ? 'one' : 'none',
      message: isProposal
        ? `a recovery of ${from} was proposed while another was under way`
        : `a recovery of ${from} was cancelled while none was under way`,
    });
  }
  if (!isProposal) {
    endRecovery(state, from);
    return;
  }
  checkSomeAdmin(context, `the recovery of ${subject}`);
  checkFreeWallet(context, 'recovery-to', id, to);
  if (executableFrom !== time + RECOVERY_DELAY) {
    report({
      code: 'recovery-time',
      subject,
      expected: time + RECOVERY_DELAY,
      found: executableFrom,
      message: `a recovery proposed at ${time} can be made from ${executableFrom} on, but its owner has until ${time + RECOVERY_DELAY}`,
    });
  }
  state.recoveries.set(from, { to, executableFrom });
}

function endRecovery({ recoveries }: LedgerState, wallet: Address): void {
  if (recoveries.has(wallet)) recoveries.set(wallet, { to: zeroAddress, executableFrom: 0 });
}
