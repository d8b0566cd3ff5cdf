import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  auditLedger,
  BlockReplacedError,
  LogsUnavailableError,
  NodeUnreachableError,
  NoLedgerError,
} from '@plumbline/audit';
import { expect } from 'chai';
import { type Hex, numberToHex, pad } from 'viem';
import type { LedgerCompany } from '../support/company/company.ts';
import { companyAfter, LIVED } from './histories.ts';
import { type Answer, spanOf, startNode } from './node.ts';

const main = join(import.meta.dirname, '../../packages/audit/src/main.ts');

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

function run(args: string[], cwd: string): Promise<Run> {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const result: Run = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    result.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...result, code }));
  });
}

async function catchFrom(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
}

describe('the audit command', function () {
  this.timeout(60_000);
  let company: LedgerCompany;
  let folder: string;
  let target: string[];

  before(async () => {
    company = await companyAfter(LIVED);
    folder = mkdtempSync(join(tmpdir(), 'plumbline-audit-'));
    target = ['--rpc', company.anvil.rpcUrl, '--ledger', company.ledger];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('refuses with one line and code 2', () => {
    const ledger = `0x${'12'.repeat(20)}`;
    const rpc = 'http://127.0.0.1:1';
    const usages: [name: string, args: string[], says: RegExp][] = [
      ['no arguments', [], /--rpc must be the http or https URL of a node/],
      ['an RPC that is no URL', ['--rpc', 'mainnet', '--ledger', ledger], /--rpc must be .* not mainnet/],
      ['an RPC of another kind', ['--rpc', 'ws://x', '--ledger', ledger], /--rpc must be .* not ws:/],
      ['no ledger', ['--rpc', rpc], /--ledger must be an address/],
      ['a ledger that is no address', ['--rpc', rpc, '--ledger', '0x12'], /--ledger must be .* not 0x12/],
      [
        'a block that is no number',
        ['--rpc', rpc, '--ledger', ledger, '--from', 'x'],
        /--from must be .* not x/,
      ],
      ['an unknown option', ['--rpc', rpc, '--ledger', ledger, '--fast'], /--fast/],
      ['a stray word', ['--rpc', rpc, '--ledger', ledger, 'now'], /now/],
      ['an empty file name', ['--rpc', rpc, '--ledger', ledger, '--out', ''], /--out must name a file/],
    ];
    for (const [name, args, says] of usages) {
      it(name, async () => {
        const { code, stdout, stderr } = await run(args, folder);
        expect(stderr)
          .to.match(says)
          .and.match(/usage: npm run audit/);
        expect(stderr.trimEnd().split('\n')).to.have.length(1);
        expect([code, stdout]).to.deep.equal([2, '']);
      });
    }

    it('a node that does not answer', async () => {
      const { code, stdout, stderr } = await run(['--rpc', rpc, '--ledger', ledger], folder);
      expect(stderr).to.match(
        /^audit: the node at http:\/\/127\.0\.0\.1:1 did not give its newest block: .+\n$/,
      );
      expect([code, stdout]).to.deep.equal([2, '']);
    });

    it('an address without a contract, and a contract that is no ledger', async () => {
      const nothing = await run(['--rpc', company.anvil.rpcUrl, '--ledger', ledger], folder);
      expect(nothing.stderr).to.match(
        /^audit: there is no contract at 0x12.+ check the address and the chain\n$/,
      );
      const token = await run(['--rpc', company.anvil.rpcUrl, '--ledger', company.token], folder);
      expect(token.stderr).to.match(/^audit: the contract at .+ is no ledger: .+\n$/);
      expect([nothing.code, token.code]).to.deep.equal([2, 2]);
    });

    it('a file that cannot be written', async () => {
      const { code, stderr } = await run([...target, '--out', join(folder, 'no', 'where.json')], folder);
      expect(stderr).to.match(/^audit: ENOENT.+\n$/);
      expect(code).to.equal(2);
    });
  });

  it('lists its options with --help, asks no node, and ends with code 0', async () => {
    const { code, stdout, stderr } = await run(['--help'], folder);
    for (const option of [
      '--rpc URL',
      '--ledger ADDRESS',
      '--from BLOCK',
      '--out FILE',
      '--json',
      '--help',
    ]) {
      expect(stdout).to.include(option);
    }
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  it('names a node without the key in its URL', async () => {
    const args = [
      '--rpc',
      'http://user:s3cret@127.0.0.1:1/v2/s3cret?key=s3cret',
      '--ledger',
      `0x${'12'.repeat(20)}`,
    ];
    const { code, stdout, stderr } = await run(args, folder);
    expect(stderr).to.match(
      /^audit: the node at http:\/\/127\.0\.0\.1:1 did not give its newest block: .+\n$/,
    );
    expect(`${stdout}${stderr}`).not.to.include('s3cret');
    expect(code).to.equal(2);
  });

  describe('on a ledger that holds', () => {
    it('ends with code 0, net figures first, and a report file named after ledger and block', async () => {
      const { code, stdout, stderr } = await run(target, folder);
      expect([code, stderr]).to.deep.equal([0, '']);
      const [file, ...more] = readdirSync(folder);
      const report = JSON.parse(readFileSync(join(folder, file!), 'utf8'));
      expect(more).to.deep.equal([]);
      expect(file).to.equal(`plumbline-audit-${company.ledger}-${report.block.number}.json`);
      rmSync(join(folder, file!));
      expect(report.findings).to.deep.equal([]);
      const figures = stdout.split('\n').filter((line) => /^[A-Z]\w+.* {2}[\d,]+/.test(line));
      expect(figures[0]).to.match(/^Net sales +\d{3}\.\d\d /);
      expect(figures.map((line) => line.split(/ {2,}/)[0])).to.deep.equal([
        'Net sales',
        'Net volume',
        'Commission credited',
        'Held',
        'Gross sales',
        'Gross volume',
        'Funded',
        'Refunded late',
        'Distributors',
        'Sales',
        'Recorders',
        'Batches',
        'Changes',
        'Acts',
        'Plans',
        'Flags',
        'Entries',
        'Findings',
      ]);
      expect(stdout).to.include('Everything holds').and.include(file).and.include(report.head);
    });

    it('prints the report as one line of JSON, with amounts as decimal strings', async () => {
      const { code, stdout, stderr } = await run(
        [...target, '--json', '--from', String(company.startBlock)],
        folder,
      );
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout.indexOf('\n')).to.equal(stdout.length - 1);
      const report = JSON.parse(stdout);
      expect(report).to.include({
        ledger: company.ledger,
        chainId: 31_337,
        fromBlock: String(company.startBlock),
      });
      expect(report.summary.netPriceCents).to.match(/^\d+$/);
      expect(report.summary.distributors).to.equal(9);
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  });

  it('on a ledger with a wrong balance ends with code 1 and names the distributor', async () => {
    const snapshot = await company.anvil.rpc<Hex>('evm_snapshot');
    const slot = pad(numberToHex(7n + 2n));
    const before = await company.anvil.rpc<Hex>('eth_getStorageAt', [company.ledger, slot, 'latest']);
    const more = numberToHex(BigInt(before) + 1n, { size: 32 });
    await company.anvil.rpc('anvil_setStorageAt', [company.ledger, slot, more]);
    await company.anvil.rpc('evm_mine');
    const out = join(folder, 'report.json');
    const { code, stdout, stderr } = await run([...target, '--out', out], folder);
    await company.anvil.rpc('evm_revert', [snapshot]);
    expect([code, stderr]).to.deep.equal([1, '']);
    expect(stdout)
      .to.match(/^Findings +1$/m)
      .and.match(/^\[distributor-balance\] .*distributor 8/m);
    const [finding, ...rest] = JSON.parse(readFileSync(out, 'utf8')).findings;
    rmSync(out);
    expect(rest).to.deep.equal([]);
    expect(finding).to.include({ code: 'distributor-balance', subject: 'distributor 8', entry: null });
  });

  describe('with a node that is not at its best', () => {
    async function auditBehind(answer: Answer) {
      const node = await startNode(company.anvil.rpcUrl, answer);
      try {
        return await auditLedger({ rpcUrl: node.rpcUrl, ledger: company.ledger });
      } finally {
        await node.stop();
      }
    }

    it('reads all logs in ranges that the node bears, and asks for the times that it left out', async () => {
      const ranges: bigint[] = [];
      const report = await auditBehind(async (method, params, ask) => {
        if (method !== 'eth_getLogs') return undefined;
        ranges.push(spanOf(params));
        if (spanOf(params) > 3n) throw new Error('query returned more than 3 blocks');
        return ((await ask()) as object[]).map((log) => ({ ...log, blockTimestamp: undefined }));
      });
      expect(report.findings).to.deep.equal([]);
      expect(report.summary.sales).to.equal(12);
      expect(ranges.some((span) => span > 3n)).to.equal(true);
    });

    it('tries again what failed once', async () => {
      const failed = new Set<string>();
      const report = await auditBehind((method) => {
        if (failed.has(method)) return undefined;
        failed.add(method);
        throw Object.assign(new Error('busy'), { code: -32_603 });
      });
      expect(report.findings).to.deep.equal([]);
      expect([...failed]).to.include.members([
        'eth_chainId',
        'eth_getBlockByNumber',
        'eth_getLogs',
        'eth_call',
      ]);
    });

    it('refuses a first block that is still to come', async () => {
      const { code, stderr } = await run([...target, '--from', '1000000'], folder);
      expect(stderr).to.match(
        /^audit: the ledger's first block cannot be 1000000: the audit is of block \d+\n$/,
      );
      expect(code).to.equal(2);
    });

    it('reads from the beginning where the node has forgotten old state', async () => {
      const report = await auditBehind((method, params) => {
        if (method === 'eth_getCode' && BigInt(params[1] as Hex) < 5n) throw new Error('missing trie node');
        return undefined;
      });
      expect(report.fromBlock).to.equal(0n);
      expect(report.findings).to.deep.equal([]);
    });

    it('says that there are no logs to be had, or logs of another contract', async () => {
      const none = await catchFrom(
        auditBehind((method) => {
          if (method === 'eth_getLogs') throw new Error('logs are off');
          return undefined;
        }),
      );
      expect(none)
        .to.be.instanceOf(LogsUnavailableError)
        .with.property('message')
        .that.includes('gives no logs');
      const foreign = await catchFrom(
        auditBehind(async (method, _, ask) => {
          if (method !== 'eth_getLogs') return undefined;
          return ((await ask()) as object[]).map((log) => ({ ...log, address: company.token }));
        }),
      );
      expect(foreign)
        .to.be.instanceOf(LogsUnavailableError)
        .with.property('message')
        .that.includes(company.token);
    });

    it('says that the block was replaced while it was read', async () => {
      let asked = 0;
      const error = await catchFrom(
        auditBehind(async (method, _, ask) => {
          if (method !== 'eth_getBlockByNumber' || ++asked === 1) return undefined;
          return { ...((await ask()) as object), hash: `0x${'ab'.repeat(32)}` };
        }),
      );
      expect(error)
        .to.be.instanceOf(BlockReplacedError)
        .with.property('message')
        .that.includes('run the audit again');
    });

    it('refuses a block that is not there yet', async () => {
      const { rpcUrl } = company.anvil;
      const error = await catchFrom(auditLedger({ rpcUrl, ledger: company.ledger, atBlock: 1_000_000n }));
      expect(error)
        .to.be.instanceOf(NodeUnreachableError)
        .with.property('message')
        .that.includes('block 1000000');
    });

    it('refuses an address without a ledger', async () => {
      const { rpcUrl } = company.anvil;
      const error = await catchFrom(auditLedger({ rpcUrl, ledger: `0x${'12'.repeat(20)}` }));
      expect(error).to.be.instanceOf(NoLedgerError).that.includes({ code: 'no-ledger', retryable: false });
    });
  });
});
