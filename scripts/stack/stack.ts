import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Anvil } from './anvil.ts';
import { buildIndexer } from './build.ts';
import { type DeployOptions, deployLocal } from './deploy.ts';
import { type Settings, StackFolder } from './folder.ts';
import { LocalChain } from './local-chain.ts';
import { INDEXER_MEMORY } from './memory.ts';
import { Service } from './service.ts';

/** Everything on embedded defaults: local chain, embedded database, indexer, gateway and dashboard. */
export interface Stack {
  /** The one address to open. */
  url: string;
  rpcUrl: string;
  ledger: string;
  apiKey: string;
  settings: Settings;
  accounts: Anvil['accounts'];
  chain: LocalChain;
  services: { database: Service; indexer: Service; gateway: Service };
  folder: StackFolder;
  /** Rejects when a part cannot be kept running. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Where everything is kept. */
  state: string;
  /** The gateway's; 0 takes a free one. */
  port: number;
  host?: string;
  /** How a new ledger differs from the default one. */
  deploy?: Partial<DeployOptions>;
  environment?: Record<string, string>;
  /** Forgets what the folder holds, once it is certain that the stack can start. */
  reset?: boolean;
  /** Stops the starting between two steps. */
  stopped?: AbortSignal;
  onStep?(text: string): void;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

const mainOf = (name: string) => join(root, 'packages', name, 'src/main.ts');

/** @throws Error with one clear line if the port is taken, the folder in use, or a part does not start. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const host = options.host ?? '127.0.0.1';
  const folder = new StackFolder(options.state);
  // Ends what a killed start has left behind, which may be what holds the port.
  await folder.lock();
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of running.toReversed()) await part.stop();
    folder.unlock();
  };
  const next = (text: string) => {
    if (options.stopped?.aborted) throw new Error('stopped while starting');
    options.onStep?.(text);
  };
  try {
    if (options.port !== 0 && !(await isFree(options.port, host))) {
      throw new Error(
        `port ${options.port} is taken: stop what listens there, or choose another with --port`,
      );
    }
    if (options.reset) folder.reset();
    const settings = folder.readSettings() ?? (await newSettings());
    settings.rpcPort = await freePort(settings.rpcPort);
    settings.databasePort = await freePort(settings.databasePort);

    next('starting the local chain');
    const localChain = new LocalChain(folder, settings.rpcPort);
    running.push(localChain);
    await localChain.start();
    const chain = localChain.node;
    const [operator] = chain.accounts;
    if (!operator) throw new Error('the local chain gave no accounts');

    if (
      !settings.deployment ||
      (await chain.rpc('eth_getCode', [settings.deployment.ledger, 'latest'])) === '0x'
    ) {
      next('deploying token, factory and ledger');
      settings.deployment = await deployLocal({
        rpcUrl: chain.rpcUrl,
        privateKey: operator.privateKey,
        ...options.deploy,
      });
    }
    folder.writeSettings(settings);
    const { ledger, startBlock } = settings.deployment;

    const service = (
      name: string,
      program: string,
      environment: Record<string, string>,
      nodeOptions: readonly string[] = [],
    ) =>
      new Service({
        name,
        nodeOptions,
        program,
        environment: { ...environment, ...options.environment },
        logFile: folder.logFile(name),
        onProcess: (pid) => folder.noteProcess(name, pid),
        onRestart: (lastLine) => options.onStep?.(`the ${name} ended and is restarted: ${lastLine}`),
      });

    next('starting the embedded database');
    const database = service('database', mainOf('store'), {
      PLUMBLINE_DATA: folder.databaseFolder,
      PLUMBLINE_DATABASE_PORT: String(settings.databasePort),
    });
    running.push(database);
    const { url: databaseUrl } = (await database.start()) as { url: string };

    const shared = {
      PLUMBLINE_DATABASE_URL: databaseUrl,
      PLUMBLINE_RPC_URL: chain.rpcUrl,
      PLUMBLINE_LEDGER: ledger,
      PLUMBLINE_START_BLOCK: String(startBlock),
    };
    next('starting the indexer');
    // This chain is saved every few seconds, so a crash loses more blocks than any reorganisation elsewhere.
    const indexer = service(
      'indexer',
      await buildIndexer(),
      { ...shared, PLUMBLINE_FINALITY: '256' },
      INDEXER_MEMORY,
    );
    running.push(indexer);
    await indexer.start();

    next('starting the gateway');
    const gateway = service('gateway', mainOf('gateway'), {
      ...shared,
      PLUMBLINE_PUBLIC_RPC_URL: chain.rpcUrl,
      PLUMBLINE_SIGNER_KEY: operator.privateKey,
      PLUMBLINE_API_KEY: settings.apiKey,
      PLUMBLINE_HOST: host,
      PLUMBLINE_PORT: String(options.port === 0 ? await freePort(0) : options.port),
      PLUMBLINE_DASHBOARD: join(root, 'packages', 'dashboard', 'dist'),
    });
    running.push(gateway);
    const { url } = (await gateway.start()) as { url: string };
    settings.url = url;
    folder.writeSettings(settings);

    const failed = Promise.race([database.failed, indexer.failed, gateway.failed, localChain.failed]);
    failed.catch(() => {});
    const services = { database, indexer, gateway };
    return {
      url,
      rpcUrl: chain.rpcUrl,
      ledger,
      apiKey: settings.apiKey,
      settings,
      accounts: chain.accounts,
      chain: localChain,
      services,
      folder,
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function newSettings(): Promise<Settings> {
  // The prefix says what the key is for, and keeps it from beginning with a dash as an option would.
  const apiKey = `local_${randomBytes(24).toString('base64url')}`;
  return { apiKey, rpcPort: 0, databasePort: 0 };
}

/** `wanted` if it is free on loopback, else a free port. */
async function freePort(wanted: number): Promise<number> {
  if (wanted !== 0 && (await isFree(wanted, '127.0.0.1'))) return wanted;
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function isFree(port: number, host: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
