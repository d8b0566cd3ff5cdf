import { openDatabase } from '@plumbline/store';
import { expect } from 'chai';
import { clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { Process } from './process.ts';
import { Programme } from './programme.ts';

/** What a process printed and how it ended. */
interface Run {
  code: unknown;
  lines: Record<string, unknown>[];
  errors: string;
}

async function run(args: string[], settings: Record<string, string>): Promise<Run> {
  const running = new Process(settings, args);
  const code = await running.end();
  return { code, lines: running.lines.map((line) => JSON.parse(line)), errors: running.errors };
}

/** Wrong arguments, and the message for them. */
const wrong: [string[], RegExp][] = [
  [['--from', 'soon'], /^--from must be a block number, not "soon"$/],
  [['--to', '-1'], /--to/],
  [['--to', '0x10'], /^--to must be a block number, not "0x10"$/],
  [['--from', '9', '--to', '8'], /^--to must be a block from 9 on, where --from begins, not 8$/],
  [['--form', '9'], /^Unknown option '--form'; usage: indexer /],
  [['follow'], /^there is no command "follow"; usage: indexer /],
  [['status', '--once'], /^--once does not belong to status; usage: indexer /],
  [['status', 'all'], /^all does not belong to status; usage: indexer /],
  [['rebuild'], /^rebuild must be given --check: /],
  [['rebuild', '--check', '--to', '9'], /^--to does not belong to rebuild; /],
  [['rebuild', '--check', '--beside', 'mysql://me:secret@here'], /^--beside must be .*, not "mysql:\/\/…"$/],
];

const documented = [
  ...['status', 'rebuild', '--from', '--to', '--once', '--check', '--beside', '--help'],
  ...['DATABASE_URL', 'RPC_URL', 'LEDGER', 'FACTORY', 'START_BLOCK', 'FINALITY', 'POLL_MS', 'OPEN_MS'].map(
    (name) => `PLUMBLINE_${name} `,
  ),
  'PLUMBLINE_STRETCH_SIZE ',
];

describe("the indexer's command line", () => {
  for (const [args, what] of wrong) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, lines, errors } = await run(args, {});
      expect(code).to.equal(2);
      expect(errors.trimEnd()).to.match(what);
      expect(errors.trimEnd()).to.not.contain('\n');
      expect(lines).to.deep.equal([]);
    });
  }

  for (const args of [['--help'], ['-h'], ['status', '--help'], ['rebuild', '--help']]) {
    it(`describes every command, option and variable with ${args.join(' ')}`, async () => {
      const running = new Process({}, args);
      expect(await running.end()).to.equal(0);
      expect(running.errors).to.equal('');
      for (const word of documented) expect(running.lines.join('\n')).to.contain(word);
    });
  }
});

