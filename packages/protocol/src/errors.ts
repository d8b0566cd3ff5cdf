/** A packed record or text that is not of its form. `field` names what was read. */
export class MalformedError extends Error {
  override name = 'MalformedError';
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.field = field;
  }
}

/** A log of the ledger that is no entry, or not where an entry can stand. */
export class UnexpectedLogError extends Error {
  override name = 'UnexpectedLogError';
}

/** The journal, folded from the logs, has another head than the log says: a log is missing, altered or out of order. */
export class JournalMismatchError extends Error {
  override name = 'JournalMismatchError';
  /** Number of the entry, from 0, whose head differs. */
  readonly entry: number;
  readonly computed: string;
  readonly claimed: string;

  constructor(entry: number, kind: string, computed: string, claimed: string) {
    super(
      `journal entry ${entry} (${kind}) folds to head ${computed}, but its log says ${claimed}: ` +
        'a log before or at this entry is missing, altered or out of order',
    );
    this.entry = entry;
    this.computed = computed;
    this.claimed = claimed;
  }
}

/** A plan that no ledger would accept. */
export class InvalidPlanError extends Error {
  override name = 'InvalidPlanError';
}
