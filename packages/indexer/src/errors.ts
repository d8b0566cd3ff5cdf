import type { Hex } from 'viem';

/**
 * The node cannot be reached or is overloaded; the same question may be asked again. Of its URL only the origin is told:
 * the rest often holds a key.
 */
export class NodeUnreachableError extends Error {
  override name = 'NodeUnreachableError';
  /** It may have been asked too much at once: it took too long, or its answer was cut off. */
  readonly mayBeTooMuch: boolean;

  constructor(url: string, cause: unknown, mayBeTooMuch = false) {
    const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
    super(`the node at ${originOf(url)} does not answer (${withoutPath(url, reason)})`, { cause });
    this.mayBeTooMuch = mayBeTooMuch;
  }
}

/** The node understood the question and refused it. */
export class NodeRefusedError extends Error {
  override name = 'NodeRefusedError';

  constructor(method: string, code: number, message: string) {
    super(`the node refuses ${method}: ${message} (code ${code})`);
  }
}

/** An answer of more bytes than are taken. */
export class AnswerTooLargeError extends NodeRefusedError {
  override name = 'AnswerTooLargeError';

  constructor(most: number) {
    super(
      'an answer',
      0,
      `it has more than ${Math.round(most / 2 ** 20)} MB, which is more than is taken at once`,
    );
  }
}

/** None of several nodes gives what is asked. */
export class NodesFailedError extends Error {
  override name = 'NodesFailedError';
  /** By the origin of the node. */
  readonly failures: ReadonlyMap<string, Error>;

  constructor(said: ReadonlyMap<string, Error>) {
    const each = [...said].map(([origin, error]) => `${origin}: ${error.message}`);
    super(`none of ${said.size} nodes gives what is asked. ${each.join('; ')}`);
    this.failures = said;
  }
}

/** The chain changed while it was read: look again. */
export class ChainMovedError extends Error {
  override name = 'ChainMovedError';

  constructor(number: number) {
    super(`the chain changed at or below block ${number} while it was read`);
  }
}

/** There is no ledger where it should be. */
export class LedgerMissingError extends Error {
  override name = 'LedgerMissingError';

  constructor(ledger: string, chainId: number, cause?: unknown) {
    super(`there is no ledger at ${ledger} on chain ${chainId}: check the address and the node`, { cause });
  }
}

/** There is no factory where it should be. */
export class FactoryMissingError extends Error {
  override name = 'FactoryMissingError';

  constructor(factory: string) {
    super(`there is no contract at ${factory}: check the address of the factory and the node`);
  }
}

/** Some ledgers of a factory are not what they should be. */
export class LedgersFailedError extends Error {
  override name = 'LedgersFailedError';

  constructor(errors: readonly Error[], of: number) {
    super(`${errors.length} of ${of} ledgers failed: ${errors.map(({ message }) => message).join('; ')}`);
  }
}

/** The node is of another chain than the books. */
export class WrongChainError extends Error {
  override name = 'WrongChainError';

  constructor(ledger: string, booksChain: number, nodeChain: number) {
    super(`the books of ledger ${ledger} are of chain ${booksChain}, the node is of chain ${nodeChain}`);
  }
}

/** The node's logs cannot be the ledger's journal. */
export class InvalidLogsError extends Error {
  override name = 'InvalidLogsError';
}

/** The journal folded from the logs is not the one that the contract has. */
export class HeadMismatchError extends Error {
  override name = 'HeadMismatchError';

  constructor(block: number, folded: Journal, contract: Journal) {
    super(
      `after block ${block} the logs make ${folded.entryCount} entries with head ${folded.head}, ` +
        `the contract has ${contract.entryCount} with head ${contract.head}: logs are missing or false, ` +
        'or reading began after the ledger was created',
    );
  }
}

/** Part of the chain was refused, twice. Nothing of it is in the books. */
export class JournalRefusedError extends Error {
  override name = 'JournalRefusedError';

  constructor(ledger: string, from: number, to: number, cause: Error) {
    super(
      `refused blocks ${from} to ${to} of ledger ${ledger}, nothing of them was written: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

/** A block that was final is no longer on the chain. Nothing was undone. */
export class FinalBlockChangedError extends Error {
  override name = 'FinalBlockChangedError';

  constructor(ledger: string, number: number, finalNumber: number) {
    super(
      `block ${number}, which the books of ledger ${ledger} hold, is no longer on the chain, though blocks up to ` +
        `${finalNumber} were final: nothing was undone; either the node is of another fork, or blocks are called ` +
        'final too early (PLUMBLINE_FINALITY)',
    );
  }
}

/** The chain goes back again and again. */
export class UnstableChainError extends Error {
  override name = 'UnstableChainError';

  constructor(times: number, number: number) {
    super(
      `the chain went back ${times} times without ever going beyond block ${number}: ` +
        'the node contradicts itself, or several nodes of different forks stand behind its address',
    );
  }
}

/** A journal's head and length. */
export interface Journal {
  head: Hex;
  entryCount: number;
}

/** `fetch` says only that it failed; why is in its cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

/** What may be told of a URL. */
export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'a URL that is none';
}

/** What failed may repeat the URL, whole or as the path that was asked for. */
function withoutPath(url: string, reason: string): string {
  if (!URL.canParse(url)) return reason.replaceAll(url, '…');
  const { href, origin, pathname, search } = new URL(url);
  const path = pathname + search;
  const hidden = reason.replaceAll(url, origin).replaceAll(href, origin);
  return path === '/'
    ? hidden
    : hidden.replaceAll(path, '/…').replaceAll(pathname === '/' ? path : pathname, '/…');
}
