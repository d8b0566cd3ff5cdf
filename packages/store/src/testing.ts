/** What only tests and benchmarks need of this package's inside. */

export { BatchMarks, chunkOf, markedBatches } from './books/batch-marks.ts';
export { type CopyColumn, type CopyValue, encodeRows } from './books/copy-rows.ts';
export { keyOf } from './books/ledger-key.ts';
export { addMarks, insertMarks, removeMarks } from './books/mark-writing.ts';
export { PeriodSums } from './books/period-sums.ts';
export { columnOf, type PeriodColumn } from './books/periods.ts';
export { sumsBelow, Uplines } from './books/uplines.ts';
export { type Writing, write } from './books/writing.ts';
