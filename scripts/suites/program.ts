import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Run {
  code: number;
  /** Everything it printed. */
  output: string;
  /** What Mocha counted, if it was Mocha and it came to its end. */
  counts: Counts | undefined;
}

const running = new Set<ChildProcess>();

/** Runs a Node program to its end. `onOutput` gets what it prints as it prints it. */
export async function runProgram(
  args: string[],
  onOutput: (text: string) => void,
  variables: Record<string, string> = {},
): Promise<Run> {
  const scratch = mkdtempSync(join(tmpdir(), 'plumbline-test-'));
  const countsFile = join(scratch, 'counts.json');
  const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const env = { ...process.env, ...colors, ...variables, PLUMBLINE_TEST_COUNTS: countsFile };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput(text);
    });
  }
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => resolve(status ?? 1));
    });
    const counts = existsSync(countsFile)
      ? (JSON.parse(readFileSync(countsFile, 'utf8')) as Counts)
      : undefined;
    return { code, output, counts };
  } finally {
    running.delete(child);
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Tells every program that runs to stop. */
export function stopPrograms(): void {
  for (const child of running) child.kill('SIGTERM');
}
