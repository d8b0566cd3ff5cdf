import { PlumblineError } from '@plumbline/protocol';
import type { Hex } from 'viem';

/** The node cannot be reached or is overloaded. */
export class NodeUnreachableError extends PlumblineError {
  override name = 'NodeUnreachableError';
  /** A smaller request might succeed: the answer took too long or was cut off. */
  readonly mayBeTooMuch: boolean;

  constructor(url: string, cause: unknown, mayBeTooMuch = false) {
    const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
    super('node-unreachable', `the node at ${originOf(url)} does not answer (${hidePath(url, reason)})`, {
      cause,
      retryable: true,
    });
    this.mayBeTooMuch = mayBeTooMuch;
  }
}

/** The node understood a call and refused it. */
export class NodeRefusedError extends PlumblineError {
  override name = 'NodeRefusedError';

  constructor(method: string, code: number, message: string, retryable = true) {
    super('node-refused', `the node refuses ${method}: ${message} (code ${code})`, { retryable });
  }
}

/** An answer is longer than what is read of one. Only a smaller request helps. */
export class AnswerTooLargeError extends NodeRefusedError {
  override name = 'AnswerTooLargeError';

  constructor(maxBytes: number) {
    const megabytes = Math.round(maxBytes / 2 ** 20);
    super('an answer', 0, `it has more than ${megabytes} MB, the most that is read`, false);
  }
}

/** Every one of several nodes failed. */
export class NodesFailedError extends PlumblineError {
  override name = 'NodesFailedError';
  /** By the origin of the node's URL. */
  readonly failures: ReadonlyMap<string, Error>;

  constructor(failures: ReadonlyMap<string, Error>) {
    const each = [...failures].map(([origin, error]) => `${origin}: ${error.message}`);
    super('nodes-failed', `none of ${failures.size} nodes gives what is asked. ${each.join('; ')}`, {
      retryable: [...failures.values()].some((error) => error instanceof PlumblineError && error.retryable),
    });
    this.failures = failures;
  }
}

/** The chain changed while it was read: look again. */
export class ChainMovedError extends PlumblineError {
  override name = 'ChainMovedError';

  constructor(number: number) {
    super('chain-moved', `the chain changed at or below block ${number} while it was read`, {
      retryable: true,
    });
  }
}

/** There is no ledger at the address. */
export class LedgerMissingError extends PlumblineError {
  override name = 'LedgerMissingError';

  constructor(ledger: string, chainId: number, cause?: unknown) {
    super(
      'ledger-missing',
      `there is no ledger at ${ledger} on chain ${chainId}: check the address and the node`,
      { cause, retryable: cause instanceof NodeRefusedError },
    );
  }
}

/** There is no factory at the address. */
export class FactoryMissingError extends PlumblineError {
  override name = 'FactoryMissingError';

  constructor(factory: string) {
    super(
      'factory-missing',
      `there is no contract at ${factory}: check the address of the factory and the node`,
    );
  }
}

/** Some ledgers of a factory failed. */
export class LedgersFailedError extends PlumblineError {
  override name = 'LedgersFailedError';

  constructor(errors: readonly Error[], of: number) {
    const messages = errors.map(({ message }) => message).join('; ');
    super('ledgers-failed', `${errors.length} of ${of} ledgers failed: ${messages}`);
  }
}

/** The books are gone from the database, or were never there. */
export class BooksMissingError extends PlumblineError {
  override name = 'BooksMissingError';

  constructor(ledger: string) {
    super('books-missing', `the books of ledger ${ledger} are gone`);
  }
}

/** The node is of another chain than the books. */
export class WrongChainError extends PlumblineError {
  override name = 'WrongChainError';

  constructor(ledger: string, booksChain: number, nodeChain: number) {
    super(
      'wrong-chain',
      `the books of ledger ${ledger} are of chain ${booksChain}, the node is of chain ${nodeChain}`,
    );
  }
}

/** What the node gave cannot be the ledger's journal. */
export class InvalidLogsError extends PlumblineError {
  override name = 'InvalidLogsError';

  constructor(message: string) {
    super('invalid-logs', message);
  }
}

/** The journal folded from the logs is not the contract's. */
export class HeadMismatchError extends PlumblineError {
  override name = 'HeadMismatchError';

  constructor(block: number, folded: Journal, contract: Journal) {
    super(
      'head-mismatch',
      `after block ${block} the logs make ${folded.entryCount} entries with head ${folded.head}, ` +
        `the contract has ${contract.entryCount} with head ${contract.head}: logs are missing or false, ` +
        'or reading began after the ledger was created',
    );
  }
}

/** A part of the chain was refused. None of it is in the books. */
export class JournalRefusedError extends PlumblineError {
  override name = 'JournalRefusedError';

  constructor(ledger: string, from: number, to: number, cause: Error) {
    super(
      'journal-refused',
      `refused blocks ${from} to ${to} of ledger ${ledger}, nothing of them was written: ${cause.message}`,
      { cause },
    );
  }
}

/** A block that was final is no longer on the chain. Nothing was undone. */
export class FinalBlockChangedError extends PlumblineError {
  override name = 'FinalBlockChangedError';

  constructor(ledger: string, number: number, finalNumber: number) {
    super(
      'final-block-changed',
      `block ${number}, which the books of ledger ${ledger} hold, is no longer on the chain, though blocks up to ` +
        `${finalNumber} were final: nothing was undone; either the node is of another fork, or blocks are called ` +
        'final too early (PLUMBLINE_FINALITY)',
    );
  }
}

/** The chain is rolled back again and again. */
export class UnstableChainError extends PlumblineError {
  override name = 'UnstableChainError';

  constructor(times: number, number: number) {
    super(
      'unstable-chain',
      `the chain went back ${times} times without ever going beyond block ${number}: ` +
        'the node contradicts itself, or several nodes of different forks stand behind its address',
    );
  }
}

/** A command line or an environment variable is wrong. */
export class SettingError extends PlumblineError {
  override name = 'SettingError';

  constructor(message: string, cause?: unknown) {
    super('invalid-setting', message, { cause });
  }
}

/** A journal's head and length. */
export interface Journal {
  head: Hex;
  entryCount: number;
}

/** `fetch` only says that it failed; its cause says why. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

/** Scheme and host of a URL: the rest often holds a key. */
export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'a URL that is none';
}

/** `reason` without the path of `url`, which a node may repeat alone; whole URLs are hidden by the base class. */
function hidePath(url: string, reason: string): string {
  if (!URL.canParse(url)) return reason.replaceAll(url, '…');
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  if (path === '/') return reason;
  return reason.replaceAll(path, '/…').replaceAll(pathname === '/' ? path : pathname, '/…');
}
