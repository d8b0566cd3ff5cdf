/** Classes and codes of SQLSTATE that say the server, not the statement, is the trouble. */
const SERVER_TROUBLE = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;

/** Whether `error` says that the database could not be reached or went away: what was asked may be asked again. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isConnectionLost);
  const { code } = error as { code?: unknown };
  return (
    (typeof code === 'string' && SERVER_TROUBLE.test(code)) || /^Connection terminated/.test(error.message)
  );
}
