import { ENTRY_KINDS, journals, sampleOf } from '../support/protocol/arbitraries.ts';
import { logsOf } from '../support/protocol/logs.ts';
import { Random } from '../support/random.ts';
import type { RawLog } from './false-node.ts';

export const ADDRESS = '0x28753b32e235aa56aea0a81af0c80c4d726f2135';

/** The logs of a random journal as a node gives them: some transactions to a block, some logs to a transaction. */
export function rawLogs(seed: number, compact = false): RawLog[] {
  const random = new Random(seed);
  const kinds = [...ENTRY_KINDS, 'batchSettled', 'batchSettled', 'enrolled', 'enrolled'] as const;
  const entries = sampleOf(journals(kinds), seed);
  let [block, transaction, logIndex] = [7, 0, 0];
  return logsOf(entries, compact).map(({ topics, data }) => {
    const step = random.between(1, 20);
    if (step === 1) [block, transaction, logIndex] = [block + random.between(1, 300), 0, -1];
    if (step === 2) transaction += 1;
    logIndex += random.pick([1, 1, 1, 40]);
    const hash = (number: number) => `0x${number.toString(16).padStart(64, '0')}`;
    return {
      address: ADDRESS,
      topics: [...topics],
      data,
      blockHash: hash(block),
      blockNumber: `0x${block.toString(16)}`,
      blockTimestamp: '0x6955bd38',
      transactionHash: hash(1_000 * block + transaction),
      transactionIndex: `0x${transaction.toString(16)}`,
      logIndex: `0x${logIndex.toString(16)}`,
      removed: false,
    };
  });
}

export function answerOf(
  logs: readonly object[],
  write: (value: unknown) => string = JSON.stringify,
): Buffer {
  return Buffer.from(write([{ jsonrpc: '2.0', id: 0, result: logs }]));
}
