import {
  commissionLedgerAbi,
  decodeEntries,
  type Entry,
  foldEntries,
  GENESIS_HEAD,
  JournalMismatchError,
  journalTopics,
  type LedgerLog,
  MalformedError,
  UnexpectedLogError,
} from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Hex, toEventSelector, toHex } from 'viem';
import { entriesOf, journals, plans, sampleOf } from '../support/protocol/arbitraries.ts';
import { expectAsViemReads, logsOf } from '../support/protocol/logs.ts';

const forms = [
  { form: 'readable', compact: false },
  { form: 'compact', compact: true },
];

const sampleJournal = (seed: number) => sampleOf(journals(), seed);

function inThrees(entries: Entry[]): Entry[][] {
  return Array.from({ length: Math.ceil(entries.length / 3) }, (_, i) => entries.slice(3 * i, 3 * i + 3));
}

/** Decodes and folds, as every reader does: undefined if that is refused, and only with one of our own errors. */
function read(logs: LedgerLog[]): Entry[] | undefined {
  try {
    const entries = decodeEntries(logs);
    foldEntries(GENESIS_HEAD, 0, entries);
    return entries.map(({ entry }) => entry);
  } catch (error) {
    const ours = [UnexpectedLogError, JournalMismatchError, MalformedError].some(
      (each) => error instanceof each,
    );
    if (!ours) throw error;
    return undefined;
  }
}

/** `hex` with bit `bit` (from the first byte's highest) flipped. */
function flip(hex: Hex, bit: number): Hex {
  const at = 2 + Math.floor(bit / 4);
  const digit = Number.parseInt(hex[at] ?? '', 16) ^ (8 >> (bit % 4));
  return `${hex.slice(0, at)}${digit.toString(16)}${hex.slice(at + 1)}` as Hex;
}

function withTopic(log: LedgerLog, index: number, topic: Hex): LedgerLog {
  return { ...log, topics: log.topics.with(index, topic) };
}

