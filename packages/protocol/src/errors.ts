/** Settings of an error beside its message. */
export interface ErrorDetails {
  /** The error behind it. */
  cause?: unknown;
  /** Whether the same call may succeed later. */
  retryable?: boolean;
}

/**
 * The base of every error of ours. Programs tell errors apart by `code`, which never changes; the message is for people
 * and says what to do. A URL in it is cut to its origin, because paths and queries of nodes often hold a key.
 */
export class PlumblineError extends Error {
  override name = 'PlumblineError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, { cause, retryable = false }: ErrorDetails = {}) {
    super(hideSecrets(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
  }
}

/** `text` with every URL of a node or a database cut to scheme and host: no users, passwords, paths or queries. */
export function hideSecrets(text: string): string {
  const url = /\b(https?|wss?|postgres(?:ql)?):\/\/(?:[^\s"'`/?#]*@)?([^\s"'`/?#,;)]*)[^\s"'`,;)]*/gi;
  return text.replace(url, '$1://$2');
}

/** A packed record or a text that is malformed. `field` names what was read. */
export class MalformedError extends PlumblineError {
  override name = 'MalformedError';
  readonly field: string;

  constructor(field: string, problem: string) {
    super('malformed', `${field}: ${problem}`);
    this.field = field;
  }
}

/** A log of the ledger that is not an entry, or not where an entry can be. */
export class UnexpectedLogError extends PlumblineError {
  override name = 'UnexpectedLogError';

  constructor(message: string, details?: ErrorDetails) {
    super('unexpected-log', message, details);
  }
}

/** The journal, folded from the logs, has another head than the log says: a log is missing, altered or out of order. */
export class JournalMismatchError extends PlumblineError {
  override name = 'JournalMismatchError';
  /** Number of the entry, from 0, whose head differs. */
  readonly entry: number;
  readonly computed: string;
  readonly claimed: string;

  constructor(entry: number, kind: string, computed: string, claimed: string) {
    super(
      'journal-mismatch',
      `journal entry ${entry} (${kind}) folds to head ${computed}, but its log says ${claimed}: ` +
        'a log before or at this entry is missing, altered or out of order',
    );
    this.entry = entry;
    this.computed = computed;
    this.claimed = claimed;
  }
}

/** A plan that no ledger would accept. */
export class InvalidPlanError extends PlumblineError {
  override name = 'InvalidPlanError';

  constructor(message: string, details?: ErrorDetails) {
    super('invalid-plan', message, details);
  }
}
