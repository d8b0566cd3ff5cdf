import { type ErrorDetails, hideSecrets, PlumblineError } from '@plumbline/protocol';

/** An audit that could not be made; its message says what would help. */
export class AuditFailedError extends PlumblineError {
  override name = 'AuditFailedError';
}

/** The node did not answer. */
export class NodeUnreachableError extends AuditFailedError {
  override name = 'NodeUnreachableError';

  constructor(message: string, details: ErrorDetails = {}) {
    super('node-unreachable', message, { ...details, retryable: true });
  }
}

/** There is no ledger at the address. */
export class NoLedgerError extends AuditFailedError {
  override name = 'NoLedgerError';

  constructor(message: string, details?: ErrorDetails) {
    super('no-ledger', message, details);
  }
}

/** The first block that was asked for comes after the block to audit. */
export class FirstBlockAheadError extends AuditFailedError {
  override name = 'FirstBlockAheadError';

  constructor(message: string) {
    super('first-block-ahead', message);
  }
}

/** The node gives no logs, however few blocks it is asked for. */
export class LogsUnavailableError extends AuditFailedError {
  override name = 'LogsUnavailableError';

  constructor(message: string, details?: ErrorDetails) {
    super('logs-unavailable', message, details);
  }
}

/** The block that was read is no longer on the chain. */
export class BlockReplacedError extends AuditFailedError {
  override name = 'BlockReplacedError';

  constructor(message: string) {
    super('block-replaced', message, { retryable: true });
  }
}

/** What went wrong, in one line and without the key that a URL may hold. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return hideSecrets(String(error));
  // Errors of viem carry the request in the lines below the first.
  const text = 'shortMessage' in error ? String(error.shortMessage) : error.message;
  return hideSecrets((text.split('\n')[0] ?? '').trim());
}