describe('decode', () => {
  for (const { form, compact } of forms) {
    describe(`the logs of a ${form} ledger`, () => {
      it('give the entries they were written from, and what viem reads in them', () => {
        const property = fc.property(journals(), (entries) => {
          const logs = logsOf(entries, compact);
          const decoded = decodeEntries(logs);
          expect(decoded.map(({ entry }) => entry)).to.deep.equal(entries);
          expectAsViemReads(logs, decoded, compact);
          expect(foldEntries(GENESIS_HEAD, 0, decoded)).to.equal(decoded.at(-1)?.head);
        });
        fc.assert(property, { seed: 10, numRuns: 40 });
      });

      it('say where each entry stands; a settlement stands at its closing log', () => {
        const entries = sampleJournal(11);
        const logs = logsOf(entries, compact);
        const closing = logs.filter((log) => log.topics[0] !== selectorOf('SaleSettled'));
        expect(
          decodeEntries(logs).map(({ blockNumber, blockHash, transactionHash, logIndex }) => ({
            blockNumber,
            blockHash,
            transactionHash,
            logIndex,
          })),
        ).to.deep.equal(closing.map(({ topics: _topics, data: _data, ...place }) => place));
      });

      it('are refused, or say the same, with any one bit changed', function () {
        this.timeout(60_000);
        let refused = 0;
        // Short journals, because each attempt reads a whole one.
        for (const entries of inThrees(sampleJournal(12))) {
          const logs = logsOf(entries, compact);
          const attempt = (changed: LedgerLog, i: number, what: string) => {
            const found = read(logs.with(i, changed));
            if (found === undefined) refused += 1;
            else expect(found, `${what} of log ${i}`).to.deep.equal(entries);
          };
          logs.forEach((log, i) => {
            log.topics.forEach((topic, t) => {
              for (let bit = 0; bit < 256; bit++) {
                const before = refused;
                attempt(withTopic(log, t, flip(topic, bit)), i, `bit ${bit} of topic ${t}`);
                expect(refused, `bit ${bit} of topic ${t} of log ${i} is refused`).to.equal(before + 1);
              }
            });
            // Every bit of a short log; of a long one bits at every place of a word, or it would take a minute.
            const bits = 4 * (log.data.length - 2);
            for (let bit = i % 13; bit < bits; bit += bits <= 5 * 256 ? 1 : 13) {
              attempt({ ...log, data: flip(log.data, bit) }, i, `bit ${bit} of the data`);
            }
          });
        }
        expect(refused).to.be.greaterThan(20_000);
      });

      it('are refused, or say the same, with digits that are no hex', () => {
        const entries = sampleJournal(13);
        const logs = logsOf(entries, compact);
        logs.forEach((log, i) => {
          for (let at = 2; at < log.data.length; at += 5) {
            const data = `${log.data.slice(0, at)}z${log.data.slice(at + 1)}` as Hex;
            const found = read(logs.with(i, { ...log, data }));
            if (found !== undefined) expect(found, `digit ${at} of log ${i}`).to.deep.equal(entries);
          }
          log.topics.forEach((topic, t) => {
            const bad = `${topic.slice(0, -3)}z${topic.slice(-2)}` as Hex;
            expect(read(logs.with(i, withTopic(log, t, bad))), `topic ${t} of log ${i}`).to.equal(undefined);
          });
        });
      });

      it('are refused when one is missing, twice, or in another place', () => {
        const logs = logsOf(sampleJournal(14), compact);
        logs.forEach((log, i) => {
          // Without its last entry a journal is only shorter; the ledger's own head tells.
          if (i < logs.length - 1) {
            expect(read(logs.toSpliced(i, 1)), `without log ${i}`).to.equal(undefined);
            expect(read(logs.toSpliced(i, 2, logs[i + 1]!, log)), `log ${i} late`).to.equal(undefined);
          }
          expect(read(logs.toSpliced(i, 0, log)), `log ${i} twice`).to.equal(undefined);
        });
      });

      it('are refused when one is cut', () => {
        const logs = logsOf(sampleJournal(15), compact);
        logs.forEach((log, i) => {
          expect(read(logs.with(i, { ...log, topics: log.topics.slice(0, -1) })), `topics of ${i}`).to.equal(
            undefined,
          );
          // The last word may be padding of bytes; the one before never is only that.
          const data = log.data.slice(0, 2 + Math.floor((log.data.length - 2) / 2)) as Hex;
          expect(read(logs.with(i, { ...log, data })), `data of ${i}`).to.equal(undefined);
        });
      });

      it('are read the same in capitals', () => {
        const entries = sampleJournal(16);
        const logs = logsOf(entries, compact).map((log) => ({
          ...log,
          topics: log.topics.map((topic, i) => (i === 0 ? topic : upper(topic))),
          data: upper(log.data),
        }));
        expect(decodeEntries(logs).map(({ entry }) => entry)).to.deep.equal(entries);
      });
    });
  }

  describe('refuses', () => {
    const some = <Kind extends Entry['kind']>(kind: Kind) => sampleOf(entriesOf(kind), 20);
    const settlement = logsOf([some('batchSettled')], false);
    const payout = logsOf([some('payout')], false)[0]!;

    it('a log that is not of the journal', () => {
      const foreign = toEventSelector(
        'event Transfer(address indexed from, address indexed to, uint256 value)',
      );
      expect(() => decodeEntries([withTopic(payout, 0, foreign)])).to.throw(
        UnexpectedLogError,
        `log 0 of block 7 is not of the journal: topic ${foreign}`,
      );
      expect(() => decodeEntries([{ ...payout, topics: [] }])).to.throw(
        UnexpectedLogError,
        'topic undefined',
      );
    });

    it('settled sales without their closing log', () => {
      expect(() => decodeEntries(settlement.slice(0, -1))).to.throw(
        UnexpectedLogError,
        `${settlement.length - 1} settled sales at the end without their closing log`,
      );
    });

    it('another entry inside a settlement', () => {
      expect(() => decodeEntries([...settlement.slice(0, -1), payout, ...settlement.slice(-1)])).to.throw(
        UnexpectedLogError,
        'stands inside a settlement',
      );
    });

    it('a settled sale with the number of another', () => {
      const [first, ...rest] = settlement;
      const number = BigInt(first!.topics[1]!) + 1n;
      const moved = withTopic(first!, 1, `0x${number.toString(16).padStart(64, '0')}`);
      expect(() => decodeEntries([moved, ...rest])).to.throw(
        UnexpectedLogError,
        'has no place in the settlement',
      );
    });

    it('readable lines before a compact settlement', () => {
      const entry = some('batchSettled');
      const [readable, compact] = [logsOf([entry], false), logsOf([entry], true)];
      expect(() => decodeEntries([...readable.slice(0, -1), ...compact])).to.throw(
        UnexpectedLogError,
        'has no place in the settlement',
      );
    });

    it('an amount that no rate makes, and an amount paid to another distributor under the same hash', () => {
      const credit = { id: 5, bps: 1000 };
      const line = { seller: 4, volumeCents: 100n, credits: [credit] };
      const entry: Entry = {
        kind: 'batchSettled',
        batch: 1,
        from: 0,
        until: 1,
        credited: 100_000n,
        released: 0n,
        lines: [line],
      };
      const [sale, closing] = logsOf([entry], false) as [LedgerLog, LedgerLog];
      const paying = (units: bigint, id: bigint): LedgerLog => ({
        ...sale,
        data: `${sale.data.slice(0, -64)}${(units * 100_000_000n + id).toString(16).padStart(64, '0')}` as Hex,
      });
      expect(read([paying(100_000n, 5n), closing])).to.deep.equal([entry]);
      expect(() => decodeEntries([paying(100_001n, 5n), closing])).to.throw(
        UnexpectedLogError,
        'which no rate makes',
      );
      // (4 << 14) + 1000 + 2^14 is (5 << 14) + 1000.
      expect(() => decodeEntries([paying(100n * (1000n + 16_384n), 4n), closing])).to.throw(
        UnexpectedLogError,
        'pays 1738400 units to 4 at level 0',
      );
    });

    it('a choice that there is not', () => {
      const choices: [Entry['kind'], (log: LedgerLog, number: Hex) => LedgerLog, number[]][] = [
        ['walletSet', (log, number) => ({ ...log, data: `${number}${log.data.slice(66)}` }), [0, 4]],
        ['flagRaised', (log, number) => withTopic(log, 2, number), [2]],
        ['flagClosed', (log, number) => withTopic(log, 2, number), [0, 4]],
      ];
      for (const [kind, withChoice, numbers] of choices) {
        const [log] = logsOf([some(kind)], false) as [LedgerLog];
        for (const number of numbers) {
          expect(() => decodeEntries([withChoice(log, toHex(number, { size: 32 }))]), kind).to.throw(
            UnexpectedLogError,
            /^log 0 of block 7 has a choice that is none of \w+, \w+/,
          );
        }
      }
    });

    it('a call that is not the one its hash names', () => {
      const [announced] = logsOf([some('actAnnounced')], false);
      const [other] = logsOf([sampleOf(entriesOf('actAnnounced'), 21)], false);
      const act = announced!.topics[1];
      expect(() => decodeEntries([{ ...announced!, data: other!.data }])).to.throw(
        UnexpectedLogError,
        `log 0 of block 7 has another call than its hash ${act} names`,
      );
    });

    it('a plan that is not the one its hash names', () => {
      const entry = some('planAnnounced');
      const [log] = logsOf([{ ...entry, plan: sampleOf(plans, 21) }], false);
      expect(() => decodeEntries([log!])).to.throw(UnexpectedLogError, 'has another plan than its hash');
    });

    it('a plan that cannot be read, keeping the cause', () => {
      const [log] = logsOf([some('planAnnounced')], false);
      expect(() => decodeEntries([{ ...log!, data: log!.data.slice(0, 2 + 64 * 5) as Hex }]))
        .to.throw(UnexpectedLogError, 'has no plan that can be read')
        .with.property('cause');
    });
  });

  it('asks for the first topic of every event that the ledger calls an entry or a line of one', () => {
    const events = commissionLedgerAbi.filter((item) => item.type === 'event');
    const ofJournal = events.filter(
      ({ name, inputs }) => name === 'SaleSettled' || inputs.some((input) => input.name === 'head'),
    );
    expect([...journalTopics].sort()).to.deep.equal(ofJournal.map((event) => toEventSelector(event)).sort());
  });
});

function selectorOf(name: string): Hex {
  const event = commissionLedgerAbi.find((item) => item.type === 'event' && item.name === name);
  return toEventSelector(event as never);
}

function upper(hex: Hex): Hex {
  return `0x${hex.slice(2).toUpperCase()}`;
}
