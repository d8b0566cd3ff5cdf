import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

/**
 * Programs under measurement. Each has a process of its own, so that its time and memory can be told apart; its start
 * counts.
 */

/** Time and memory that a program used. */
export interface Run {
  seconds: number;
  /** Processor time on all cores, which is more reliable than elapsed time on a machine that others use too. */
  cpuSeconds: number;
  /** Peak resident memory. */
  rssMb: number;
}

export interface Program {
  process: ChildProcess;
  /** Whatever it has printed so far. */
  output(): string;
  /** What it has used so far, or until it ended. */
  taken(): Run;
  /** @throws Error with what it printed if it fails. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds between two looks at a program. The kernel keeps sums and peaks, so a few looks are enough. */
const LOOK_MS = 100;

/** Linux counts processor time in these, on every common machine. */
const TICKS_PER_SECOND = 100;

/** Runs a Node program. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Program {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let used = { cpuSeconds: 0, rssMb: 0 };
  let finished: number | undefined;
  const look = () => {
    used = usedBy(child.pid) ?? used;
  };
  const looking = setInterval(look, LOOK_MS);
  const collect = (chunk: string) => {
    output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const ended = once(child, 'exit').then(([code]) => {
    finished = performance.now();
    clearInterval(looking);
    if (code !== 0) throw new Error(`${args[0]} ended with code ${code}: ${output.slice(-2_000)}`);
  });
  // Callers await `ended` if they need it; a program that was stopped is expected to fail.
  ended.catch(() => {});
  return {
    process: child,
    output: () => output,
    taken() {
      if (finished === undefined) look();
      return { seconds: ((finished ?? performance.now()) - started) / 1000, ...used };
    },
    ended,
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended.catch(() => {});
      clearTimeout(patience);
    },
  };
}

/** Runs a Node program to its end. @returns What it used, and the last line that it printed. */
export async function runToEnd(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Run & { last: string }> {
  const program = start(args, env);
  await program.ended;
  return { ...program.taken(), last: program.output().trim().split('\n').at(-1) ?? '' };
}

/** What a process has used so far, as the kernel counts; undefined once it is gone. */
function usedBy(pid: number | undefined): { cpuSeconds: number; rssMb: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The 14th and 15th fields, counted after the program's name, which is in brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    if (kilobytes === undefined) return undefined;
    return { cpuSeconds: ticks / TICKS_PER_SECOND, rssMb: Math.round(Number(kilobytes) / 1024) };
  } catch {
    return undefined;
  }
}
