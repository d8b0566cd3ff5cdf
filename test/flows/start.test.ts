import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { auditLedger } from '@plumbline/audit';
import { expect } from 'chai';
import type { Address } from 'viem';
import { GatewayClient } from '../../scripts/stack/client.ts';
import { ChainClock } from '../../scripts/stack/clock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Started {
  url: string;
  out(): string;
  /** Sends a signal and gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts everything as a user does, up to the line that says it is ready. */
async function start(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['scripts/start.ts', ...args], { cwd: root, stdio: 'pipe' });
  let out = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      out += chunk;
      const ready = /^Plumbline is ready: (\S+)$/m.exec(out)?.[1];
      if (ready) resolve(ready);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then((code) => reject(new Error(`start ended with code ${code}:\n${out}`)));
  });
  return {
    url,
    out: () => out,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function summaryOf(url: string) {
  const response = await fetch(`${url}/v1/ledger`);
  return (await response.json()) as {
    ledger: Address;
    rpcUrl: string;
    head: string;
    totals: Record<string, string | number>;
    solvency: Record<string, string>;
  };
}

function processesOf(state: string): number[] {
  const file = JSON.parse(readFileSync(join(state, 'processes.json'), 'utf8'));
  return Object.values(file.services as Record<string, { pid: number }>).map(({ pid }) => pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('npm start', () => {
  let state: string;

  const gatewayAt = (url: string) => {
    const { apiKey } = JSON.parse(readFileSync(join(state, 'settings.json'), 'utf8'));
    return new GatewayClient(url, apiKey);
  };

  async function submitSales(url: string, count: number): Promise<void> {
    const sales = Array.from({ length: count }, (_, i) => ({
      externalId: `late-${i}`,
      seller: `D-${String(1 + i).padStart(4, '0')}`,
      buyer: `late-buyer-${i}`,
      class: 'retail',
      priceCents: '1000',
      volumeCents: '900',
      items: [{ product: 'TEA-100', quantity: 1, amountCents: '1000' }],
      soldAt: '2026-03-01T12:00:00.000Z',
    }));
    const { refused } = await gatewayAt(url).post<{ refused: unknown[] }>('/v1/sales/batch', { sales });
    expect(refused).to.deep.equal([]);
  }

  async function untilIndexed(url: string) {
    const { rpcUrl, ledger } = await summaryOf(url);
    await new ChainClock(gatewayAt(url), rpcUrl, ledger).untilIndexed();
    return await summaryOf(url);
  }

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'plumbline-start-'));
  });

  afterEach(() => rmSync(state, { recursive: true, force: true }));

  it('says clearly that the port is taken', async function () {
    this.timeout(60_000);
    const server = await new Promise<Server>((resolve) => {
      const listening = createServer().listen(0, '127.0.0.1', () => resolve(listening));
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    try {
      const failure = await start('--state', state, '--port', port).catch((error: Error) => error);
      expect(failure).to.be.instanceOf(Error);
      expect((failure as Error).message).to.match(/code 1:/);
      expect((failure as Error).message).to.contain(`port ${port} is taken`);
    } finally {
      server.close();
    }
  });

  it('seeds a company, stops cleanly, goes on with the same balances and head, and survives a kill', async function () {
    this.timeout(600_000);
    const first = await start('--state', state, '--port', '0');
    const before = await summaryOf(first.url);
    expect(Number(before.totals.sales)).to.equal(3_000);
    expect(Number(before.totals.distributors)).to.equal(300);
    expect(BigInt(before.totals.creditedUnits as string) > 0n, 'something is settled').to.equal(true);
    expect(BigInt(before.totals.paidUnits as string) > 0n, 'something is paid out').to.equal(true);
    expect(Number(before.totals.pendingSales) > 0, 'something is inside its window').to.equal(true);
    const page = await fetch(first.url);
    expect(page.headers.get('content-type')).to.contain('text/html');
    const report = await auditLedger({ rpcUrl: before.rpcUrl, ledger: before.ledger });
    expect(report.findings).to.deep.equal([]);
    const processes = processesOf(state);
    expect(processes).to.have.length(4);
    expect(await first.end('SIGINT')).to.equal(0);
    expect(processes.filter(isRunning), 'processes left running').to.deep.equal([]);

    const second = await start('--state', state, '--port', '0');
    const after = await summaryOf(second.url);
    expect(after.head).to.equal(before.head);
    expect(after.totals).to.deep.equal(before.totals);
    expect(after.solvency).to.deep.equal(before.solvency);

    // The watcher alone is killed: the next start, on the same port, ends what it left behind.
    const left = processesOf(state);
    await second.end('SIGKILL');
    expect(left.filter(isRunning)).to.deep.equal(left);
    const third = await start('--state', state, '--port', new URL(second.url).port);
    expect(left.filter(isRunning)).to.deep.equal([]);
    const mended = await summaryOf(third.url);
    expect(mended.totals).to.deep.equal(before.totals);
    expect(mended.solvency).to.deep.equal(before.solvency);

    // Everything dies right after new sales are in the books: the chain's file does not have them yet.
    await submitSales(third.url, 40);
    const ahead = await untilIndexed(third.url);
    expect(ahead.totals.sales).to.equal(3_040);
    for (const pid of processesOf(state)) process.kill(pid, 'SIGKILL');
    await third.end('SIGKILL');
    const fourth = await start('--state', state, '--port', '0');
    // The gateway notices that the chain has forgotten, and sends the same again.
    let caughtUp = await untilIndexed(fourth.url);
    while (caughtUp.totals.sales !== ahead.totals.sales) {
      await sleep(200);
      caughtUp = await untilIndexed(fourth.url);
    }
    expect(caughtUp.totals).to.deep.equal(ahead.totals);
    expect(caughtUp.solvency).to.deep.equal(ahead.solvency);
    const last = await auditLedger({ rpcUrl: caughtUp.rpcUrl, ledger: caughtUp.ledger });
    expect(last.findings).to.deep.equal([]);
    expect(last.summary.sales).to.equal(3_040);
    expect(await fourth.end('SIGTERM')).to.equal(0);
  });
});
