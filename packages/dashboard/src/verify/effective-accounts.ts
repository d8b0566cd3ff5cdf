import {
  type AppliedChange,
  decodeEntries,
  type LedgerLog,
  moveAway,
  STATUS_ACTIVE,
  STATUS_CLOSED,
} from '@plumbline/protocol';
import type { ChainReader, TreeAccount } from './chain-reader.ts';
import type { ChangeHistory } from './change-history.ts';
import { isBefore } from './settlement-log.ts';

/**
 * Accounts as a sale is settled with them: as they were at its settlement, or, before it, as they are with the changes that
 * come first. What has changed since is replayed from the journal, because few nodes still have old state.
 */
export class EffectiveAccounts {
  readonly #chain: ChainReader;
  readonly #settlement: LedgerLog | undefined;
  readonly #before: readonly AppliedChange[];
  readonly #waiting: readonly AppliedChange[];
  readonly #changedSince: ReadonlySet<number>;
  /** Whether a distributor who was asked for has changed since the settlement. */
  hasChanged = false;

  constructor(
    chain: ChainReader,
    history: ChangeHistory,
    recordedAt: number,
    settlement: LedgerLog | undefined,
  ) {
    this.#chain = chain;
    this.#settlement = settlement;
    this.#before = history.listBefore(settlement).map(({ change }) => change);
    this.#waiting = settlement ? [] : history.listWaiting(recordedAt);
    const since = settlement ? history.listAfter(settlement) : [];
    this.#changedSince = new Set(since.flatMap(({ change }) => idsIn(change)));
  }

  /** @returns Undefined for an id that had not been given. An account that has not changed since is read as it is now. */
  async findAccount(id: number): Promise<TreeAccount | undefined> {
    if (this.#changedSince.has(id)) {
      this.hasChanged = true;
      return this.#replay(id, this.#before);
    }
    const account = await this.#chain.findAccount(id);
    return account && this.#waiting.reduce((before, change) => changed(before, id, change), account);
  }

  /** The account of `id` after `changes`, which begin with the ledger. */
  async #replay(id: number, changes: readonly AppliedChange[]): Promise<TreeAccount | undefined> {
    const move = changes.filter(isMove).find(({ newId }) => newId === id);
    const arrival = move ? changes.indexOf(move) : -1;
    const before = move && (await this.#replay(move.id, changes.slice(0, arrival)));
    const first = move ? before && { ...before, sponsor: move.sponsor } : await this.#enrolled(id);
    return (
      first && changes.slice(arrival + 1).reduce((account, change) => changed(account, id, change), first)
    );
  }

  async #enrolled(id: number): Promise<TreeAccount | undefined> {
    const [log] = await this.#chain.listLogs('Enrolled', id);
    if (!log || (this.#settlement && !isBefore(log, this.#settlement))) return undefined;
    const [enrolled] = decodeEntries([log]);
    if (enrolled?.entry.kind !== 'enrolled') return undefined;
    return { sponsor: enrolled.entry.sponsor, rank: 0, status: STATUS_ACTIVE, movedTo: 0 };
  }
}

function changed(account: TreeAccount, id: number, change: AppliedChange): TreeAccount {
  // Who has left, or has moved to another id, does not change any more.
  if (account.status === STATUS_CLOSED) return account;
  switch (change.kind) {
    case 'standing': {
      const last = change.records.findLast((record) => record.id === id);
      return last ? { ...account, rank: last.rank, status: last.status } : account;
    }
    case 'ending':
      return change.id === id ? { ...account, rank: 0, status: STATUS_CLOSED } : account;
    case 'sponsor':
      if (change.id !== id) return account;
      return change.newId !== id
        ? moveAway({ ...account, owed: 0n }, change.newId)
        : { ...account, sponsor: change.sponsor };
    case 'lapsed':
      return account;
  }
}

type SponsorChange = Extract<AppliedChange, { kind: 'sponsor' }>;

/** Whether a correction gave the distributor a new id. */
function isMove(change: AppliedChange): change is SponsorChange {
  return change.kind === 'sponsor' && change.newId !== change.id;
}

function idsIn(change: AppliedChange): number[] {
  switch (change.kind) {
    case 'standing':
      return change.records.map(({ id }) => id);
    case 'sponsor':
      return [change.id, change.newId];
    case 'ending':
      return [change.id];
    case 'lapsed':
      return [];
  }
}
