import { commissionLedgerAbi, type Entry } from '@plumbline/protocol';
import type { Powers } from '@plumbline/store';
import { type Address, encodeFunctionData, type Hex, keccak256, zeroAddress } from 'viem';
import type { Random } from '../support/random.ts';
import { namedWallet } from './made-distributors.ts';

/** Seconds from the announcement of a call until it can be made, and again until it is void. */
export const DELAY = 600;

const ROLE = keccak256('0x04');
/** The keys that recorders have and get. */
const FIRST_KEY = 20;

/** Who may do what in a made-up history: each method does something and says it as entries. */
export class MadePowers {
  readonly powers: Powers = { paused: false, recorders: [], roles: [], acts: [], successor: null };
  readonly #random: Random;
  #keys = FIRST_KEY;

  constructor(random: Random) {
    this.#random = random;
  }

  addRecorder(): Entry[] {
    const number = this.powers.recorders.length + 1;
    const [key, cap, countCap] = [namedWallet(this.#keys++), 2n ** 62n, 2 ** 31];
    this.powers.recorders.push({ number, key, cap, countCap, standby: null });
    return [{ kind: 'recorderSet', number, recorder: key, cap, countCap }];
  }

  keyOf(number: number): Address {
    return this.powers.recorders[number - 1]?.key ?? zeroAddress;
  }

  act(now: number): Entry[] {
    return this.#random.pick([
      () => this.#pause(),
      () => this.#revoke(),
      () => this.#changeRecorder(),
      () => this.#announceRole(now),
      () => this.#announceRole(now),
      () => this.#useOrCancel(),
      () => this.#useOrCancel(),
      () => this.#succeed(),
    ])();
  }

  #pause(): Entry[] {
    this.powers.paused = !this.powers.paused;
    return [{ kind: 'pauseSet', by: namedWallet(3), paused: this.powers.paused }];
  }

  #revoke(): Entry[] {
    const [revoked, ...others] = this.powers.roles;
    if (!revoked) return [];
    this.powers.roles = others;
    return [{ kind: 'roleChanged', ...revoked, granted: false }];
  }

  /** Other caps, a standby, no standby, or the standby in the place of the key. */
  #changeRecorder(): Entry[] {
    const recorder = this.#random.pick(this.powers.recorders);
    const { number, key: from, standby } = recorder;
    if (this.#random.below(3) === 0) {
      recorder.cap = BigInt(this.#random.below(5));
      recorder.countCap = this.#random.below(9);
      const { cap, countCap } = recorder;
      return [{ kind: 'recorderSet', number, recorder: from, cap, countCap }];
    }
    if (standby === null) {
      recorder.standby = namedWallet(this.#keys++);
      return [{ kind: 'standbySet', number, key: recorder.standby }];
    }
    recorder.standby = null;
    if (this.#random.below(3) === 0) return [{ kind: 'standbySet', number, key: zeroAddress }];
    recorder.key = standby;
    return [{ kind: 'recorderReplaced', number, from, to: standby }];
  }

  #announceRole(now: number): Entry[] {
    const account = namedWallet(4 + this.#random.below(3));
    const call = grant(account);
    const [act, effectiveAt] = [keccak256(call), now + DELAY];
    const others = this.powers.acts.filter((each) => each.act !== act);
    this.powers.acts = [...others, { act, call, effectiveAt, voidAfter: effectiveAt + DELAY }];
    return [{ kind: 'actAnnounced', act, call, effectiveAt }];
  }

  #useOrCancel(): Entry[] {
    const [first, ...others] = this.powers.acts;
    if (!first) return [];
    this.powers.acts = others;
    const account = [4, 5, 6].map(namedWallet).find((each) => grant(each) === first.call) ?? zeroAddress;
    if (this.#random.below(2) === 0) return [{ kind: 'actCancelled', act: first.act, by: namedWallet(3) }];
    const rest = this.powers.roles.filter((each) => each.account !== account);
    // Whoever has the role already keeps the place in the list.
    if (rest.length === this.powers.roles.length) this.powers.roles.push({ role: ROLE, account });
    return [{ kind: 'roleChanged', role: ROLE, account, granted: true }];
  }

  #succeed(): Entry[] {
    if (this.powers.successor !== null) return [];
    this.powers.successor = namedWallet(8);
    return [{ kind: 'successorSet', successor: this.powers.successor }];
  }
}

function grant(account: Address): Hex {
  return encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'grantRole', args: [ROLE, account] });
}
