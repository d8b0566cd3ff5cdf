import {
  createIndexer,
  JournalRefusedError,
  LedgerMissingError,
  NodeUnreachableError,
  WrongChainError,
} from '@plumbline/indexer';
import {
  InvalidLogsError,
  NodeRefusedError,
  NodesFailedError,
  UnstableChainError,
} from '@plumbline/indexer/testing';
import { findStatus, migrate } from '@plumbline/store';
import { expect } from 'chai';
import { type BooksDump, clearBooks, textOf } from '../support/books.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { FalseNode } from './false-node.ts';
import { corrupt, FAULTS } from './faults.ts';
import { Programme } from './programme.ts';

/**
 * Nodes that fail or lie at random. Whatever they do, the books hold a prefix of the journal and nothing else, and become
 * complete as soon as one node is honest.
 *
 *   PLUMBLINE_FAULT_SEEDS   seeds for each fault, instead of 10
 *   PLUMBLINE_FAULT_SEED    the first of them, instead of 1; a failure names its own
 */
const seeds = Number(process.env.PLUMBLINE_FAULT_SEEDS ?? 10);
const firstSeed = Number(process.env.PLUMBLINE_FAULT_SEED ?? 1);

/** The errors with which the indexer may end. */
const refusals = [
  InvalidLogsError,
  JournalRefusedError,
  LedgerMissingError,
  NodeRefusedError,
  NodesFailedError,
  NodeUnreachableError,
  UnstableChainError,
  WrongChainError,
];

/** Small stretches, so that there are many answers and a failing one spoils little. */
const DEFAULTS = { pollMs: 2, timeoutMs: 100, stretchSize: 15 };

describe('an indexer whose nodes do wrong at random', () => {
  let bench: Bench;
  let programme: Programme;
  let nodes: FalseNode[];
  let whole: BooksDump;
  let all: Set<string>;

  before(async () => {
    const postgres = engines.find(({ name }) => name === 'PostgreSQL');
    if (!postgres) throw new Error('there is no PostgreSQL to test on');
    bench = await Bench.start(postgres);
    programme = await Programme.open(bench.chain, { seed: 81 });
    for (let round = 0; round < 8; round++) {
      await programme.live(4);
      await programme.sell(4);
      await programme.settle();
      // Makes the chain long enough for many ranges.
      await programme.mine(100);
    }
    nodes = [await FalseNode.start(bench.chain.rpcUrl), await FalseNode.start(bench.chain.rpcUrl)];
    whole = await bench.buildFresh(programme);
    all = new Set(whole.entries);
    await migrate(bench.database);
  });

  after(async () => {
    for (const node of nodes ?? []) await node.stop();
    await bench?.stop();
  });

  /** The books are a prefix of the journal. */
  async function expectPrefix(what: string): Promise<void> {
    const rows = await bench.database.selectFrom('entries').selectAll().execute();
    const entries = rows.map(textOf);
    const status = await findStatus(bench.database, programme.deployment.ledger);
    expect(entries.length, what).to.equal(status?.entryCount ?? 0);
    expect(
      entries.filter((entry) => !all.has(entry)),
      what,
    ).to.deep.equal([]);
  }

  /** With an honest node the books become complete. */
  async function expectComplete(what: string): Promise<void> {
    const books = await bench.sync(programme, DEFAULTS);
    for (const [table, rows] of Object.entries(books)) {
      expect(rows, `${what}: ${table}`).to.deep.equal(whole[table as keyof BooksDump]);
    }
  }

  for (const fault of FAULTS) {
    it(`takes nothing false from a node that ${fault}`, async function () {
      this.timeout(10_000 + 2_000 * seeds);
      const [node] = nodes as [FalseNode];
      let harm = 0;
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const what = `PLUMBLINE_FAULT_SEED=${seed}: ${fault}`;
        await clearBooks(bench.database);
        // Every silence costs a timeout.
        const done = corrupt(node, [fault], seed, fault === 'does not answer' ? 6 : 2);
        const error = await bench.sync(programme, { ...DEFAULTS, rpcUrls: [node.url] }).then(
          () => undefined,
          (e) => e,
        );
        harm += done.length;
        if (error && !refusals.some((kind) => error instanceof kind)) throw new Error(what, { cause: error });
        await expectPrefix(what);
        node.reform();
        await expectComplete(what);
      }
      expect(harm, 'faults in all').to.be.at.least(seeds);
    });
  }

  it('reads everything as long as one of several nodes is honest', async function () {
    this.timeout(10_000 + 5_000 * seeds);
    const done = new Set<string>();
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const what = `PLUMBLINE_FAULT_SEED=${seed}`;
      await clearBooks(bench.database);
      const wrongs = nodes.map((node, i) => corrupt(node, FAULTS, 1_000 * i + seed, 2));
      const urls = nodes.map(({ url }) => url);
      // The honest one is the first, the second or the last.
      const rpcUrls = urls.toSpliced(seed % 3, 0, bench.chain.rpcUrl);
      const stop = new AbortController();
      const { length } = whole.entries;
      const options = bench.optionsFor(programme, {
        ...DEFAULTS,
        rpcUrls,
        signal: stop.signal,
        onProgress: (progress) => {
          if (progress.event === 'read' && progress.entryCount === length) stop.abort();
        },
      });
      try {
        await createIndexer(options).run();
      } catch (cause) {
        throw new Error(what, { cause });
      }
      for (const name of wrongs.flat()) done.add(name);
      for (const node of nodes) node.reform();
      await expectComplete(what);
    }
    // Each fault has its own test; here their mixture counts.
    if (seeds >= 10) expect(done.size).to.be.at.least(FAULTS.length / 2);
  });
});
