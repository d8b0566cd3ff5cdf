import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { API_KEY, type Company, foundCompany, saleOf } from './company.ts';

const main = join(import.meta.dirname, '../../packages/gateway/src/main.ts');

describe('gateway: the process', () => {
  let company: Company;
  let child: ChildProcess | undefined;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany();
    await company.enrolLine(2);
    await company.expireLease();
  });
  after(async () => {
    child?.kill('SIGKILL');
    await company.stop();
  });

  const environment = (changes: Record<string, string> = {}) => ({
    PATH: process.env.PATH,
    PLUMBLINE_DATABASE_URL: company.embedded.url,
    PLUMBLINE_RPC_URL: company.anvil.rpcUrl,
    PLUMBLINE_LEDGER: company.ledger,
    PLUMBLINE_START_BLOCK: String(company.deployment.startBlock),
    PLUMBLINE_SIGNER_KEY: company.anvil.accounts[0]?.privateKey ?? '',
    PLUMBLINE_API_KEY: API_KEY.replaceAll(' ', '-'),
    PLUMBLINE_BATCH_SIZE: '5',
    PLUMBLINE_BATCH_AGE_MS: '0',
    ...changes,
  });

  /** Starts it; resolves with its address once it is ready, and keeps everything that it prints. */
  async function start(output: string[]): Promise<string> {
    const started = spawn(process.execPath, [main], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stderr.on('data', (chunk) => output.push(String(chunk)));
    return new Promise((resolve, reject) => {
      started.once('exit', (code) => reject(new Error(`ended with ${code}: ${output.join('')}`)));
      createInterface({ input: started.stdout }).on('line', (line) => {
        output.push(line);
        const message = JSON.parse(line) as { ready?: string; url?: string };
        if (message.ready === 'gateway') resolve(message.url ?? '');
      });
    });
  }

  const refusals: [string, Record<string, string>, RegExp][] = [
    [
      'without a ledger',
      { PLUMBLINE_LEDGER: '' },
      /^gateway: PLUMBLINE_LEDGER must be the address of a ledger\n$/,
    ],
    [
      'with a key that is none',
      { PLUMBLINE_SIGNER_KEY: '0x12' },
      /^gateway: PLUMBLINE_SIGNER_KEY must be a private key/,
    ],
    [
      'with a batch size of 0',
      { PLUMBLINE_BATCH_SIZE: '0' },
      /^gateway: PLUMBLINE_BATCH_SIZE must be 1 to 1000/,
    ],
  ];
  for (const [title, changes, message] of refusals) {
    it(`does not start ${title}, and says why on one line`, async () => {
      const failing = spawn(process.execPath, [main], {
        env: environment(changes),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      failing.stderr.on('data', (chunk) => {
        said += chunk;
      });
      const code = await new Promise((resolve) => failing.once('exit', resolve));
      expect(code).to.equal(1);
      expect(said).to.match(message);
      expect(said).not.to.contain('0x12\n');
    });
  }

  it('killed while it sends, and started again, records every sale once; its log never names a buyer', async function () {
    this.timeout(120_000);
    const { batches } = await company.onChain();
    const output: string[] = [];
    const ids = Array.from({ length: 40 }, (_, i) => `killed-${i}`);
    let url = await start(output);
    const post = (externalId: string) =>
      fetch(`${url}/v1/sales`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${environment().PLUMBLINE_API_KEY}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(saleOf(externalId, { buyer: `Elvira ${externalId}` })),
      });
    const answered = new Map<string, unknown>();
    for (const id of ids.slice(0, 20)) answered.set(id, await (await post(id)).json());
    for (let kills = 0; kills < 3; kills++) {
      child?.removeAllListeners('exit');
      child?.kill('SIGKILL');
      url = await start(output);
      await company.expireLease();
      for (const id of ids.slice(20 + kills * 5, 25 + kills * 5)) await post(id);
      // Not a pause for its own sake: each time it dies a little further into its work.
      await new Promise((resolve) => setTimeout(resolve, 40 * kills));
    }
    for (const id of ids.slice(35)) await post(id);
    for (const id of ids.slice(0, 20)) {
      const again = await post(id);
      expect([again.status, await again.json()]).to.deep.equal([200, answered.get(id)]);
    }
    for (let waiting = -1; waiting !== 0; ) {
      const { queue } = (await (await fetch(`${url}/v1/status`)).json()) as { queue: Record<string, number> };
      waiting = Object.values(queue).reduce((sum, count) => sum + count, 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await company.index();
    const refs = new Set<string>();
    for (const id of ids) {
      const sale = (await (await fetch(`${url}/v1/sales/${id}`)).json()) as {
        ref: string;
        manifest: unknown;
      };
      expect(sale.manifest, id).not.to.equal(null);
      refs.add(sale.ref);
    }
    expect(refs.size).to.equal(40);
    const recorded = await company.database.selectFrom('sales').select('batch').execute();
    expect(recorded).to.have.length(40);
    expect((await company.onChain()).batches - batches).to.equal(
      new Set(recorded.map(({ batch }) => batch)).size,
    );

    const ended = new Promise((resolve) => {
      child?.removeAllListeners('exit');
      child?.once('exit', resolve);
    });
    child?.kill('SIGTERM');
    expect(await ended).to.equal(0);
    expect(output.join('\n')).not.to.contain('Elvira');
  });
});
