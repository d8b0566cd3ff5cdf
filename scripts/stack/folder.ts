import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from './deploy.ts';

/** What a stack remembers between two starts. */
export interface Settings {
  /** For writing through the gateway; each folder has its own. */
  apiKey: string;
  rpcPort: number;
  databasePort: number;
  deployment?: Deployment;
  /** The gateway's address at the last start. */
  url?: string;
  /** How far the seeding has come. */
  seeded?: string;
}

/** The folder that keeps everything a stack knows: chain, database, settings, logs. */
export class StackFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(join(path, 'logs'), { recursive: true });
  }

  get chainFile(): string {
    return join(this.path, 'chain.json');
  }

  get databaseFolder(): string {
    return join(this.path, 'database');
  }

  logFile(service: string): string {
    return join(this.path, 'logs', `${service}.log`);
  }

  readSettings(): Settings | undefined {
    const file = join(this.path, 'settings.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Settings) : undefined;
  }

  writeSettings(settings: Settings): void {
    this.#write('settings.json', settings);
  }

  /**
   * Takes the folder for this process, and ends what a killed stack has left running on it.
   * @throws Error if another stack runs on it.
   */
  async lock(): Promise<void> {
    const noted = this.#readProcesses();
    if (noted && noted.owner.pid !== process.pid && isStill(noted.owner)) {
      const { pid } = noted.owner;
      throw new Error(
        `${this.path} is in use by process ${pid}: stop it first, or name another folder with --state`,
      );
    }
    for (const left of Object.values(noted?.services ?? {})) await end(left);
    this.unlock();
    // Fails if another start took the folder at the same moment.
    const owner = { pid: process.pid, command: commandOf(process.pid) ?? '' };
    writeFileSync(this.#processFile, JSON.stringify({ owner, services: {} }), { flag: 'wx', mode: 0o600 });
  }

  unlock(): void {
    rmSync(this.#processFile, { force: true });
  }

  /** Notes a service's process, so that the next start finds it if this one is killed. */
  noteProcess(service: string, pid: number): void {
    const noted = this.#readProcesses();
    if (!noted) return;
    noted.services[service] = { pid, command: commandOf(pid) ?? '' };
    this.#write('processes.json', noted);
  }

  /** Forgets everything. */
  reset(): void {
    for (const name of ['chain.json', 'chain.backup.json', 'database', 'settings.json', 'logs']) {
      rmSync(join(this.path, name), { recursive: true, force: true });
    }
    mkdirSync(join(this.path, 'logs'), { recursive: true });
  }

  get #processFile(): string {
    return join(this.path, 'processes.json');
  }

  #readProcesses(): { owner: Noted; services: Record<string, Noted> } | undefined {
    return existsSync(this.#processFile) ? JSON.parse(readFileSync(this.#processFile, 'utf8')) : undefined;
  }

  /** Written beside and moved into place, so that a kill never leaves half a file. */
  #write(name: string, content: unknown): void {
    const file = join(this.path, name);
    writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/** A process as it was when it was noted; its number may since have gone to another. */
interface Noted {
  pid: number;
  command: string;
}

function isStill({ pid, command }: Noted): boolean {
  return command !== '' && commandOf(pid) === command;
}

/** Ends a process if it is still the one noted, and waits until it is gone. */
async function end(noted: Noted): Promise<void> {
  while (isStill(noted)) {
    try {
      process.kill(noted.pid, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
    await sleep(50);
  }
}

/** The command line of a running process, or undefined. */
function commandOf(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}
