import { startEmbedded } from './embedded/embedded.ts';

/** Runs the embedded database until a signal stops it. */
const folder = process.env.PLUMBLINE_DATA ?? 'memory://';
const port = Number(process.env.PLUMBLINE_DATABASE_PORT ?? 0);

const database = await startEmbedded(folder, port);
console.log(JSON.stringify({ ready: 'database', url: database.url }));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await database.close();
    process.exit(0);
  });
}
