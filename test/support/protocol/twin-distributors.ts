import {
  type Account,
  type DistributorRecord,
  type Entry,
  extendHead,
  FLAG_OUTCOMES,
  FLAG_SUBJECTS,
  fragmentOf,
  GENESIS_HEAD,
  idAt,
  LANES,
  moveAway,
  packFragment,
  STATUS_ACTIVE,
  STATUS_NONE,
  type Tree,
  type WALLET_CHANGES,
} from '@plumbline/protocol';
import { type Address, type Hex, zeroAddress } from 'viem';

/** A distributor with what their wallet's word says; zeros for a lane that a distributor has moved away from. */
export interface TwinDistributor extends Account {
  /** The zero address if there is none. */
  wallet: Address;
  enrolledAt: number;
  heldUntil: number;
  nonce: number;
  /** Number of the change by which they have announced to leave, 0 if there is none. */
  leaving: number;
  /** The id that the wallet's word was last written with. */
  wordId: number;
}

export interface TwinRecovery {
  to: Address;
  executableFrom: number;
}

export interface TwinFlag {
  /** 0 while no outcome was given. */
  outcome: number;
  reviewBy: number;
  subjectKind: number;
  subject: number;
  isAnswered: boolean;
}

/** What a wallet's word says of nobody. */
const NO_WORD = { wallet: zeroAddress, enrolledAt: 0, heldUntil: 0, nonce: 0, leaving: 0, wordId: 0 };

/** The distributors of a ledger in TypeScript: tree, standing, wallets, holds and flags, and the journal. */
export class DistributorsTwin {
  readonly entries: Entry[] = [];
  readonly distributors = new Map<number, TwinDistributor>();
  readonly recoveries = new Map<Address, TwinRecovery>();
  /** By flag number less 1. */
  readonly flags: TwinFlag[] = [];
  head: Hex = GENESIS_HEAD;
  fragments = 0;
  paused = false;

  /** The tree as it stands now. */
  readonly tree: Tree = {
    sponsorOf: (id) => this.distributors.get(id)?.sponsor ?? 0,
    rankOf: (id) => this.distributors.get(id)?.rank ?? 0,
    statusOf: (id) => this.distributors.get(id)?.status ?? STATUS_NONE,
    movedTo: (id) => this.distributors.get(id)?.movedTo ?? 0,
  };

  enter(entry: Entry): void {
    this.entries.push(entry);
    this.head = extendHead(this.head, entry);
  }

  distributor(id: number): TwinDistributor {
    const distributor = this.distributors.get(id);
    if (!distributor) throw new Error(`There is no distributor ${id}.`);
    return distributor;
  }

  /** The id that the distributor of `id` has now. */
  presentId(id: number): number {
    return this.tree.movedTo(id) || id;
  }

  /** The storage words of all fragments, from number 1. */
  words(): bigint[] {
    return Array.from({ length: this.fragments }, (_, i) => {
      const lanes = Array.from({ length: LANES }, (__, lane) => this.distributors.get(idAt(i + 1, lane)));
      return packFragment(lanes.filter((account) => account !== undefined));
    });
  }

  /** Whether `id` is `sponsor` or stands above them. */
  isAbove(id: number, sponsor: number): boolean {
    let above = sponsor;
    while (above !== 0 && above !== id) above = this.tree.movedTo(above) || this.tree.sponsorOf(above);
    return above === id;
  }

  enrol(distributors: readonly DistributorRecord[], enrolledAt: number): void {
    for (const { id, sponsor, wallet } of distributors) {
      const standing = { owed: 0n, rank: 0, status: STATUS_ACTIVE, movedTo: 0 };
      this.distributors.set(id, { sponsor, ...standing, ...NO_WORD, wallet, enrolledAt, wordId: id });
      this.fragments = Math.max(this.fragments, fragmentOf(id));
      this.enter({ kind: 'enrolled', id, sponsor, wallet });
    }
  }

  /**
   * Puts a distributor below another sponsor.
   * @returns Their id from now on.
   */
  protected place(id: number, sponsor: number): number {
    const distributor = this.distributor(id);
    const staysInside = fragmentOf(sponsor) === fragmentOf(id) && sponsor < id;
    if (id % LANES === 0 || staysInside) {
      distributor.sponsor = sponsor;
      return id;
    }
    this.fragments += 1;
    const newId = idAt(this.fragments, 0);
    this.distributors.set(newId, { ...distributor, sponsor });
    this.distributors.set(id, { ...moveAway(distributor, newId), ...NO_WORD });
    return newId;
  }

  setWallet(id: number, to: Address, how: (typeof WALLET_CHANGES)[number]): void {
    const distributor = this.distributor(id);
    const from = distributor.wallet;
    this.recoveries.delete(from);
    distributor.wallet = to;
    distributor.wordId = id;
    if (how !== 'claimed') distributor.nonce += 1;
    this.enter({ kind: 'walletSet', id, from, to, how });
  }

  proposeRecovery(id: number, to: Address, executableFrom: number): void {
    const from = this.distributor(id).wallet;
    this.recoveries.set(from, { to, executableFrom });
    this.enter({ kind: 'recoverySet', id, from, to, executableFrom });
  }

  cancelRecovery(id: number): void {
    const from = this.distributor(id).wallet;
    this.recoveries.delete(from);
    this.enter({ kind: 'recoverySet', id, from, to: zeroAddress, executableFrom: 0 });
  }

  hold(id: number, until: number, reason: Hex): void {
    Object.assign(this.distributor(id), { heldUntil: until, wordId: id });
    this.enter({ kind: 'holdSet', id, until, reason });
  }

  raiseFlag(
    flag: Omit<TwinFlag, 'outcome' | 'isAnswered'>,
    flagKind: number,
    severity: number,
    evidence: Hex,
  ): void {
    this.flags.push({ ...flag, outcome: 0, isAnswered: false });
    const subjectKind = FLAG_SUBJECTS[flag.subjectKind] ?? 'distributor';
    const { subject, reviewBy } = flag;
    const rest = { flag: this.flags.length, subjectKind, subject, flagKind, severity, evidence, reviewBy };
    this.enter({ kind: 'flagRaised', ...rest });
  }

  answerFlag(flag: number, id: number, answer: Hex): void {
    Object.assign(this.flag(flag), { isAnswered: true });
    this.enter({ kind: 'flagAnswered', flag, id, answer });
  }

  closeFlag(flag: number, outcome: number, evidence: Hex): void {
    this.flag(flag).outcome = outcome;
    this.enter({ kind: 'flagClosed', flag, outcome: FLAG_OUTCOMES[outcome - 1] ?? 'cleared', evidence });
  }

  flag(number: number): TwinFlag {
    const flag = this.flags[number - 1];
    if (!flag) throw new Error(`There is no flag ${number}.`);
    return flag;
  }

  setPaused(by: Address, paused: boolean): void {
    this.paused = paused;
    this.enter({ kind: 'pauseSet', by, paused });
  }
}
