import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { auditLedger } from '@plumbline/audit';
import { type Database, openDatabase } from '@plumbline/store';
import { expect } from 'chai';
import { sql } from 'kysely';
import type { Address } from 'viem';
import { type Stack, startStack } from '../../scripts/stack/stack.ts';
import { writeRetailSample } from './retail-sample.ts';
import { type RetailSums, sumRetailFile } from './retail-sums.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const realFile = process.env.PLUMBLINE_RETAIL_FILE ?? join(root, '../shared/data/online-retail.csv.gz');

interface Figures {
  sales: number;
  priceCents: string;
  volumeCents: string;
  reversedVolumeCents: string;
  commissionUnits: string;
  auditFindings: number;
}

interface Run {
  code: number | null;
  out: string;
  errors: string;
}

/** Runs the import as a user would, in a process of its own. */
function startImport(
  stack: Stack,
  file: string,
  ...more: string[]
): { child: ChildProcess; ended: Promise<Run> } {
  const args = ['scripts/import.ts', file, '--gateway', stack.url, '--api-key', stack.apiKey, ...more];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<Run>((resolve) => child.once('exit', (code) => resolve({ code, out, errors })));
  return { child, ended };
}

function figuresOf(run: Run): Figures {
  const last = run.out.trim().split('\n').at(-1) ?? '';
  return (JSON.parse(last) as { import: Figures }).import;
}

function expectFigures(figures: Figures, sums: RetailSums): void {
  expect(figures).to.deep.equal({
    sales: sums.sales,
    priceCents: String(sums.priceCents),
    volumeCents: String(sums.volumeCents),
    reversedVolumeCents: String(sums.reversedVolumeCents),
    commissionUnits: String(sums.commissionUnits),
    auditFindings: 0,
  });
}

/** Reads the tables themselves, without any code of ours. */
async function withStore<T>(stack: Stack, ask: (database: Database) => Promise<T>): Promise<T> {
  const url = `postgresql://postgres:postgres@127.0.0.1:${stack.settings.databasePort}/postgres`;
  const database = openDatabase(url, 1);
  try {
    return await ask(database);
  } finally {
    await database.destroy();
  }
}

async function sumsInStore(stack: Stack) {
  return await withStore(stack, async (database) => {
    const { rows } = await sql<Record<string, bigint>>`
      select count(*) as sales, sum(price_cents) as price, sum(volume_cents) as volume,
             (select sum(price_cents) from reversals) as reversed_price,
             (select sum(volume_cents) from reversals) as reversed_volume,
             (select sum((content->>'credited')::numeric) from entries where kind = 'batchSettled') as commission,
             (select sum(units) from credits) as credited,
             (select count(distinct external_id) from submissions) as submitted
      from sales`.execute(database);
    return rows[0];
  });
}

/** How many sales the books have, and how many of them are settled. */
async function progressInStore(stack: Stack): Promise<{ sales: number; settled: number }> {
  return await withStore(stack, async (database) => {
    const { rows } = await sql<{ sales: bigint; settled: bigint }>`
      select sum(count)::int8 as sales, sum(settled)::int8 as settled from batches`.execute(database);
    return { sales: Number(rows[0]?.sales ?? 0n), settled: Number(rows[0]?.settled ?? 0n) };
  });
}

describe('import of an Online Retail file', () => {
  let folder: string;
  let stack: Stack;

  beforeEach(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'plumbline-import-'));
    stack = await startStack({ state: join(folder, 'state'), port: 0 });
  });

  afterEach(async function () {
    this.timeout(60_000);
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function expectLedgerAndStore(sums: RetailSums): Promise<void> {
    const report = await auditLedger({ rpcUrl: stack.rpcUrl, ledger: stack.ledger as Address });
    expect(report.findings).to.deep.equal([]);
    expect(report.summary).to.include({
      sales: sums.sales,
      priceCents: sums.priceCents,
      volumeCents: sums.volumeCents,
      reversedPriceCents: sums.reversedPriceCents,
      reversedVolumeCents: sums.reversedVolumeCents,
      creditedUnits: sums.commissionUnits,
    });
    expect(await sumsInStore(stack)).to.deep.equal({
      sales: BigInt(sums.sales),
      price: sums.priceCents,
      volume: sums.volumeCents,
      reversed_price: sums.reversedPriceCents,
      reversed_volume: sums.reversedVolumeCents,
      commission: sums.commissionUnits,
      credited: sums.commissionUnits,
      submitted: BigInt(sums.sales),
    });
  }

  it('refuses a missing file, a foreign header and a wrong option with one line and exit code 2', async function () {
    this.timeout(60_000);
    const foreign = join(root, 'package.json');
    for (const [args, said] of [
      [[join(folder, 'none.csv')], 'none.csv'],
      [[foreign], 'must be the header InvoiceNo'],
      [[foreign, '--distributors', '0'], '--distributors must be a whole number'],
    ] as const) {
      const [file, ...more] = args;
      const run = await startImport(stack, file, ...more).ended;
      expect(run.code).to.equal(2);
      expect(run.errors.trim().split('\n')).to.have.length(1);
      expect(run.errors).to.contain(said);
    }
  });

  it('takes every sale once, names bad rows by line, goes on after a kill, and settles to the unit', async function () {
    this.timeout(300_000);
    const file = join(folder, 'retail.csv.gz');
    const { badLines } = writeRetailSample(file, 1_500);
    const sums = sumRetailFile(file, 120);

    const first = startImport(stack, file, '--distributors', '120');
    await sleep(2_500);
    first.child.kill('SIGKILL');
    await first.ended;

    const run = await startImport(stack, file, '--distributors', '120', '--settle', '--json').ended;
    expect(run.code, run.errors).to.equal(0);
    const named = [...run.errors.matchAll(/^line (\d+) refused: /gm)].map((match) => Number(match[1]));
    expect(named).to.deep.equal(badLines);
    expectFigures(figuresOf(run), sums);
    await expectLedgerAndStore(sums);

    const again = await startImport(stack, file, '--distributors', '120', '--json').ended;
    expect(again.code, again.errors).to.equal(0);
    expectFigures(figuresOf(again), sums);
    await expectLedgerAndStore(sums);
  });

  it('comes to the same when gateway and indexer are killed five times on the way', async function () {
    this.timeout(1_200_000);
    let file = realFile;
    let distributors = 1_000;
    // The real file is not part of the project; without it, a generated one of the same form is imported.
    if (!existsSync(file)) {
      file = join(folder, 'retail.csv');
      writeRetailSample(file, 6_000);
      distributors = 300;
    }
    const sums = sumRetailFile(file, distributors);
    const { ended } = startImport(stack, file, '--distributors', String(distributors), '--settle', '--json');
    let running = true;
    void ended.then(() => {
      running = false;
    });
    let kills = 0;
    // The kills go by how far the books are, not by the clock, so that on any machine each finds the import at work: the
    // first at its beginning, the last while it settles.
    for (const share of [0.05, 0.3, 0.55, 0.8, 'settled'] as const) {
      const isThere = ({ sales, settled }: { sales: number; settled: number }) =>
        share === 'settled' ? settled > 0 : sales >= share * sums.sales;
      while (running && !isThere(await progressInStore(stack))) await sleep(100);
      if (!running) break;
      stack.services.gateway.kill();
      await sleep(300);
      stack.services.indexer.kill();
      kills++;
    }
    const run = await Promise.race([ended, stack.failed]);
    expect(run.code, run.errors).to.equal(0);
    expect(kills).to.equal(5);
    expectFigures(figuresOf(run), sums);
    await expectLedgerAndStore(sums);
  });
});
