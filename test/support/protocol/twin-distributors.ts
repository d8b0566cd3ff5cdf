import {
  type Account,
  type DistributorRecord,
  type Entry,
  encodeStandings,
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
  STATUS_CLOSED,
  STATUS_NONE,
  type StandingRecord,
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
}

export interface TwinRecovery {
  to: Address;
  executableFrom: number;
}

/** The distributors of a ledger in TypeScript: tree, standing, wallets, holds and flags, and the journal. */
export class DistributorsTwin {
  readonly entries: Entry[] = [];
  readonly distributors = new Map<number, TwinDistributor>();
  readonly recoveries = new Map<Address, TwinRecovery>();
  /** Outcomes by flag number less 1; 0 while it is open. */
  readonly flags: number[] = [];
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

  /** Lanes taken of a fragment. */
  occupancy(fragment: number): number {
    return [0, 1, 2, 3].filter((lane) => this.distributors.has(idAt(fragment, lane))).length;
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
      this.distributors.set(id, { sponsor, ...standing, wallet, enrolledAt, heldUntil: 0, nonce: 0 });
      this.fragments = Math.max(this.fragments, fragmentOf(id));
      this.enter({ kind: 'enrolled', id, sponsor, wallet });
    }
  }

  setStanding(ranker: Address, standings: readonly StandingRecord[], evidence: Hex): void {
    for (const { id, rank, status } of standings) Object.assign(this.distributor(id), { rank, status });
    this.enter({ kind: 'standingSet', ranker, evidence, records: encodeStandings(standings) });
  }

  /** @returns The distributor's id from now on. */
  correctSponsor(id: number, sponsor: number, reason: Hex): number {
    const distributor = this.distributor(id);
    const staysInside = fragmentOf(sponsor) === fragmentOf(id) && sponsor < id;
    let newId = id;
    if (id % LANES === 0 || staysInside) {
      distributor.sponsor = sponsor;
    } else {
      this.fragments += 1;
      newId = idAt(this.fragments, 0);
      this.distributors.set(newId, { ...distributor, sponsor });
      const gone = { wallet: zeroAddress, enrolledAt: 0, heldUntil: 0, nonce: 0 };
      this.distributors.set(id, { ...moveAway(distributor, newId), ...gone });
    }
    this.enter({ kind: 'sponsorCorrected', id, newId, sponsor, reason });
    return newId;
  }

  leave(id: number): void {
    Object.assign(this.distributor(id), { rank: 0, status: STATUS_CLOSED });
    this.enter({ kind: 'distributorLeft', id });
  }

  setWallet(id: number, to: Address, how: (typeof WALLET_CHANGES)[number]): void {
    const distributor = this.distributor(id);
    const from = distributor.wallet;
    this.recoveries.delete(from);
    distributor.wallet = to;
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
    this.distributor(id).heldUntil = until;
    this.enter({ kind: 'holdSet', id, until, reason });
  }

  raiseFlag(subjectKind: number, subject: number, reason: Hex): void {
    this.flags.push(0);
    const kind = FLAG_SUBJECTS[subjectKind] ?? 'distributor';
    this.enter({ kind: 'flagRaised', flag: this.flags.length, subjectKind: kind, subject, reason });
  }

  closeFlag(flag: number, outcome: number, evidence: Hex): void {
    this.flags[flag - 1] = outcome;
    this.enter({ kind: 'flagClosed', flag, outcome: FLAG_OUTCOMES[outcome - 1] ?? 'cleared', evidence });
  }

  setPaused(by: Address, paused: boolean): void {
    this.paused = paused;
    this.enter({ kind: 'pauseSet', by, paused });
  }
}
