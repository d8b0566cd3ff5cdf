import { BaseError } from 'viem';

/** Replaces addresses of nodes and databases, which may carry a key or a password. */
export function hideAddresses(text: string): string {
  return text.replace(/\b(https?|wss?|postgres(ql)?):\/\/[^\s"']+/gi, '(address)');
}

/** What went wrong, for status and logs: without addresses, and without the request, which carries signed bytes. */
export function reasonOf(error: unknown): string {
  if (error instanceof BaseError) return hideAddresses(`${error.shortMessage} ${error.details}`.trim());
  return hideAddresses(error instanceof Error ? error.message : String(error));
}
