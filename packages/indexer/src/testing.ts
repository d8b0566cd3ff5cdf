/** What only tests and benchmarks need from inside this package. */

export {
  FactoryMissingError,
  FinalBlockChangedError,
  InvalidLogsError,
  LedgersFailedError,
  NodeRefusedError,
  NodesFailedError,
  UnstableChainError,
} from './errors.ts';
export {
  type Action,
  type Effect,
  firstEffect,
  initialState,
  reduce,
  type State,
} from './following/planner.ts';
export { adaptRangeSize, initialRangeSize, type RangeAnswer, type RangeSize } from './reading/range-size.ts';
export { parseLogs } from './rpc/answers.ts';
export { scanLogs } from './rpc/log-scan.ts';
export { decodeLogs } from './rpc/logs.ts';
