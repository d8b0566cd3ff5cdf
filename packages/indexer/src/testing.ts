/** What only tests and benchmarks need of this package's inside. */

export {
  FactoryMissingError,
  FalseLogsError,
  FinalBlockChangedError,
  LedgersFailedError,
  NodeRefusedError,
  NodesFailedError,
  UnstableChainError,
} from './errors.ts';
export { beginAt, decide, firstStep, type Mind, type Observation, type Step } from './following/planner.ts';
export { type Asked, adapt, firstPace, type Pace } from './reading/pace.ts';
export { logsIn } from './rpc/answers.ts';
export { scanLogs } from './rpc/log-scan.ts';
export { decodeLogs } from './rpc/logs.ts';
