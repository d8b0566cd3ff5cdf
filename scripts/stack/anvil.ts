import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running local chain. */
export interface Anvil {
  rpcUrl: string;
  chainId: number;
  /** Funded accounts of a well-known mnemonic: worthless anywhere but on a local chain. */
  accounts: { address: string; privateKey: string }[];
  process: ChildProcess;
  /** Calls the node. Rejects with the node's message. */
  rpc<T = unknown>(method: string, params?: unknown[]): Promise<T>;
  /** Ends the node; with a state file it writes the chain first. */
  stop(): Promise<void>;
}

export interface AnvilOptions {
  /** 0 takes a free port. */
  port?: number;
  /** File that keeps the chain; without one, the chain is lost when the node ends. */
  state?: string;
  /** In a process group of its own, so that Ctrl-C in a terminal does not reach it. */
  detached?: boolean;
  /** More arguments for the node. */
  args?: string[];
}

/** Every local chain has this id, so that nothing signed for it is valid elsewhere. */
export const LOCAL_CHAIN_ID = 31_337;

/** Seconds between two writings of the state file. */
const STATE_INTERVAL = '5';

/** Starts anvil as a direct child, without the wrapper script, so that ending it ends the node itself. */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const args = [
    '--port',
    String(options.port ?? 0),
    '--chain-id',
    String(LOCAL_CHAIN_ID),
    '--enable-tx-gas-limit',
  ];
  if (options.state) args.push('--state', options.state, '--state-interval', STATE_INTERVAL);
  const child = spawn(anvilBinary(), [...args, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.detached ?? false,
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const accounts: string[] = [];
  const keys: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`anvil ended with code ${code} before it listened: ${errors.trim()}`)),
    );
    createInterface({ input: child.stdout }).on('line', (line) => {
      const account = /^\(\d+\) (0x[0-9a-fA-F]{40}) /.exec(line)?.[1];
      if (account) accounts.push(account);
      const key = /^\(\d+\) (0x[0-9a-fA-F]{64})$/.exec(line)?.[1];
      if (key) keys.push(key);
      const listening = /^Listening on (.+)$/.exec(line)?.[1];
      if (listening) resolve(listening);
    });
  });
  const rpcUrl = `http://${address}`;

  async function rpc<T>(method: string, params: unknown[] = []): Promise<T> {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer = (await response.json()) as { result: T; error?: { message: string } };
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  if (options.state) await keepClock(rpc);

  return {
    rpcUrl,
    chainId: LOCAL_CHAIN_ID,
    accounts: accounts.map((each, i) => ({ address: each, privateKey: keys[i] ?? '' })),
    process: child,
    rpc,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A node that starts again takes its clock from the machine: if the chain was moved ahead, the clock follows it. */
async function keepClock(rpc: Anvil['rpc']): Promise<void> {
  const { timestamp } = await rpc<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
  const ahead = Number(timestamp) - Math.floor(Date.now() / 1000);
  if (ahead > 0) await rpc('evm_increaseTime', [ahead + 1]);
}

function anvilBinary(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}`;
  const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'));
  const file = process.platform === 'win32' ? 'anvil.exe' : 'anvil';
  return join(dirname(require.resolve(`${name}/package.json`)), 'bin', file);
}
