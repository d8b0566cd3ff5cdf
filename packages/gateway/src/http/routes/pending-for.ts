import { decodeStandings, STATUS_ACTIVE } from '@plumbline/protocol';
import type { PendingChange as Shown } from '@plumbline/protocol/api';
import type { PendingChange } from '@plumbline/store';

/** What an announced change brings a distributor: one item, or none if it is about others. */
export function pendingFor(id: number, announced: PendingChange): Shown[] {
  const { change, kind, effectiveAt } = announced;
  const shown = { change, kind, effectiveAt, rank: null, status: null, sponsor: null };
  if (announced.kind === 'standing') {
    // Records that are applied already are in effect.
    const records = decodeStandings(announced.records).slice(announced.done);
    const last = records.findLast((record) => record.id === id);
    return last
      ? [{ ...shown, rank: last.rank, status: last.status === STATUS_ACTIVE ? 'active' : 'inactive' }]
      : [];
  }
  if (announced.id !== id) return [];
  return [announced.kind === 'correction' ? { ...shown, sponsor: announced.sponsor } : shown];
}
