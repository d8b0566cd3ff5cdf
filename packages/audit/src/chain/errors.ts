/** An audit that could not be made; its message says what would help. */
export class AuditFailedError extends Error {
  override name = 'AuditFailedError';
}

/** The node did not answer. */
export class NodeUnreachableError extends AuditFailedError {
  override name = 'NodeUnreachableError';
}

/** There is no ledger at the address. */
export class NoLedgerError extends AuditFailedError {
  override name = 'NoLedgerError';
}

/** The first block that was asked for comes after the block to audit. */
export class FirstBlockAheadError extends AuditFailedError {
  override name = 'FirstBlockAheadError';
}

/** The node gives no logs, however few blocks it is asked for. */
export class LogsUnavailableError extends AuditFailedError {
  override name = 'LogsUnavailableError';
}

/** The block that was read is no longer on the chain. */
export class BlockReplacedError extends AuditFailedError {
  override name = 'BlockReplacedError';
}

/** What went wrong, in one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Errors of viem carry the request in the lines below the first.
  const text = 'shortMessage' in error ? String(error.shortMessage) : error.message;
  return (text.split('\n')[0] ?? '').trim();
}
