import { createIndexer, JournalRefusedError, LedgerMissingError, WrongChainError } from '@plumbline/indexer';
import { commissionLedgerAbi } from '@plumbline/protocol';
import { migrate } from '@plumbline/store';
import { expect } from 'chai';
import { encodeFunctionData, toEventSelector } from 'viem';
import { type BooksDump, clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { changeLogs, FalseNode, type Lie, type RawCall, type RawLog } from './false-node.ts';
import { Programme } from './programme.ts';

function selectorOf(name: string): string {
  const event = commissionLedgerAbi.find((item) => item.type === 'event' && item.name === name);
  return toEventSelector(event as never);
}

/** Changes the first log of event `name`. */
function changeOne(name: string, change: (log: RawLog) => void): Lie {
  return changeLogs((logs) => {
    const log = logs.find(({ topics }) => topics[0] === selectorOf(name));
    if (log) change(log);
    return logs;
  });
}

/** Adds 2 ** `bits` to the word that begins at hex digit `at`. */
function lift(hex: string, bits: number, at = 2): string {
  const value = BigInt(`0x${hex.slice(at, at + 64)}`) + (1n << BigInt(bits));
  return hex.slice(0, at) + value.toString(16).padStart(64, '0') + hex.slice(at + 64);
}

const byWord = (name: string, word: number, bits: number) =>
  changeOne(name, (log) => {
    log.data = lift(log.data, bits, 2 + 64 * word);
  });

const byTopic = (name: string, topic: number, bits: number) =>
  changeOne(name, (log) => {
    log.topics[topic] = lift(log.topics[topic]!, bits);
  });

/** Ways to change logs, none of which may get into the books. */
const lies: Record<string, Lie> = {
  'leaves out the first log': changeLogs((logs) => logs.slice(1)),
  'leaves out a log in the middle': changeLogs((logs) => logs.toSpliced(logs.length >> 1, 1)),
  'leaves out the last log': changeLogs((logs) => logs.slice(0, -1)),
  'leaves out everything': changeLogs(() => []),
  'gives a log twice': changeLogs((logs) => logs.toSpliced(3, 0, logs[3]!)),
  'gives two logs in the wrong order': changeLogs((logs) => logs.toSpliced(4, 2, logs[5]!, logs[4]!)),
  'swaps the contents of two logs': changeLogs((logs) => {
    const [one, other] = logs.filter(({ topics }) => topics[0] === selectorOf('Enrolled')) as [
      RawLog,
      RawLog,
    ];
    [one.topics, other.topics, one.data, other.data] = [other.topics, one.topics, other.data, one.data];
    return logs;
  }),
  'gives a log of another contract': changeLogs((logs) =>
    logs.with(2, { ...logs[2]!, address: `0x${'12'.repeat(20)}` }),
  ),
  'gives a log of a later block': changeLogs((logs) => [
    ...logs.slice(0, -1),
    { ...logs.at(-1)!, blockNumber: '0xffffff' },
  ]),
  'gives a log of another fork': changeLogs((logs) =>
    logs.with(5, { ...logs[5]!, blockHash: `0x${'78'.repeat(32)}` }),
  ),
  'gives a log that is cut off': changeOne('BatchRecorded', (log) => {
    log.data = log.data.slice(0, -64 * 3);
  }),
  'gives a log of no entry': changeOne('FloatFunded', (log) => {
    log.topics[0] = `0x${'34'.repeat(32)}`;
  }),
  'changes an id': byTopic('Enrolled', 1, 0),
  'changes an id above its width': byTopic('Enrolled', 1, 40),
  'changes an id far above its width': byTopic('Enrolled', 1, 200),
  'changes a sponsor': byTopic('Enrolled', 2, 1),
  'changes a wallet': byTopic('Enrolled', 3, 8),
  'changes what was funded above its width': byWord('FloatFunded', 0, 64),
  'changes a reservation': byWord('BatchRecorded', 1, 3),
  'changes a record': byWord('BatchRecorded', 6, 190),
  'changes a head': byWord('BatchRecorded', 4, 7),
  'changes a plan but not its hash': byWord('PlanAnnounced', 6, 0),
  'changes the time of a plan': byWord('PlanAnnounced', 0, 5),
  'changes what was credited': byWord('BatchSettled', 2, 4),
  'changes a payout': byWord('Payout', 0, 2),
};

/** Ways to change the lines of settlements, which are only read when reading begins in the middle of the journal. */
const liesOfLines: Record<string, Lie> = {
  'changes the counted volume of a sale': byWord('SaleSettled', 0, 1),
  'changes who is paid': byWord('SaleSettled', 3, 0),
  'leaves out the lines of settlements': changeLogs((logs) =>
    logs.filter(({ topics }) => topics[0] !== selectorOf('SaleSettled')),
  ),
};

describe('an indexer, with a node that is not what it should be', () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 41 });
    await programme.live(12);
    await programme.enrol(4);
    await programme.sell(5);
    await programme.settle();
    await programme.payAll();
  });

  after(() => chain?.stop());

  for (const engine of engines) {
    describe(`on ${engine.name}`, () => {
      let bench: Bench;
      let node: FalseNode;
      let books: BooksDump;

      before(async () => {
        bench = await Bench.start(engine, chain);
        node = await FalseNode.start(bench.chain.rpcUrl);
        await migrate(bench.database);
        books = await bench.buildFresh(programme);
      });

      beforeEach(async () => {
        node.lie = (_, answer) => answer;
        await clearBooks(bench.database);
      });

      after(async () => {
        await node?.stop();
        await bench?.stop();
      });

      const refusalOf = (changes = {}): Promise<Error> =>
        bench.sync(programme, { rpcUrls: [node.url], ...changes }).then(
          () => expect.fail('the indexer accepted it'),
          (error: Error) => error,
        );

      for (const [what, lie] of Object.entries(lies)) {
        it(`refuses one that ${what}`, async () => {
          node.lie = lie;
          const error = await refusalOf();
          expect(error).to.be.instanceOf(JournalRefusedError);
          expect(error.message).to.match(
            /^refused blocks \d+ to \d+ of ledger 0x[0-9a-f]{40}, nothing .*: [^\n]+$/,
          );
          const dump = await dumpBooks(bench.database);
          expect(dump.entries).to.deep.equal([]);
          expect(dump.blocks).to.deep.equal([]);
          node.lie = (_, answer) => answer;
          expect(await bench.sync(programme, { rpcUrls: [node.url] })).to.deep.equal(books);
        });
      }

      for (const [what, lie] of Object.entries(liesOfLines)) {
        it(`refuses one that ${what}, where it goes on in the middle`, async () => {
          const before = await bench.sync(programme, { untilBlock: programme.deployment.startBlock });
          expect(before.entries).to.not.deep.equal([]);
          node.lie = lie;
          expect(await refusalOf()).to.be.instanceOf(JournalRefusedError);
          const { entries, settlements } = await dumpBooks(bench.database);
          expect(entries).to.deep.equal(before.entries);
          expect(settlements).to.deep.equal([]);
          node.lie = (_, answer) => answer;
          expect(await bench.sync(programme, { rpcUrls: [node.url] })).to.deep.equal(books);
        });
      }

      /** For each request for logs so far: whether it asked for the lines of settlements too. */
      const askedForLines = () =>
        node.asked
          .flatMap(({ body }) => JSON.parse(body) as RawCall[])
          .filter(({ method }) => method === 'eth_getLogs')
          .map(({ params }) => params[0].topics[0].includes(selectorOf('SaleSettled')));

      it('asks from the beginning on for no lines of settlements, and has them all the same', async () => {
        node.asked.length = 0;
        expect(await bench.sync(programme, { rpcUrls: [node.url] })).to.deep.equal(books);
        expect(books.settlements).to.not.deep.equal([]);
        expect(new Set(askedForLines())).to.deep.equal(new Set([false]));
      });

      it('asks once more before it refuses, and then for everything', async () => {
        let asked = 0;
        node.asked.length = 0;
        node.lie = (call, answer) => {
          if (call.method !== 'eth_getLogs' || ++asked > 1) return answer;
          return changeLogs((logs) => logs.slice(0, -1))(call, answer);
        };
        expect(await bench.sync(programme, { rpcUrls: [node.url] })).to.deep.equal(books);
        expect(askedForLines()).to.deep.equal([false, true]);
      });

      it('refuses terms that are not those the journal begins with', async () => {
        const terms = encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'terms' });
        node.lie = ({ params }, answer) =>
          params[0]?.data === terms
            ? { ...answer, result: lift(String(answer.result), 3, 2 + 64 * 2) }
            : answer;
        const error = await refusalOf();
        expect(error).to.be.instanceOf(JournalRefusedError);
        expect(error.message).to.contain('the journal begins with terms');
      });

      it('refuses an address without a ledger', async () => {
        const token = await refusalOf({ ledger: programme.deployment.token });
        expect(token).to.be.instanceOf(LedgerMissingError);
        const nobody = await refusalOf({ ledger: `0x${'56'.repeat(20)}` });
        expect(nobody.message).to.equal(
          `there is no ledger at 0x${'56'.repeat(20)} on chain 31337: check the address and the node`,
        );
      });

      it('refuses to begin after the ledger was created', async () => {
        const error = await refusalOf({ startBlock: programme.deployment.startBlock + 1 });
        expect(error).to.be.instanceOf(JournalRefusedError);
      });

      it('refuses a node of another chain and leaves the books alone', async () => {
        await bench.sync(programme);
        node.lie = ({ method }, answer) => (method === 'eth_chainId' ? { ...answer, result: '0x1' } : answer);
        expect(await refusalOf()).to.be.instanceOf(WrongChainError);
        expect(await dumpBooks(bench.database)).to.deep.equal(books);
      });

      it('splits what a node refuses to give at once', async () => {
        let refused = 0;
        node.lie = ({ id, method, params }, answer) => {
          const blocks = Number(params[0]?.toBlock) - Number(params[0]?.fromBlock) + 1;
          if (method !== 'eth_getLogs' || blocks <= 7) return answer;
          refused++;
          return { id, error: { code: -32_005, message: 'query returned more than 10000 results' } };
        };
        expect(await bench.sync(programme, { rpcUrls: [node.url] })).to.deep.equal(books);
        expect(refused).to.be.greaterThan(2);
      });

      it('finds what was left out at the end of blocks whose state the node has forgotten', async () => {
        const { entries } = books;
        const tip = Number(await bench.chain.rpc('eth_blockNumber'));
        const last = tip - 2;
        const forget: Lie = ({ id, method, params }, answer) => {
          const isOld = method === 'eth_call' && params[1]?.blockHash !== undefined;
          return isOld ? { id, error: { code: -32_000, message: 'missing trie node' } } : answer;
        };
        // A node that is behind: it has no blocks above `last`, and only half of the logs up to it.
        const behind: Lie = (call, answer) => {
          if (call.method === 'eth_getBlockByNumber' && call.params[0] === 'latest') {
            return { ...answer, result: { ...(answer.result as object), number: `0x${last.toString(16)}` } };
          }
          const half = changeLogs((logs) => logs.slice(0, logs.length >> 1));
          return half(call, answer);
        };
        let looks = 0;
        node.lie = (call, answer) => {
          if (call.method === 'eth_call' && call.params[1]?.blockHash !== undefined) looks++;
          // With the newest block above what was read, only the heads in the logs can be checked.
          if (call.method === 'eth_getBlockByNumber' && call.params[0] === 'latest' && looks > 0)
            return answer;
          return forget(call, behind(call, answer));
        };
        const stop = new AbortController();
        await createIndexer(
          bench.optionsFor(programme, {
            rpcUrls: [node.url],
            signal: stop.signal,
            onProgress: ({ event }) => {
              if (event === 'read') stop.abort();
            },
          }),
        ).run();
        const half = await dumpBooks(bench.database);
        expect(half.entries.length).to.be.greaterThan(0);
        expect(half.entries.length).to.be.lessThan(entries.length - 2);
        node.lie = (_, answer) => answer;
        expect(await bench.sync(programme, { rpcUrls: [node.url] })).to.deep.equal(books);
      });
    });
  }
});
