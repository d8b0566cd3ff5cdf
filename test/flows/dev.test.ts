import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('npm run dev', () => {
  let state: string;
  let dev: ChildProcess;
  let out = '';

  /** Waits until it has printed what `pattern` matches, and gives the first group. */
  async function printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(out);
      if (found) return found[1] ?? found[0];
      if (dev.exitCode !== null) throw new Error(`dev ended with code ${dev.exitCode}:\n${out}`);
      await sleep(50);
    }
  }

  function processOfGateway(): number {
    return JSON.parse(readFileSync(join(state, 'processes.json'), 'utf8')).services.gateway.pid;
  }

  before(() => {
    state = mkdtempSync(join(tmpdir(), 'plumbline-dev-'));
    const args = ['scripts/dev.ts', '--empty', '--state', state, '--port', '0', '--page-port', '0'];
    dev = spawn(process.execPath, args, { cwd: root, stdio: 'pipe' });
    for (const stream of [dev.stdout, dev.stderr])
      stream?.on('data', (chunk) => {
        out += chunk;
      });
  });

  after(async function () {
    this.timeout(60_000);
    dev.kill('SIGTERM');
    while (dev.exitCode === null) await sleep(50);
    rmSync(state, { recursive: true, force: true });
  });

  it('serves the dashboard from its sources, restarts the gateway on a change, and stops cleanly', async function () {
    this.timeout(120_000);
    const page = await printed(/dashboard {2}(\S+)/);
    const source = await fetch(new URL('src/app.tsx', page));
    expect(await source.text()).to.contain('import.meta.hot');
    const summary = await fetch(new URL('v1/ledger', page));
    expect(await summary.json()).to.have.property('head');

    const before = processOfGateway();
    const now = new Date();
    utimesSync(join(root, 'packages/gateway/src/main.ts'), now, now);
    await printed(/the gateway runs the changed code/);
    expect(processOfGateway()).not.to.equal(before);
    expect((await fetch(new URL('v1/ledger', page))).status).to.equal(200);

    dev.kill('SIGINT');
    while (dev.exitCode === null) await sleep(50);
    expect(dev.exitCode).to.equal(0);
  });
});
