/** The numbers of distributors and sales. Twin of contracts/types/Fragment.sol (fragmentOf, laneOf). */

/** The largest distributor id: 26 bits. */
export const MAX_ID = 2 ** 26 - 1;

/** Lanes of a fragment: how many distributors share one storage word. */
export const LANES = 4;

/** Sales that one batch can hold. */
export const MAX_BATCH = 1000;

/** Batches that one recorder can record: 24 bits. */
export const MAX_SEQUENCE = 2 ** 24 - 1;

/** Recorders that a ledger can have. */
export const MAX_RECORDERS = 127;

/** Number of the batch that recorder `number` (from 1) records as its `sequence`th (from 1). */
export function batchNumber(number: number, sequence: number): number {
  return (number - 1) * 2 ** 24 + sequence;
}

/** Number of the recorder that recorded `batch`, from 1. */
export function recorderOfBatch(batch: number): number {
  return Math.floor(batch / 2 ** 24) + 1;
}

/** Place of `batch` among those of its recorder, from 1. */
export function sequenceOfBatch(batch: number): number {
  return batch % 2 ** 24;
}

/** Number of the fragment that holds distributor `id`. */
export function fragmentOf(id: number): number {
  return id >>> 2;
}

/** Lane of distributor `id` inside its fragment, 0 to 3. */
export function laneOf(id: number): number {
  return id & 3;
}

/** Id of the distributor in `lane` of `fragment`. */
export function idAt(fragment: number, lane: number): number {
  return fragment * LANES + lane;
}

/** A sale on the ledger: its batch, from 1, and its index in the batch, from 0. */
export interface SaleRef {
  batch: number;
  index: number;
}

/** The number of a sale in events: `batch << 16 | index`. */
export function saleNumber({ batch, index }: SaleRef): number {
  return batch * 65_536 + index;
}

/** The sale that `number` names. */
export function saleRefOf(number: number): SaleRef {
  return { batch: Math.floor(number / 65_536), index: number % 65_536 };
}

/** A sale in the form that people read and type, e.g. `12-7`: batch 12, index 7. */
export function formatSaleRef({ batch, index }: SaleRef): string {
  return `${batch}-${index}`;
}

/** The sale that `text` names, or null if it is not of the form `12-7` or no batch can hold it. */
export function parseSaleRef(text: string): SaleRef | null {
  const match = /^([1-9][0-9]{0,9})-(0|[1-9][0-9]{0,4})$/.exec(text);
  const [batch, index] = [Number(match?.[1]), Number(match?.[2])];
  const isBatch = recorderOfBatch(batch) <= MAX_RECORDERS && sequenceOfBatch(batch) > 0;
  return isBatch && index < MAX_BATCH ? { batch, index } : null;
}