describe("the indexer's commands", () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 71 });
    await programme.live(20);
    await programme.liveThrough();
  });

  after(() => chain?.stop());

  for (const engine of engines) {
    describe(`on ${engine.name}`, () => {
      let bench: Bench;
      let settings: Record<string, string>;

      before(async () => {
        bench = await Bench.start(engine, chain);
        settings = {
          ...bench.settingsFor(programme),
          PLUMBLINE_FINALITY: '3',
        };
      });

      afterEach(() => clearBooks(bench.database).catch(() => {}));

      after(() => bench?.stop());

      it('end when the books are level, with --once', async () => {
        const { code, lines, errors } = await run(['--once'], settings);
        expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
        expect(lines.at(-1)).to.include({ event: 'read', blocksLeft: 0, secondsLeft: 0 });
        const views = await programme.views();
        expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
      });

      it('read from one block to another', async () => {
        const { startBlock } = programme.deployment;
        const to = startBlock + 12;
        const first = await run(['--from', String(startBlock), '--to', String(to)], {
          ...settings,
          PLUMBLINE_START_BLOCK: '0',
        });
        expect({ code: first.code, errors: first.errors }).to.deep.equal({ code: 0, errors: '' });
        expect(first.lines.find(({ event }) => event === 'read')).to.include({ fromBlock: startBlock });
        expect(first.lines.at(-1)).to.include({ event: 'read', toBlock: to });
        const late = await run(['--from', String(startBlock + 1), '--once'], settings);
        // Books that exist are continued, wherever --from begins.
        expect(late.code).to.equal(0);
        await clearBooks(bench.database);
        const missing = await run(['--from', String(startBlock + 1), '--once'], settings);
        expect(missing.code).to.equal(1);
        expect(missing.errors).to.match(/^refused blocks [^\n]*\n$/);
        expect((await dumpBooks(bench.database)).entries).to.deep.equal([]);
      });

      it('say where the books stand', async () => {
        await run(['--once'], settings);
        const { ledger } = programme.deployment;
        const { head, entryCount } = await programme.views();
        const block = Number(await bench.chain.rpc('eth_blockNumber'));
        const level = await run(['status'], settings);
        expect(level.code).to.equal(0);
        expect(level.lines).to.have.lengthOf(1);
        expect(level.lines[0]).to.include({ ledger, head, entryCount, block, tip: block, lagBlocks: 0 });
        await programme.mine(5);
        const behind = await run(['status'], settings);
        expect(behind.lines[0]).to.include({ block, tip: block + 5, lagBlocks: 5, entriesPerSecond: 0 });
        const { PLUMBLINE_RPC_URL: _, ...alone } = settings;
        expect((await run(['status'], alone)).lines[0]).to.include({ block, tip: block, lagBlocks: 0 });
      });

      it('find every row that is not what the chain says', async () => {
        await run(['--once'], settings);
        const right = await run(['rebuild', '--check'], settings);
        expect({ code: right.code, errors: right.errors }).to.deep.equal({ code: 0, errors: '' });
        expect(right.lines.at(-1)).to.deep.include({ ledger: programme.deployment.ledger, differences: [] });

        const { database } = bench;
        const entry = await database
          .selectFrom('entries')
          .selectAll()
          .orderBy('entry', 'desc')
          .limit(1)
          .execute();
        await database.updateTable('distributors').set({ rank: 9 }).where('id', '=', 4).execute();
        await database.deleteFrom('entries').where('entry', '=', entry[0]!.entry).execute();
        await database
          .insertInto('reversals')
          .values({ ...reversal, ledger: entry[0]!.ledger })
          .execute();
        await bench.emptyFresh();
        const wrongs = await run(['rebuild', '--check', '--beside', bench.freshUrl], settings);
        expect(wrongs.code).to.equal(1);
        const { differences, hasMore } = wrongs.lines.at(-1) as {
          differences: { table: string; key: string; one: string | null; other: string | null }[];
          hasMore: boolean;
        };
        expect(hasMore).to.equal(false);
        expect(differences.map(({ table, key }) => `${table} ${key}`)).to.deep.equal([
          `entries entry=${entry[0]!.entry}`,
          'distributors id=4',
          'reversals entry=999999',
        ]);
        expect(differences[0]).to.include({ one: null });
        expect(differences[1]?.one).to.equal('{"rank":9}');
        expect(differences[2]).to.include({ other: null });
      });

      it('build again in an empty database only', async () => {
        await run(['--once'], settings);
        const { code, errors } = await run(['rebuild', '--check', '--beside', bench.url], settings);
        expect(code).to.equal(1);
        expect(errors).to.equal('the database beside must be empty: it holds books already\n');
        const books = await dumpBooks(bench.database);
        await bench.emptyFresh();
        const beside = ['--beside', bench.freshUrl];
        expect((await run(['rebuild', '--check', ...beside], settings)).code).to.equal(0);
        expect(await dumpBooks(bench.database)).to.deep.equal(books);
        const rebuilt = openDatabase(bench.freshUrl);
        expect((await dumpBooks(rebuilt)).entries).to.deep.equal(books.entries);
        await rebuilt.destroy();
      });
    });
  }
});

const reversal = {
  entry: 999_999n,
  batch: 1,
  batch_index: 0,
  price_cents: 1n,
  volume_cents: 1n,
  block_number: 1n,
  transaction_hash: Buffer.alloc(32),
};
