import { expect } from 'chai';
import { clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { changeLogs, FalseNode } from './false-node.ts';
import { Process } from './process.ts';
import { Programme } from './programme.ts';

describe("the indexer's process", () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 51 });
    for (let round = 0; round < 8; round++) {
      await programme.live(6);
      await programme.mine(100);
    }
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
          PLUMBLINE_POLL_MS: '20',
        };
      });

      afterEach(() => clearBooks(bench.database).catch(() => {}));

      after(() => bench?.stop());

      it('refuses settings that are missing or wrong, in one line', async () => {
        const wrong: Record<string, string> = {
          PLUMBLINE_DATABASE_URL: 'mysql://here',
          PLUMBLINE_RPC_URL: 'localhost',
          PLUMBLINE_LEDGER: '0x12',
          PLUMBLINE_START_BLOCK: '-4',
          PLUMBLINE_FINALITY: 'soon',
          PLUMBLINE_STRETCH_SIZE: 'much',
        };
        for (const [name, value] of Object.entries(wrong)) {
          const running = new Process({ ...settings, [name]: value });
          expect(await running.end()).to.equal(2);
          expect(running.errors).to.match(
            new RegExp(`^${name} must be [^\\n]+, not "${value.replace('here', '…')}"\\n$`),
          );
          expect(running.lines).to.deep.equal([]);
        }
      });

      it('ends with one line when the node is false', async () => {
        const node = await FalseNode.start(bench.chain.rpcUrl);
        node.lie = changeLogs((logs) => logs.slice(1));
        try {
          const running = new Process({ ...settings, PLUMBLINE_RPC_URL: node.url });
          expect(await running.end()).to.equal(1);
          expect(running.errors).to.match(/^refused blocks [^\n]+\n$/);
          expect((await dumpBooks(bench.database)).entries).to.deep.equal([]);
        } finally {
          await node.stop();
        }
      });

      it('ends when it is told to', async () => {
        const { entryCount } = await programme.views();
        const running = new Process(settings);
        await programme.sell(3);
        await running.until((line) => line.entryCount === entryCount + 1);
        expect(running.lines[0]).to.equal('{"ready":"indexer"}');
        running.kill('SIGTERM');
        expect(await running.end()).to.equal(0);
        expect(running.errors).to.equal('');
      });
    });
  }
});
