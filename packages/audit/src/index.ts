export { type AuditReport, type AuditRequest, auditLedger } from './audit-ledger.ts';
export {
  AuditFailedError,
  BlockReplacedError,
  FirstBlockAheadError,
  LogsUnavailableError,
  NodeUnreachableError,
  NoLedgerError,
} from './chain/errors.ts';
export type { Finding, FindingCode } from './findings.ts';
export { auditLogs, type LogAudit, type Origin } from './journal/audit-logs.ts';
export { type Summary, summarise } from './report/summary.ts';
export { formatReport, toJson } from './report/text.ts';
