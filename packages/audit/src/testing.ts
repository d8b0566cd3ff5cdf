/** What only tests and benchmarks need of this package's inside. */

export { listLogs } from './chain/logs.ts';
