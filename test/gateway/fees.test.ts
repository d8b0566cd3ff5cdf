import type { Batcher, Chain } from '@plumbline/gateway';
import { expect } from 'chai';
import { sql } from 'kysely';
import { parseGwei } from 'viem';
import { type Company, foundCompany, saleOf } from './company.ts';

describe('gateway: fees and funds of the signer', () => {
  let company: Company;
  const signer = () => company.anvil.accounts[1]?.address ?? '';

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany({ hotKey: true });
    await company.enrolLine(2);
  });
  after(() => company.stop());
  beforeEach(() => setBaseFee('1'));
  afterEach(async () => {
    await company.anvil.rpc('evm_setAutomine', [true]);
  });

  async function setBaseFee(gwei: string): Promise<void> {
    await company.anvil.rpc('anvil_setNextBlockBaseFeePerGas', [`0x${parseGwei(gwei).toString(16)}`]);
    await company.anvil.rpc('evm_mine');
  }

  const fund = (wei: bigint) => company.anvil.rpc('anvil_setBalance', [signer(), `0x${wei.toString(16)}`]);

  async function newest() {
    const transaction = await company.database
      .selectFrom('transactions')
      .selectAll()
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const attempts = await company.database
      .selectFrom('attempts')
      .selectAll()
      .where('transaction_id', '=', transaction.id)
      .orderBy('created_at')
      .execute();
    return { ...transaction, attempts };
  }

  async function look(batcher: Batcher, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      await batcher.tick();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  const waitingOf = (batcher: Batcher) => batcher.status().waiting.map(({ reason }) => reason);
  const stateOf = async (id: string) => (await company.get(`/v1/sales/${id}`)).body.state;

  it('a signer without funds: nothing counts as sent, fees stay, and it goes out once there is gas', async function () {
    this.timeout(60_000);
    await fund(0n);
    await company.post('/v1/sales', saleOf('unfunded'));
    const batcher = await company.restart({ stuckMs: 0 }, 1);
    await look(batcher, 8);
    const before = await newest();
    expect(before.state).to.equal('signed');
    expect(before.attempts).to.have.length(1);
    expect(waitingOf(batcher)).to.deep.equal([`${signer()} has too little to pay for gas`]);
    await fund(10n ** 20n);
    await company.work(batcher);
    expect(await stateOf('unfunded')).to.equal('included');
    expect((await newest()).attempts).to.have.length(1);
    expect(waitingOf(batcher)).to.deep.equal([]);
  });

  it('funds that suffice once fees have fallen: the going fees are signed', async function () {
    this.timeout(60_000);
    await setBaseFee('300');
    await fund(10n ** 16n);
    await company.post('/v1/sales', saleOf('cheaper'));
    const batcher = await company.restart({ stuckMs: 0 }, 1);
    await look(batcher, 4);
    expect((await newest()).state).to.equal('signed');
    await setBaseFee('1');
    await company.work(batcher);
    expect(await stateOf('cheaper')).to.equal('included');
    const { attempts } = await newest();
    expect(attempts.at(-1)?.max_fee).to.be.lessThan(attempts[0]?.max_fee ?? 0n);
    await fund(10n ** 20n);
  });

  it('signed with a fee that is too low by the time it goes out: signed anew with the going one', async function () {
    this.timeout(60_000);
    await company.post('/v1/sales', saleOf('low'));
    const broken: Chain = {
      ...company.chain,
      broadcast: () => Promise.reject(new Error('the process died here')),
    };
    await company.expireLease();
    await company
      .newBatcher({}, broken, 1)
      .tick()
      .catch(() => {});
    expect((await newest()).state).to.equal('signed');
    await setBaseFee('50');
    await company.work(await company.restart({}, 1));
    expect(await stateOf('low')).to.equal('included');
    const { attempts } = await newest();
    expect(attempts).to.have.length(2);
    expect(attempts[1]?.max_fee).to.be.greaterThan(parseGwei('50'));
  });

  it('going fees above the limit: nothing is signed', async function () {
    this.timeout(60_000);
    const { id } = await newest();
    await company.post('/v1/sales', saleOf('limited'));
    const batcher = await company.restart({ maxFee: parseGwei('0.5') }, 1);
    await look(batcher, 3);
    expect((await newest()).id).to.equal(id);
    expect(waitingOf(batcher).join()).to.match(/higher fees than the limit of 500000000 wei/);
    await company.work(await company.restart({}, 1));
    expect(await stateOf('limited')).to.equal('included');
  });

  it('at the limit while it is stuck: the same bytes go out again, and the status says so', async function () {
    this.timeout(60_000);
    await company.anvil.rpc('evm_setAutomine', [false]);
    await company.post('/v1/sales', saleOf('stuck'));
    const going = await company.chain.fees();
    const sent: string[] = [];
    const chain: Chain = {
      ...company.chain,
      broadcast(raw) {
        sent.push(raw);
        return company.chain.broadcast(raw);
      },
    };
    await company.expireLease();
    const batcher = company.newBatcher({ stuckMs: 0, maxFee: going.maxFee }, chain, 1);
    await look(batcher, 4);
    expect((await newest()).attempts).to.have.length(1);
    expect(sent.length).to.be.at.least(2);
    expect(new Set(sent).size).to.equal(1);
    expect(waitingOf(batcher).join()).to.match(/needs higher fees than the limit/);

    await company.expireLease();
    await sql`update attempts set created_at = 'epoch'`.execute(company.database);
    const patient = company.newBatcher({}, chain, 1);
    await look(patient, 1);
    expect(waitingOf(patient).join()).to.match(/^nonce \d+ \(record\) was signed long ago/);
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.anvil.rpc('evm_mine');
    await company.work(await company.restart({}, 1));
    expect(await stateOf('stuck')).to.equal('included');
  });
});
