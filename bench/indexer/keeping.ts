import { type BuyerClass, type Entry, encodeSales } from '@plumbline/protocol';
import type { Database } from '@plumbline/store';
import { zeroAddress } from 'viem';
import { Random } from '../../test/support/random.ts';
import { apply, type Filled } from './fill.ts';
import { hashOf, LEDGER, UNTIL } from './made-entries.ts';

/** Milliseconds that one enrolment or sale takes to write, in stretches of a thousand and by itself. */
interface Cost {
  inThousand: number;
  alone: number;
}

export interface KeepingCosts {
  enrolment: Cost;
  sale: Cost;
  /** At the end of the line, if there is one. */
  lineEnrolment?: Cost;
  lineSale?: Cost;
}

const ROUNDS = 5;

/** Times `applyEntries` on a filled ledger, including the sums. */
export async function measureKeeping(
  database: Database,
  { tree, batches }: Pick<Filled, 'tree' | 'batches'>,
): Promise<KeepingCosts> {
  const random = new Random(5);
  let lastId = 60_000_000;
  let lastBatch = batches;

  const write = (entries: Entry[]) => apply(database, [{ time: UNTIL - 1, entries }]);

  async function costOf(make: (count: number) => Entry[]): Promise<Cost> {
    await write(make(10));
    const together: number[] = [];
    const alone: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      together.push((await write(make(1_000))) / 1_000);
      for (let i = 0; i < 5; i++) alone.push(await write(make(1)));
    }
    return { inThousand: median(together), alone: median(alone) };
  }

  const enrol = (draw: () => number) => (count: number) =>
    Array.from(
      { length: count },
      (): Entry => ({ kind: 'enrolled', id: ++lastId, sponsor: tree.idOf(draw()), wallet: zeroAddress }),
    );
  const record =
    (draw: () => number) =>
    (count: number): Entry[] => {
      const sales = Array.from({ length: count }, () => ({
        seller: tree.idOf(draw()),
        class: 'retail' as BuyerClass,
        priceCents: 1_000n,
        volumeCents: 800n,
      }));
      const batch = ++lastBatch;
      const terms = {
        plan: 1,
        recorder: LEDGER,
        recordedAt: UNTIL - 1,
        reserved: 1n,
        manifestRoot: hashOf(batch),
      };
      return [{ kind: 'batchRecorded', batch, ...terms, records: encodeSales(sales) }];
    };
  const anyDistributor = () => 1 + random.below(tree.count);
  const atEnd = () => tree.count - random.below(10);
  const costs: KeepingCosts = {
    enrolment: await costOf(enrol(anyDistributor)),
    sale: await costOf(record(anyDistributor)),
  };
  if (tree.count === tree.atRandom) return costs;
  return {
    ...costs,
    lineEnrolment: await costOf(enrol(atEnd)),
    lineSale: await costOf(record(atEnd)),
  };
}

function median(times: readonly number[]): number {
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  return Math.round(middle * 1000) / 1000;
}
