import { watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import type { Service } from './service.ts';

/** Seeing a change of the sources while everything runs. */

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** An editor writes several files at once, and each more than once. */
const SETTLE_MS = 150;

export interface PageOptions {
  /** Address that the pages get their answers from. */
  gateway: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/**
 * Serves the dashboard from its sources, with hot reload.
 * @throws Error if the port is taken.
 */
export async function serveDashboard({ gateway, host, port }: PageOptions) {
  const server = await createServer({
    configFile: join(packages, 'dashboard/vite.config.ts'),
    logLevel: 'warn',
    server: { host, port, strictPort: true, proxy: { '/v1': gateway, '/docs': gateway } },
  });
  await server.listen();
  return {
    url: server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0],
    close: () => server.close(),
  };
}

/**
 * Restarts a service when a source of one of these packages changes. A version that does not start is reported, and the
 * next change is tried again.
 * @returns Ends the watching, and waits for a restart that has begun.
 */
export function restartOnChange(
  service: Service,
  packageNames: readonly string[],
  say: (text: string) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let restarting = Promise.resolve();
  const restart = async () => {
    try {
      await service.restart();
      say(`the ${service.name} runs the changed code`);
    } catch (error) {
      say((error as Error).message);
    }
  };
  const onChange = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      restarting = restarting.then(restart);
    }, SETTLE_MS);
  };
  const watchers = packageNames.map((name) =>
    watch(join(packages, name, 'src'), { recursive: true }, onChange),
  );
  return async () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
    await restarting;
  };
}
