/** What only tests and benchmarks need of this package's inside. */

export { logsIn } from './answers.ts';
export {
  FactoryMissingError,
  FalseLogsError,
  FinalBlockChangedError,
  LedgersFailedError,
  NodeRefusedError,
  NodesFailedError,
  UnstableChainError,
} from './errors.ts';
export { scanLogs } from './log-scan.ts';
export { decodeLogs } from './logs.ts';
export { type Asked, adapt, firstPace, type Pace } from './pace.ts';
export { beginAt, decide, firstStep, type Mind, type Observation, type Step } from './planner.ts';
