import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wholeNumber } from '../command/command.ts';
import { seed } from './seed.ts';
import { type Stack, startStack } from './stack.ts';

/** What `npm start` and `npm run dev` have in common. */

const root = fileURLToPath(new URL('../..', import.meta.url));

export const stackOptions = {
  port: { type: 'string', value: 'PORT', default: '4747', help: 'where the gateway listens' },
  host: { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'address to listen on' },
  state: {
    type: 'string',
    value: 'FOLDER',
    default: join(root, '.plumbline'),
    help: 'folder that keeps chain, database, settings and logs',
  },
  reset: { type: 'boolean', default: false, help: 'begin anew, forgetting what the folder holds' },
  empty: { type: 'boolean', default: false, help: 'without the generated company' },
} as const;

interface Values {
  port: string;
  host: string;
  state: string;
  reset: boolean;
  empty: boolean;
}

export function say(text: string): void {
  console.log(`  ${text}`);
}

/**
 * Starts a stack, fills it unless it is to stay empty, and keeps it running until this process is asked to stop.
 * @param onReady Called when the stack is filled; what it gives is called before the stack is stopped.
 * @throws Error with one line if the stack cannot be started or kept running; it is stopped by then.
 */
export async function runStack(
  { port, host, state, reset, empty }: Values,
  onReady: (stack: Stack) => Promise<() => Promise<void>>,
): Promise<void> {
  const portNumber = wholeNumber('port', port, 0, 65_535);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const stopped = stop.signal;
  const asked = new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve()));

  const stack = await startStack({ state, port: portNumber, host, reset, stopped, onStep: say });
  let close = async () => {};
  try {
    const filled = empty ? Promise.resolve() : seed(stack, say);
    await Promise.race([filled, asked, stack.failed]);
    if (!stopped.aborted) close = await onReady(stack);
    await Promise.race([asked, stack.failed]);
  } finally {
    console.log('\nstopping');
    await close();
    await stack.stop();
  }
}
