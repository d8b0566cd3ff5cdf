import {
  type DistributorLeft,
  decodeEntries,
  decodeStandings,
  type JournalEntry,
  type LedgerLog,
  moveAway,
  type SponsorCorrected,
  STATUS_ACTIVE,
  STATUS_CLOSED,
  type StandingSet,
} from '@plumbline/protocol';
import type { ChainReader, TreeAccount } from './chain-reader.ts';
import { isBefore } from './settlement-log.ts';

/** What changes a distributor's place or standing. */
type Change = StandingSet | SponsorCorrected | DistributorLeft;

const EVENTS = ['StandingSet', 'SponsorCorrected', 'DistributorLeft'] as const;

/** Distributors as the ledger had them at a log, without asking a node for old state: few nodes still have it. */
export class Past {
  readonly #chain: ChainReader;
  readonly #at: LedgerLog;
  readonly #changedSince: ReadonlySet<number>;
  #before: Promise<readonly Change[]> | undefined;
  /** Whether somebody who was asked for has changed since. */
  hasChanged = false;

  private constructor(chain: ChainReader, at: LedgerLog, changedSince: ReadonlySet<number>) {
    this.#chain = chain;
    this.#at = at;
    this.#changedSince = changedSince;
  }

  static async open(chain: ChainReader, at: LedgerLog): Promise<Past> {
    const entries = await listChanges(chain, at.blockNumber);
    const since = entries.filter((each) => isBefore(at, each)).flatMap(({ entry }) => idsIn(entry as Change));
    return new Past(chain, at, new Set(since));
  }

  /** Undefined for an id that nobody had then. Whoever has not changed since is as they are now. */
  async findAccount(id: number): Promise<TreeAccount | undefined> {
    if (!this.#changedSince.has(id)) return this.#chain.findAccount(id);
    this.hasChanged = true;
    this.#before ??= listChanges(this.#chain).then((entries) =>
      entries.filter((each) => isBefore(each, this.#at)).map(({ entry }) => entry as Change),
    );
    return this.#replay(id, await this.#before);
  }

  /** The distributor with `id` after `changes`, which are all that there were. */
  async #replay(id: number, changes: readonly Change[]): Promise<TreeAccount | undefined> {
    const arrival = changes.findIndex((each) => isMove(each) && (each as SponsorCorrected).newId === id);
    const move = changes[arrival] as SponsorCorrected | undefined;
    const before = move && (await this.#replay(move.id, changes.slice(0, arrival)));
    let account = move ? before && { ...before, sponsor: move.sponsor } : await this.#enrolled(id);
    if (!account) return undefined;
    for (const change of changes.slice(arrival + 1)) account = changed(account, id, change);
    return account;
  }

  async #enrolled(id: number): Promise<TreeAccount | undefined> {
    const [log] = await this.#chain.listLogs('Enrolled', id);
    if (!log || !isBefore(log, this.#at)) return undefined;
    const [enrolled] = decodeEntries([log]);
    if (enrolled?.entry.kind !== 'enrolled') return undefined;
    return { sponsor: enrolled.entry.sponsor, rank: 0, status: STATUS_ACTIVE, movedTo: 0 };
  }
}

function changed(account: TreeAccount, id: number, change: Change): TreeAccount {
  switch (change.kind) {
    case 'standingSet': {
      const last = decodeStandings(change.records).findLast((record) => record.id === id);
      return last ? { ...account, rank: last.rank, status: last.status } : account;
    }
    case 'distributorLeft':
      return change.id === id ? { ...account, rank: 0, status: STATUS_CLOSED } : account;
    case 'sponsorCorrected':
      if (change.id !== id) return account;
      return isMove(change)
        ? moveAway({ ...account, owed: 0n }, change.newId)
        : { ...account, sponsor: change.sponsor };
  }
}

function isMove(change: Change): boolean {
  return change.kind === 'sponsorCorrected' && change.newId !== change.id;
}

function idsIn(change: Change): number[] {
  if (change.kind === 'standingSet') return decodeStandings(change.records).map(({ id }) => id);
  return change.kind === 'sponsorCorrected' ? [change.id, change.newId] : [change.id];
}

/** Everything that changed distributors' places and standings from block `from` on, in order. */
async function listChanges(chain: ChainReader, from?: bigint): Promise<JournalEntry[]> {
  const lists = await Promise.all(EVENTS.map((event) => chain.listLogs(event, undefined, from)));
  return decodeEntries(lists.flat().sort((a, b) => (isBefore(a, b) ? -1 : 1)));
}
