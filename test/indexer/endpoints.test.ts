import { createIndexer, type IndexerOptions, JournalRefusedError, type Progress } from '@plumbline/indexer';
import { NodesFailedError } from '@plumbline/indexer/testing';
import { expect } from 'chai';
import { type BooksDump, clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { changeLogs, FalseNode, type Lie } from './false-node.ts';
import { type Mark, Programme } from './programme.ts';

const omit = changeLogs((logs) => logs.slice(1));
const refuse: Lie = ({ id }) => ({ id, error: { code: -32_005, message: 'limit exceeded' } });

/** The chain of a node that knows no block above `end`. */
function endAt(end: number): Lie {
  return (call, answer) => {
    if (call.method !== 'eth_getBlockByNumber' || answer.result === null) return answer;
    const block = answer.result as { number: string };
    if (call.params[0] === 'latest') {
      return { ...answer, result: { ...block, number: `0x${end.toString(16)}` } };
    }
    return Number(block.number) > end ? { ...answer, result: null } : answer;
  };
}

describe('an indexer, with several nodes', () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 111 });
    await programme.live(20);
  });

  after(() => chain?.stop());

  for (const engine of engines) {
    describe(`on ${engine.name}`, () => {
      let bench: Bench;
      let [one, other]: FalseNode[] = [];
      let books: BooksDump;
      const told: Progress[] = [];

      before(async () => {
        bench = await Bench.start(engine, chain);
        one = await FalseNode.start(bench.chain.rpcUrl);
        other = await FalseNode.start(bench.chain.rpcUrl);
        books = await bench.buildFresh(programme);
      });

      afterEach(async () => {
        one?.reform();
        other?.reform();
        told.length = 0;
        await clearBooks(bench.database).catch(() => {});
      });

      after(async () => {
        await one?.stop();
        await other?.stop();
        await bench?.stop();
      });

      const nodes = () => [one, other] as [FalseNode, FalseNode];

      const options = (changes: Partial<IndexerOptions> = {}): Partial<IndexerOptions> => ({
        rpcUrls: nodes().map(({ url }) => `${url}/v3/secret-key`),
        timeoutMs: 200,
        onProgress: (progress) => told.push(progress),
        ...changes,
      });

      const faults: Record<string, (node: FalseNode) => void> = {
        'is away': (node) => {
          node.isAway = true;
        },
        refuses: (node) => {
          node.lie = refuse;
        },
        'leaves logs out': (node) => {
          node.lie = omit;
        },
        'does not answer': (node) => {
          node.transport = () => {};
        },
        'is of another chain': (node) => {
          node.lie = (call, answer) =>
            call.method === 'eth_chainId' ? { ...answer, result: '0x1' } : answer;
        },
      };

      for (const [what, fault] of Object.entries(faults)) {
        for (const bad of [0, 1]) {
          it(`does without the ${bad === 0 ? 'first' : 'second'} of two that ${what}`, async () => {
            fault(nodes()[bad] as FalseNode);
            expect(await bench.sync(programme, options())).to.deep.equal(books);
            expect(JSON.stringify(told)).to.not.contain('secret');
          });
        }
      }

      it('gives each its chance and then says what was wrong with each, by origin only', async () => {
        const [first, second] = nodes();
        first.lie = omit;
        second.lie = changeLogs((logs) => logs.toSpliced(2, 1));
        const error = (await bench.sync(programme, options()).catch((e) => e)) as NodesFailedError;
        expect(error).to.be.instanceOf(NodesFailedError);
        expect([...error.failures.keys()]).to.have.members(nodes().map(({ url }) => url));
        for (const each of error.failures.values()) expect(each).to.be.instanceOf(JournalRefusedError);
        for (const { url } of nodes()) expect(error.message).to.contain(`${url}: refused blocks `);
        expect(error.message).to.not.contain('secret');
        // Twice each: a node may have been asked before it had the block.
        for (const { asked } of nodes()) {
          expect(asked.filter(({ body }) => body.includes('eth_getLogs'))).to.have.lengthOf(2);
        }
        expect((await dumpBooks(bench.database)).entries).to.deep.equal([]);
      });

      it('says of each why it cannot begin', async () => {
        const [first, second] = nodes();
        first.isAway = true;
        second.lie = (call, answer) =>
          call.method === 'eth_chainId' ? { ...answer, result: '0x5' } : answer;
        await bench.sync(programme);
        const error = (await bench.sync(programme, options()).catch((e) => e)) as NodesFailedError;
        expect([...error.failures.values()].map(({ name }) => name)).to.deep.equal([
          'NodeUnreachableError',
          'WrongChainError',
        ]);
        expect(await dumpBooks(bench.database)).to.deep.equal(books);
      });

      it('follows the one that has more, and does not go back for one that is behind', async () => {
        const [first, second] = nodes();
        await bench.sync(programme);
        first.lie = endAt(programme.deployment.startBlock + 8);
        for (const rpcUrls of [
          [first.url, second.url],
          [second.url, first.url],
        ]) {
          expect(await bench.sync(programme, options({ rpcUrls }))).to.deep.equal(books);
        }
        expect(told).to.deep.equal([]);
      });

      it('turns to another when the one it follows stands still', async () => {
        const [first, second] = nodes();
        const stop = new AbortController();
        const half = programme.deployment.startBlock + 8;
        [first.lie, second.lie] = [endAt(half), endAt(half)];
        const length = books.entries.length;
        const onProgress = (progress: Progress) => {
          if (progress.event !== 'read') return;
          // One of them goes on.
          if (progress.toBlock === half) second.reform();
          if (progress.entryCount === length) stop.abort();
        };
        const running = options({ pollMs: 2, signal: stop.signal, onProgress });
        await createIndexer(bench.optionsFor(programme, running)).run();
        expect((await dumpBooks(bench.database)).entries).to.deep.equal(books.entries);
      });

      it('leaves a node alone for as long as it asks', async () => {
        const [node] = nodes();
        let refused = 0;
        const honest = node.transport;
        let until = 0;
        node.transport = (response, body, asked) => {
          if (refused > 0) return honest(response, body, asked);
          refused++;
          until = performance.now() + 1_000;
          response.writeHead(429, { 'retry-after': '1' }).end();
        };
        expect(await bench.sync(programme, { rpcUrls: [node.url] })).to.deep.equal(books);
        // Only the refused request came before the pause was over; Node's timers may be a millisecond early.
        const early = node.asked.filter(({ time }) => time < until - 10);
        expect(early).to.have.lengthOf(1);
        expect(node.asked.length).to.be.greaterThan(3);
      });

      it('asks another meanwhile, if there is one', async () => {
        const [first, second] = nodes();
        first.transport = (response) => void response.writeHead(429, { 'retry-after': '3600' }).end();
        expect(await bench.sync(programme, options())).to.deep.equal(books);
        expect(first.asked).to.have.lengthOf(1);
        expect(second.asked.length).to.be.greaterThan(3);
      });
    });
  }
});

