import { hideSecrets } from '@plumbline/protocol';
import { BaseError } from 'viem';

/** What went wrong, for status and logs: no secrets of a URL, and not the request, which holds signed bytes. */
export function reasonOf(error: unknown): string {
  if (error instanceof BaseError) return hideSecrets(`${error.shortMessage} ${error.details}`.trim());
  return hideSecrets(error instanceof Error ? error.message : String(error));
}
