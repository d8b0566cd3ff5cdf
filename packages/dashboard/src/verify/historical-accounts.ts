import {
  type DistributorLeft,
  decodeEntries,
  decodeStandings,
  type Entry,
  type LedgerLog,
  moveAway,
  type SponsorCorrected,
  STATUS_ACTIVE,
  STATUS_CLOSED,
  type StandingSet,
} from '@plumbline/protocol';
import type { ChainReader, TreeAccount } from './chain-reader.ts';
import { isBefore } from './settlement-log.ts';

/** An entry that changes a distributor's sponsor or standing. */
type Change = StandingSet | SponsorCorrected | DistributorLeft;

const EVENTS = ['StandingSet', 'SponsorCorrected', 'DistributorLeft'] as const;

/** Accounts as they were at a log. They are replayed from the journal, because few nodes still have old state. */
export class HistoricalAccounts {
  readonly #chain: ChainReader;
  readonly #at: LedgerLog;
  readonly #changedSince: ReadonlySet<number>;
  #before: Promise<readonly Change[]> | undefined;
  /** Whether a distributor who was asked for has changed since. */
  hasChanged = false;

  private constructor(chain: ChainReader, at: LedgerLog, changedSince: ReadonlySet<number>) {
    this.#chain = chain;
    this.#at = at;
    this.#changedSince = changedSince;
  }

  static async open(chain: ChainReader, at: LedgerLog): Promise<HistoricalAccounts> {
    const entries = await listChanges(chain, at.blockNumber);
    const since = entries.filter((each) => isBefore(at, each)).flatMap(({ change }) => idsOf(change));
    return new HistoricalAccounts(chain, at, new Set(since));
  }

  /** @returns Undefined for an id that had not been given. An account that has not changed since is read as it is now. */
  async findAccount(id: number): Promise<TreeAccount | undefined> {
    if (!this.#changedSince.has(id)) return this.#chain.findAccount(id);
    this.hasChanged = true;
    this.#before ??= listChanges(this.#chain).then((entries) =>
      entries.filter((each) => isBefore(each, this.#at)).map(({ change }) => change),
    );
    return this.#replay(id, await this.#before);
  }

  /** The account of `id` after `changes`, which begin with the ledger. */
  async #replay(id: number, changes: readonly Change[]): Promise<TreeAccount | undefined> {
    const move = changes.filter(isMove).find(({ newId }) => newId === id);
    const arrival = move ? changes.indexOf(move) : -1;
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
      return change.newId !== id
        ? moveAway({ ...account, owed: 0n }, change.newId)
        : { ...account, sponsor: change.sponsor };
  }
}

/** Whether a correction gave the distributor a new id. */
function isMove(change: Change): change is SponsorCorrected {
  return change.kind === 'sponsorCorrected' && change.newId !== change.id;
}

function idsOf(change: Change): number[] {
  if (change.kind === 'standingSet') return decodeStandings(change.records).map(({ id }) => id);
  return change.kind === 'sponsorCorrected' ? [change.id, change.newId] : [change.id];
}

interface LoggedChange {
  change: Change;
  blockNumber: bigint;
  logIndex: number;
}

/** All changes of sponsors and standings from block `from` on, in order. */
async function listChanges(chain: ChainReader, from?: bigint): Promise<LoggedChange[]> {
  const lists = await Promise.all(EVENTS.map((event) => chain.listLogs(event, undefined, from)));
  const entries = decodeEntries(lists.flat().sort((a, b) => (isBefore(a, b) ? -1 : 1)));
  return entries.flatMap(({ entry, blockNumber, logIndex }) =>
    isChange(entry) ? [{ change: entry, blockNumber, logIndex }] : [],
  );
}

function isChange(entry: Entry): entry is Change {
  return ['standingSet', 'sponsorCorrected', 'distributorLeft'].includes(entry.kind);
}
