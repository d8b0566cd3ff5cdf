/** What only tests and benchmarks need of this package's inside. */

export { BatchMarks, chunkOf, markedBatches } from './books/batch-marks.ts';
export { columnOf, type PeriodColumn } from './books/periods.ts';
export { sumsBelow, Uplines } from './books/tree/uplines.ts';
export { PeriodSums } from './books/write/changes/period-sums.ts';
export { type CopyColumn, type CopyValue, encodeRows } from './books/write/rows/copy-rows.ts';
export { type BooksWriter, writeBooks } from './books/write/rows/writer.ts';
export { addMarks, insertMarks, removeMarks } from './books/write/sums/marks.ts';
export { keyOf } from './schema/ledger-key.ts';
