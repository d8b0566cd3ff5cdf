import {
  amountOf,
  commissionLedgerAbi,
  decodeEntries,
  type Entry,
  encodeLines,
  extendHead,
  foldEntries,
  GENESIS_HEAD,
  type JournalEntry,
  type LedgerLog,
  type Settler,
  saleNumber,
  settlementOf,
} from '@plumbline/protocol';
import { expect } from 'chai';
import {
  type AbiEvent,
  type ContractEventName,
  decodeEventLog,
  encodeAbiParameters,
  encodeEventTopics,
  getAbiItem,
  type Hex,
} from 'viem';

/** Logs as a ledger would write them, by viem's encoder, and their entries again, by viem's decoder. */

type EventName = ContractEventName<typeof commissionLedgerAbi>;
type Fields = Record<string, unknown>;
interface LedgerEvent {
  name: EventName;
  fields: Fields;
}

/** The events that a ledger emits for an entry; `head` is the head after it. */
function eventsOf(entry: Entry, head: Hex, compact: boolean): LedgerEvent[] {
  const closing = { name: EVENTS[entry.kind], fields: { ...fieldsOf(entry, compact), head } };
  if (entry.kind !== 'batchSettled' || compact) return [closing];
  const lines = entry.lines.map((line, i): LedgerEvent => {
    const sale = BigInt(saleNumber({ batch: entry.batch, index: entry.from + i }));
    const credits = line.credits.map((credit) => amountOf(line, credit) * 100_000_000n + BigInt(credit.id));
    return {
      name: 'SaleSettled',
      fields: { sale, seller: BigInt(line.seller), volumeCents: line.volumeCents, credits },
    };
  });
  return [...lines, closing];
}

/** The logs of a journal that consists of `entries`, with right heads. */
export function logsOf(entries: readonly Entry[], compact: boolean): LedgerLog[] {
  let head = GENESIS_HEAD;
  const events = entries.flatMap((entry) => {
    head = extendHead(head, entry);
    return eventsOf(entry, head, compact);
  });
  return events.map(({ name, fields }, logIndex) => {
    const event = getAbiItem({ abi: commissionLedgerAbi, name }) as AbiEvent;
    const plain = event.inputs.filter((input) => !input.indexed);
    return {
      topics: encodeEventTopics({ abi: [event], args: fields } as never) as Hex[],
      data: encodeAbiParameters(plain, plain.map((input) => fields[input.name ?? '']) as never),
      blockNumber: 7n,
      blockHash: `0x${'b'.repeat(64)}`,
      transactionHash: `0x${'c'.repeat(64)}`,
      logIndex,
    };
  });
}

const EVENTS: Record<Entry['kind'], EventName> = {
  opened: 'LedgerOpened',
  enrolled: 'Enrolled',
  planAnnounced: 'PlanAnnounced',
  recorderSet: 'RecorderSet',
  roleChanged: 'RoleChanged',
  adminTransferSet: 'AdminTransferSet',
  adminDelaySet: 'AdminDelaySet',
  floatFunded: 'FloatFunded',
  batchRecorded: 'BatchRecorded',
  saleReversed: 'SaleReversed',
  batchSettled: 'BatchSettled',
  payout: 'Payout',
  standingAnnounced: 'StandingAnnounced',
  correctionAnnounced: 'CorrectionAnnounced',
  endingAnnounced: 'EndingAnnounced',
  changeCancelled: 'ChangeCancelled',
  changeApplied: 'ChangeApplied',
  walletSet: 'WalletSet',
  recoverySet: 'RecoverySet',
  holdSet: 'HoldSet',
  flagRaised: 'FlagRaised',
  flagClosed: 'FlagClosed',
  floatWithdrawn: 'FloatWithdrawn',
  pauseSet: 'PauseSet',
  payoutRedirected: 'PayoutRedirected',
  actAnnounced: 'ActAnnounced',
  actCancelled: 'ActCancelled',
  planCancelled: 'PlanCancelled',
  balancesOpened: 'BalancesOpened',
  refundedLate: 'RefundedLate',
  disclosurePublished: 'DisclosurePublished',
  flagAnswered: 'FlagAnswered',
  successorSet: 'SuccessorSet',
  surplusSwept: 'SurplusSwept',
  standbySet: 'StandbySet',
  recorderReplaced: 'RecorderReplaced',
};

/** An entry's fields as its event has them: every number, and every choice, as a 256-bit number. */
function fieldsOf(entry: Entry, compact: boolean): Fields {
  const fields = Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [name, typeof value === 'number' ? BigInt(value) : value]),
  );
  switch (entry.kind) {
    case 'saleReversed':
    case 'refundedLate':
      return { ...fields, sale: BigInt(saleNumber(entry)) };
    case 'batchSettled':
      return { ...fields, sales: compact ? encodeLines(entry.lines) : '0x' };
    case 'walletSet':
      return { ...fields, how: { claimed: 1n, changed: 2n, recovered: 3n }[entry.how] };
    case 'flagRaised':
      return {
        ...fields,
        subjectKind: { distributor: 0n, sale: 1n }[entry.subjectKind],
        // Two of an entry's fields would be called kind.
        kind: BigInt(entry.flagKind),
      };
    case 'flagClosed':
      return { ...fields, outcome: { cleared: 1n, corrected: 2n, upheld: 3n }[entry.outcome] };
    default:
      return fields;
  }
}

/** The entry as it is read when the lines of settlements are not. */
function withoutLines(entry: Entry): Entry {
  if (entry.kind !== 'batchSettled') return entry;
  const { kind, batch, from, until, credited, released } = entry;
  return settlementOf({ kind, batch, from, until, credited, released }, new Uint8Array());
}

/** Holds what was decoded from `logs` against what viem's decoder reads in them, field by field. */
export function expectAsViemReads(
  logs: readonly LedgerLog[],
  entries: readonly JournalEntry[],
  compact: boolean,
): void {
  const read = logs.map((log) => {
    const topics = [...log.topics] as [Hex, ...Hex[]];
    const { eventName, args } = decodeEventLog({ abi: commissionLedgerAbi, topics, data: log.data });
    return { name: eventName, fields: lowerCase(args as Fields) };
  });
  const decoded = entries.flatMap(({ entry, head }) => eventsOf(entry, head, compact));
  const expected = decoded.map(({ name, fields }, i) => {
    const names = Object.keys(read[i]?.fields ?? {});
    return { name, fields: Object.fromEntries(names.map((field) => [field, fields[field]])) };
  });
  expect(expected).to.deep.equal(read);
}

/** viem writes addresses with their checksum; ours are lower-case. */
function lowerCase(fields: Fields): Fields {
  const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, lower(value)]));
}

/** How far a journal has been followed. */
export interface JournalProgress {
  head: Hex;
  count: number;
  settler: Settler;
}

/** New logs say what `expected` has after `progress`, settle to the same when settled again, and fold; returns the entries. */
export function expectSameEntries(
  logs: readonly LedgerLog[],
  expected: readonly Entry[],
  progress: JournalProgress,
): JournalEntry[] {
  const entries = decodeEntries(logs);
  expect(
    entries.map(({ entry }) => entry),
    'entries',
  ).to.deep.equal(expected.slice(progress.count));
  for (const { entry } of entries) {
    expect(progress.settler.complete(withoutLines(entry)), 'settled again').to.deep.equal(entry);
    progress.settler.apply(entry);
  }
  progress.head = foldEntries(progress.head, progress.count, entries);
  progress.count += entries.length;
  return entries;
}
