import {
  type Entry,
  extendHead,
  foldEntries,
  GENESIS_HEAD,
  type JournalEntry,
  JournalMismatchError,
  MalformedError,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { concatHex, getAddress, keccak256 } from 'viem';
import { ENTRY_KINDS, randomEntry } from '../support/protocol/generate.ts';
import { contentOf } from '../support/protocol/packed.ts';
import { Random } from '../support/protocol/random.ts';

/** A journal of random entries with right heads. */
function journalOf(entries: Entry[]): JournalEntry[] {
  let head = GENESIS_HEAD;
  return entries.map((entry, logIndex) => {
    head = extendHead(head, entry);
    const place = { blockNumber: 1n, blockHash: head, transactionHash: head, logIndex };
    return { entry, head, ...place };
  });
}

describe('journal', () => {
  describe('extendHead', () => {
    for (const kind of ENTRY_KINDS) {
      it(`hashes an entry "${kind}" as the Solidity comment says`, () => {
        const random = new Random(ENTRY_KINDS.indexOf(kind) + 100);
        for (let round = 0; round < 100; round++) {
          const head = random.hex(32);
          const entry = randomEntry(random, kind);
          expect(extendHead(head, entry), `round ${round}`).to.equal(
            keccak256(concatHex([head, contentOf(entry)])),
          );
        }
      });
    }

    it('refuses a field that its width would cut, because the cut one has the same hash', () => {
      const random = new Random(200);
      const unfit: Entry[] = [
        { ...randomEntry(random, 'payout'), units: 2n ** 64n } as Entry,
        { ...randomEntry(random, 'payout'), units: -1n } as Entry,
        { ...randomEntry(random, 'payout'), id: 2 ** 32 + 4 } as Entry,
        { ...randomEntry(random, 'payout'), wallet: '0x12' } as Entry,
        { ...randomEntry(random, 'planAnnounced'), version: 65_537 } as Entry,
        { ...randomEntry(random, 'batchRecorded'), recordedAt: 2 ** 40 } as Entry,
        { ...randomEntry(random, 'batchRecorded'), manifestRoot: `0x${'zz'.repeat(32)}` } as Entry,
        { ...randomEntry(random, 'batchSettled'), until: 65_536 } as Entry,
        { ...randomEntry(random, 'saleReversed'), priceCents: 2n ** 32n } as Entry,
        { ...randomEntry(random, 'standingSet'), evidence: '0x12' } as Entry,
        { ...randomEntry(random, 'sponsorCorrected'), newId: 2 ** 32 } as Entry,
        { ...randomEntry(random, 'distributorLeft'), id: -1 } as Entry,
        { ...randomEntry(random, 'walletSet'), to: '0x' } as Entry,
        { ...randomEntry(random, 'recoverySet'), executableFrom: 2 ** 40 } as Entry,
        { ...randomEntry(random, 'holdSet'), until: 2 ** 40 } as Entry,
        { ...randomEntry(random, 'flagRaised'), subject: 2 ** 48 } as Entry,
        { ...randomEntry(random, 'flagRaised'), subjectKind: 'batch' } as unknown as Entry,
        { ...randomEntry(random, 'flagClosed'), flag: 2 ** 32 } as Entry,
        { ...randomEntry(random, 'floatWithdrawn'), units: 2n ** 64n } as Entry,
        { ...randomEntry(random, 'payoutRedirected'), units: 2n ** 64n } as Entry,
      ];
      for (const entry of unfit) {
        expect(() => extendHead(GENESIS_HEAD, entry), entry.kind).to.throw(MalformedError);
      }
    });

    it('does not mind the case of an address', () => {
      const entry = randomEntry(new Random(201), 'payout') as Entry & { kind: 'payout' };
      expect(extendHead(GENESIS_HEAD, { ...entry, wallet: getAddress(entry.wallet) })).to.equal(
        extendHead(GENESIS_HEAD, entry),
      );
    });
  });

  describe('foldEntries', () => {
    const random = new Random(300);
    const journal = journalOf(ENTRY_KINDS.map((kind) => randomEntry(random, kind)));

    it('refuses a missing entry, naming the one after it', () => {
      for (let missing = 0; missing < journal.length - 1; missing++) {
        const rest = journal.toSpliced(missing, 1);
        expect(() => foldEntries(GENESIS_HEAD, 0, rest), `without ${missing}`)
          .to.throw(JournalMismatchError)
          .that.includes({ entry: missing, claimed: journal[missing + 1]?.head });
      }
    });

    it('refuses two entries that changed places, an entry twice, and an entry of another journal', () => {
      const [first, second] = [journal[3]!, journal[4]!];
      const foreign = journalOf([randomEntry(random, 'payout')])[0]!;
      for (const wrong of [
        journal.toSpliced(3, 2, second, first),
        journal.toSpliced(3, 1, first, first),
        journal.toSpliced(3, 0, foreign),
      ]) {
        expect(() => foldEntries(GENESIS_HEAD, 0, wrong)).to.throw(JournalMismatchError);
      }
    });

    it('counts on from the entries before', () => {
      expect(() => foldEntries(GENESIS_HEAD, 1000, journal.slice(1)))
        .to.throw(JournalMismatchError, /^journal entry 1000 \(enrolled\) folds to head 0x/)
        .with.property('entry', 1000);
    });

    it('folds in parts to the same head as at once', () => {
      const last = journal.at(-1)?.head;
      expect(foldEntries(GENESIS_HEAD, 0, journal)).to.equal(last);
      const middle = foldEntries(GENESIS_HEAD, 0, journal.slice(0, 5));
      expect(middle).to.equal(journal[4]?.head);
      expect(foldEntries(middle, 5, journal.slice(5))).to.equal(last);
      expect(foldEntries(GENESIS_HEAD, 0, [])).to.equal(GENESIS_HEAD);
    });
  });
});
