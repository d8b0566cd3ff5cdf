import { createIndexer, type IndexerOptions, type Progress } from '@plumbline/indexer';
import { FactoryMissingError, LedgersFailedError } from '@plumbline/indexer/testing';
import { type BooksStatus, findStatus, listLedgers } from '@plumbline/store';
import { expect } from 'chai';
import { JsonRpcProvider, NonceManager, Wallet, ZeroHash, zeroPadValue } from 'ethers';
import type { Address, Hex } from 'viem';
import { contractAt, DEFAULT_PLAN } from '../../scripts/stack/deploy.ts';
import type { ICommissionLedger } from '../../types/interfaces/ICommissionLedger.js';
import type { LedgerFactory } from '../../types/LedgerFactory.js';
import { type BooksDump, clearBooks, dumpBooks } from '../support/books.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { changeLogs, FalseNode } from './false-node.ts';
import { Programme } from './programme.ts';

for (const engine of engines) {
  describe(`an indexer of a factory on ${engine.name}`, () => {
    let bench: Bench;
    let node: FalseNode;
    let programme: Programme;
    let provider: JsonRpcProvider;
    let admin: NonceManager;
    let created = 0;
    /** Every ledger that was created. */
    const ledgers: Address[] = [];

    before(async () => {
      bench = await Bench.start(engine);
      node = await FalseNode.start(bench.chain.rpcUrl);
      programme = await Programme.open(bench.chain, { seed: 121 });
      await programme.live(10);
      ledgers.push(programme.deployment.ledger as Address);
      provider = new JsonRpcProvider(bench.chain.rpcUrl, undefined, {
        pollingInterval: 20,
        cacheTimeout: -1,
      });
      admin = new NonceManager(new Wallet(bench.chain.accounts[1]!.privateKey, provider));
      for (let i = 0; i < 3; i++) await create();
    });

    afterEach(async () => {
      node.reform();
      await clearBooks(bench.database).catch(() => {});
    });

    after(async () => {
      provider?.destroy();
      await node?.stop();
      await bench?.stop();
    });

    /** Another ledger of the same factory, with some entries. */
    async function create(): Promise<Address> {
      const { factory, token } = programme.deployment;
      const contract = contractAt<LedgerFactory>('LedgerFactory', factory, admin);
      const request = {
        token,
        unit: 1,
        returnWindow: 3_600,
        planNotice: 86_400,
        capPeriod: 86_400,
        compact: created % 2 === 1,
        admin: await admin.getAddress(),
        adminDelay: 86_400,
        delay: 86_400,
        plan: DEFAULT_PLAN,
        roles: [],
        recorders: [{ key: await admin.getAddress(), cap: 10n ** 12n, countCap: 1_000n }],
      };
      const salt = zeroPadValue(`0x0${++created}`, 32);
      const ledger = (await contract.createLedger.staticCall(request, salt)).toLowerCase() as Address;
      await (await contract.createLedger(request, salt)).wait();
      for (let i = 0; i < created; i++) await act(ledger);
      ledgers.push(ledger);
      return ledger;
    }

    async function act(ledger: Address): Promise<void> {
      const contract = contractAt<ICommissionLedger>('interfaces/ICommissionLedger', ledger, admin);
      await (await contract.publishDisclosure(1, ZeroHash, ZeroHash)).wait();
    }

    const headOf = async (ledger: Address): Promise<Hex> =>
      (await contractAt<ICommissionLedger>('interfaces/ICommissionLedger', ledger, admin).head()) as Hex;

    const options = (changes: Partial<IndexerOptions> = {}): IndexerOptions =>
      bench.optionsFor(programme, {
        ledger: undefined,
        factory: programme.deployment.factory,
        startBlock: 0,
        rpcUrls: [node.url],
        ...changes,
      });

    const statusOf = (ledger: Address): Promise<BooksStatus | undefined> =>
      findStatus(bench.database, ledger);

    /** The books of all ledgers, each built alone. */
    async function buildEach(): Promise<BooksDump> {
      await clearBooks(bench.database).catch(() => {});
      for (const ledger of ledgers) {
        await createIndexer(options({ factory: undefined, ledger })).syncOnce();
      }
      const books = await dumpBooks(bench.database);
      await clearBooks(bench.database);
      return books;
    }

    /** What does not depend on the block from which a ledger was read. */
    const known = ({ ledgers: _, ...books }: BooksDump) => books;

    it('reads all its ledgers', async () => {
      const each = await buildEach();
      const statuses = await createIndexer(options()).syncOnce();
      expect(statuses.map(({ head }) => head)).to.have.members(await Promise.all(ledgers.map(headOf)));
      expect(await listLedgers(bench.database)).to.have.members(ledgers);
      expect(known(await dumpBooks(bench.database))).to.deep.equal(known(each));
    });

    it('follows new ledgers as they are created, and asks once for all when there is nothing new', async () => {
      const stop = new AbortController();
      const told: Progress[] = [];
      const running = createIndexer(
        options({ signal: stop.signal, onProgress: (progress) => told.push(progress) }),
      ).run();
      running.catch(() => {});
      const until = async (test: () => Promise<boolean> | boolean) => {
        while (!(await test())) {
          await Promise.race([new Promise((resolve) => setTimeout(resolve, 10)), running]);
        }
      };
      const isLevel = async (ledger: Address) =>
        (await statusOf(ledger).catch(() => undefined))?.head === (await headOf(ledger));
      for (const ledger of ledgers) await until(() => isLevel(ledger));
      const fresh = await create();
      await until(() => isLevel(fresh));
      expect(told.filter(({ event }) => event === 'found')).to.have.lengthOf(ledgers.length);
      const [first] = ledgers as [Address];
      const before = await statusOf(first);
      const reads = told.filter(({ event }) => event === 'read').length;
      node.asked.length = 0;
      await act(fresh);
      await until(() => isLevel(fresh));
      const news = told.filter(({ event }) => event === 'read').slice(reads);
      expect(news).to.have.lengthOf(1);
      expect(news[0]).to.include({ ledger: fresh });
      expect(await statusOf(first)).to.deep.equal(before);
      const shared = node.asked.filter(({ body }) => ledgers.every((ledger) => body.includes(ledger)));
      expect(shared.length).to.be.greaterThan(0);
      stop.abort();
      await running;
    });

    it('goes on with the others when one ledger is not what it should be', async () => {
      const [bad, ...good] = ledgers as [Address, ...Address[]];
      node.lie = changeLogs((logs) => logs.filter(({ address }, i) => address !== bad || i % 5 !== 3));
      const told: Progress[] = [];
      const indexer = createIndexer(options({ onProgress: (progress) => told.push(progress) }));
      const error = await indexer.syncOnce().catch((e) => e);
      expect(error).to.be.instanceOf(LedgersFailedError);
      expect(error.message).to.match(new RegExp(`^1 of ${ledgers.length} ledgers failed: refused .* ${bad}`));
      for (const ledger of good) expect((await statusOf(ledger))?.head).to.equal(await headOf(ledger));
      expect((await statusOf(bad))?.entryCount).to.equal(0);
      const failed = told.filter(({ event }) => event === 'failed');
      expect(failed).to.have.lengthOf(1);
      expect(failed[0]).to.include({ ledger: bad });
    });

    it('goes back with the chain', async () => {
      const [first] = ledgers as [Address];
      const stop = new AbortController();
      const running = createIndexer(options({ signal: stop.signal })).run();
      running.catch(() => {});
      const until = async (head: Hex) => {
        while ((await statusOf(first).catch(() => undefined))?.head !== head) {
          await Promise.race([new Promise((resolve) => setTimeout(resolve, 10)), running]);
        }
      };
      await until(await headOf(first));
      const mark = await programme.mark();
      await programme.sell(2);
      await until(await headOf(first));
      await mark.reorganise();
      await until(await headOf(first));
      stop.abort();
      await running;
      const each = await buildEach();
      await createIndexer(options()).syncOnce();
      expect(known(await dumpBooks(bench.database))).to.deep.equal(known(each));
    });

    it('says so when there is no factory', async () => {
      const error = await createIndexer(options({ factory: `0x${'56'.repeat(20)}` }))
        .syncOnce()
        .catch((e) => e);
      expect(error).to.be.instanceOf(FactoryMissingError);
    });
  });
}
