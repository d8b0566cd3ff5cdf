import { decodeEventLog, type Hex } from 'viem';
import { commissionLedgerAbi } from '../../abi.generated.ts';
import { UnexpectedLogError } from '../../errors.ts';
import { saleRefOf } from '../../ids.ts';
import { type Plan, planHash } from '../../rules/plan.ts';
import { type Entry, type LedgerLog, WALLET_CHANGES } from '../entries.ts';
import { settlementOf } from '../settled-lines.ts';
import { changeLayouts } from './change-layouts.ts';
import { type Layout, topicOf } from './layout.ts';
import {
  bytesAt,
  choice,
  topic,
  topicAddress,
  topicNumber,
  where,
  word,
  wordBigInt,
  wordBoolean,
  wordNumber,
} from './log-words.ts';
import { powerLayouts } from './power-layouts.ts';

/**
 * The layout of each log that is an entry: which word holds which field.
 *
 * A field wider than the journal's is refused. The hash covers only that width, so otherwise a node could change the
 * rest and still fold to the right head.
 */

export const layouts: ReadonlyMap<Hex, Layout> = new Map<Hex, Layout>([
  ...changeLayouts,
  ...powerLayouts,
  [
    topicOf('LedgerOpened'),
    (log) => ({ entry: { kind: 'opened', termsHash: word(log, 0) }, head: word(log, 1) }),
  ],
  [
    topicOf('Enrolled'),
    (log) => ({
      entry: {
        kind: 'enrolled',
        id: topicNumber(log, 1, 4),
        sponsor: topicNumber(log, 2, 4),
        wallet: topicAddress(log, 3),
      },
      head: word(log, 0),
    }),
  ],
  [topicOf('PlanAnnounced'), decodePlanAnnounced],
  [
    topicOf('RecorderSet'),
    (log) => ({
      entry: {
        kind: 'recorderSet',
        recorder: topicAddress(log, 1),
        number: topicNumber(log, 2, 1),
        cap: wordBigInt(log, 0, 8),
        countCap: wordNumber(log, 1, 4),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('RoleChanged'),
    (log) => ({
      entry: {
        kind: 'roleChanged',
        role: topic(log, 1),
        account: topicAddress(log, 2),
        granted: wordBoolean(log, 0),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('AdminTransferSet'),
    (log) => ({
      entry: {
        kind: 'adminTransferSet',
        newAdmin: topicAddress(log, 1),
        acceptableFrom: wordNumber(log, 0, 6),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('AdminDelaySet'),
    (log) => ({
      entry: { kind: 'adminDelaySet', delay: wordNumber(log, 0, 6), effectiveFrom: wordNumber(log, 1, 6) },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('FloatFunded'),
    (log) => ({
      entry: { kind: 'floatFunded', from: topicAddress(log, 1), units: wordBigInt(log, 0, 8) },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('BatchRecorded'),
    (log) => ({
      entry: {
        kind: 'batchRecorded',
        batch: topicNumber(log, 1, 4),
        plan: topicNumber(log, 2, 2),
        recorder: topicAddress(log, 3),
        recordedAt: wordNumber(log, 0, 5),
        reserved: wordBigInt(log, 1, 8),
        manifestRoot: word(log, 2),
        records: bytesAt(log, 3),
      },
      head: word(log, 4),
    }),
  ],
  [
    topicOf('SaleReversed'),
    (log) => ({
      entry: {
        kind: 'saleReversed',
        ...saleRefOf(topicNumber(log, 1, 6)),
        seller: topicNumber(log, 2, 4),
        priceCents: wordBigInt(log, 0, 4),
        volumeCents: wordBigInt(log, 1, 4),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('BatchSettled'),
    (log, pending) => {
      const [batch, from] = [topicNumber(log, 1, 4), wordNumber(log, 0, 2)];
      const settled = {
        kind: 'batchSettled',
        batch,
        from,
        until: wordNumber(log, 1, 2),
        credited: wordBigInt(log, 2, 8),
        released: wordBigInt(log, 3, 8),
      } as const;
      return {
        entry: settlementOf(settled, pending.close(log, { batch, index: from })),
        head: word(log, 5),
      };
    },
  ],
  [
    topicOf('Payout'),
    (log) => ({
      entry: {
        kind: 'payout',
        id: topicNumber(log, 1, 4),
        wallet: topicAddress(log, 2),
        units: wordBigInt(log, 0, 8),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('PayoutRedirected'),
    (log) => ({
      entry: {
        kind: 'payoutRedirected',
        id: topicNumber(log, 1, 4),
        wallet: topicAddress(log, 2),
        to: topicAddress(log, 3),
        units: wordBigInt(log, 0, 8),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('WalletSet'),
    (log) => ({
      entry: {
        kind: 'walletSet',
        id: topicNumber(log, 1, 4),
        from: topicAddress(log, 2),
        to: topicAddress(log, 3),
        how: choice(log, WALLET_CHANGES, wordNumber(log, 0, 1) - 1),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('RecoverySet'),
    (log) => ({
      entry: {
        kind: 'recoverySet',
        id: topicNumber(log, 1, 4),
        from: topicAddress(log, 2),
        to: topicAddress(log, 3),
        executableFrom: wordNumber(log, 0, 5),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('HoldSet'),
    (log) => ({
      entry: {
        kind: 'holdSet',
        id: topicNumber(log, 1, 4),
        until: wordNumber(log, 0, 5),
        reason: topic(log, 2),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('FloatWithdrawn'),
    (log) => ({
      entry: { kind: 'floatWithdrawn', to: topicAddress(log, 1), units: wordBigInt(log, 0, 8) },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('PauseSet'),
    (log) => ({
      entry: { kind: 'pauseSet', by: topicAddress(log, 1), paused: wordBoolean(log, 0) },
      head: word(log, 1),
    }),
  ],
]);

/** Plans are rare and nested, so viem decodes them. */
function decodePlanAnnounced(log: LedgerLog): { entry: Entry; head: Hex } {
  const { plan, hash } = readPlan(log);
  // The journal covers the hash, and the hash covers the plan.
  if (hash !== topic(log, 2)) {
    throw new UnexpectedLogError(`log ${where(log)} has another plan than its hash ${topic(log, 2)} names`);
  }
  return {
    entry: {
      kind: 'planAnnounced',
      version: topicNumber(log, 1, 2),
      startsAt: wordNumber(log, 0, 5),
      planHash: hash,
      plan,
    },
    head: word(log, 2),
  };
}

function readPlan(log: LedgerLog): { plan: Plan; hash: Hex } {
  try {
    const { plan } = decodeEventLog({
      abi: commissionLedgerAbi,
      eventName: 'PlanAnnounced',
      topics: [...log.topics] as [Hex, ...Hex[]],
      data: log.data,
    }).args;
    return { plan, hash: planHash(plan) };
  } catch (cause) {
    throw new UnexpectedLogError(`log ${where(log)} has no plan that can be read`, { cause });
  }
}