describe('an indexer, with nodes of two forks', () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 112 });
    await programme.live(10);
  });

  after(() => chain?.stop());

  for (const engine of engines) {
    describe(`on ${engine.name}`, () => {
      let bench: Bench;
      let fork: Anvil;
      let mark: Mark;

      before(async () => {
        bench = await Bench.start(engine, chain);
        mark = await programme.mark();
      });

      after(async () => {
        await mark?.revert();
        await fork?.stop();
        await bench?.stop();
      });

      it('stays on the one it is on, and goes over once to a longer one', async () => {
        const tip = Number(await bench.chain.rpc('eth_blockNumber'));
        fork = await startAnvil({
          args: ['--fork-url', bench.chain.rpcUrl, '--fork-block-number', String(tip - 3)],
        });
        await fork.rpc('anvil_mine', ['0x2']);
        const rpcUrls = [fork.rpcUrl, bench.chain.rpcUrl];
        const undone: Progress[] = [];
        const onProgress = (progress: Progress) => {
          if (progress.event === 'undone') undone.push(progress);
        };
        const long = await bench.sync(programme);
        for (let round = 0; round < 5; round++) {
          expect(await bench.sync(programme, { rpcUrls: rpcUrls.toReversed(), onProgress })).to.deep.equal(
            long,
          );
          expect(await bench.sync(programme, { rpcUrls, onProgress })).to.deep.equal(long);
        }
        expect(undone).to.deep.equal([]);
        await fork.rpc('anvil_mine', ['0x10']);
        for (let round = 0; round < 5; round++) await bench.sync(programme, { rpcUrls, onProgress });
        expect(undone).to.have.lengthOf(1);
        const forked = await bench.buildFresh(programme, { rpcUrls: [fork.rpcUrl] });
        expect(await dumpBooks(bench.database)).to.deep.equal(forked);
        await programme.mine(40);
        await bench.sync(programme, { rpcUrls, onProgress });
        expect(undone).to.have.lengthOf(2);
      });
    });
  }
});
