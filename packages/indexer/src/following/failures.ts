import { isConnectionLost } from '@plumbline/store';
import {
  LedgerMissingError,
  NodeRefusedError,
  NodesFailedError,
  NodeUnreachableError,
  WrongChainError,
} from '../errors.ts';

/** Tells failures apart: those that another node may not have, and those that are temporary. */

/** Whether another node may succeed where this one failed. */
export function isNodeFailure(error: unknown): error is Error {
  return (
    error instanceof NodeUnreachableError ||
    error instanceof NodeRefusedError ||
    error instanceof LedgerMissingError ||
    error instanceof WrongChainError
  );
}

/** Whether the same work may succeed later. */
export function isTemporary(error: unknown): boolean {
  return isUnreachable(error) || isRefusal(error);
}

/** Whether a node or the database is away and may come back. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof NodesFailedError) return [...error.failures.values()].some(isUnreachable);
  return error instanceof NodeUnreachableError || isConnectionLost(error);
}

/** Whether the node refused to answer; a wrong answer is no refusal. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof NodesFailedError) {
    return [...error.failures.values()].some(isRefusal) && !isUnreachable(error);
  }
  return (
    error instanceof NodeRefusedError ||
    (error instanceof LedgerMissingError && error.cause instanceof NodeRefusedError)
  );
}
