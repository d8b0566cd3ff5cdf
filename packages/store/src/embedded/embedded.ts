import { createServer } from 'node:net';
import { Session, Turns } from './session.ts';

/** A running embedded database. */
export interface EmbeddedDatabase {
  /** For `openDatabase`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves PGlite over PostgreSQL's protocol on loopback, so that several processes can use it like a server.
 * PGlite has one session; clients take turns, and a client in a transaction keeps its turn until the transaction ends.
 * Session state that outlives a transaction (settings, named statements, session locks) is shared: do not rely on it.
 * @param folder Where the files are; `memory://` keeps nothing.
 * @param port 0 picks a free one.
 */
export async function startEmbedded(folder: string, port = 0): Promise<EmbeddedDatabase> {
  // Imported on demand: every program that opens a database loads this file, and few start PGlite.
  const { PGlite } = await import('@electric-sql/pglite');
  const pglite = await PGlite.create(folder);
  const turns = new Turns();
  const sessions = new Set<Session>();
  const server = createServer((socket) => {
    const session = new Session(pglite, turns, socket);
    sessions.add(session);
    void session.ended.then(() => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${listening}/postgres`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      const ended = [...sessions].map((session) => session.ended);
      for (const session of sessions) session.close();
      await Promise.all([...ended, closed]);
      await pglite.close();
    },
  };
}
