/** Classes and codes of SQLSTATE that say the server, not the statement, is the trouble. */
const SERVER_TROUBLE = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;

/** What the driver says of a connection that broke while nobody waited for it, and of one that breaks under a query. */
const DRIVER_TROUBLE = /^(Client has encountered a connection error|Connection terminated)/;

/** Whether `error` says that the database could not be reached or went away: what was asked may be asked again. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isConnectionLost);
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && SERVER_TROUBLE.test(code)) || DRIVER_TROUBLE.test(error.message);
}
