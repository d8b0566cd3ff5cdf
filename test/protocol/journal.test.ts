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
import fc from 'fast-check';
import { concatHex, getAddress, keccak256 } from 'viem';
import { ENTRY_KINDS, entriesOf, hex, journals, sampleOf } from '../support/protocol/arbitraries.ts';
import { contentOf } from '../support/protocol/packed.ts';

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
        const property = fc.property(hex(32), entriesOf(kind), (head, entry) => {
          expect(extendHead(head, entry)).to.equal(keccak256(concatHex([head, contentOf(entry)])));
        });
        fc.assert(property, { seed: ENTRY_KINDS.indexOf(kind) + 100, numRuns: 100 });
      });
    }

    it('refuses a field that its width would cut, because the cut one has the same hash', () => {
      const some = (kind: Entry['kind']) => sampleOf(entriesOf(kind), 200);
      const unfit: Entry[] = [
        { ...some('payout'), units: 2n ** 64n } as Entry,
        { ...some('payout'), units: -1n } as Entry,
        { ...some('payout'), id: 2 ** 32 + 4 } as Entry,
        { ...some('payout'), wallet: '0x12' } as Entry,
        { ...some('planAnnounced'), version: 65_537 } as Entry,
        { ...some('batchRecorded'), recordedAt: 2 ** 40 } as Entry,
        { ...some('batchRecorded'), manifestRoot: `0x${'zz'.repeat(32)}` } as Entry,
        { ...some('batchSettled'), until: 65_536 } as Entry,
        { ...some('saleReversed'), priceCents: 2n ** 32n } as Entry,
        { ...some('standingAnnounced'), evidence: '0x12' } as Entry,
        { ...some('correctionAnnounced'), sponsor: 2 ** 32 } as Entry,
        { ...some('endingAnnounced'), id: -1 } as Entry,
        { ...some('endingAnnounced'), effectiveAt: 2 ** 40 } as Entry,
        { ...some('changeCancelled'), change: 2 ** 32 } as Entry,
        { ...some('changeApplied'), newId: 2 ** 32 } as Entry,
        { ...some('recorderSet'), number: 256 } as Entry,
        { ...some('recorderSet'), countCap: 2 ** 32 } as Entry,
        { ...some('standbySet'), key: '0x12' } as Entry,
        { ...some('recorderReplaced'), number: 256 } as Entry,
        { ...some('actAnnounced'), effectiveAt: 2 ** 40 } as Entry,
        { ...some('actCancelled'), by: '0x' } as Entry,
        { ...some('planCancelled'), version: 65_536 } as Entry,
        { ...some('balancesOpened'), units: 2n ** 64n } as Entry,
        { ...some('refundedLate'), priceCents: 2n ** 32n } as Entry,
        { ...some('disclosurePublished'), period: 2 ** 32 } as Entry,
        { ...some('flagAnswered'), flag: 2 ** 32 } as Entry,
        { ...some('flagRaised'), severity: 256 } as Entry,
        { ...some('flagRaised'), reviewBy: 2 ** 40 } as Entry,
        { ...some('successorSet'), successor: '0x' } as Entry,
        { ...some('surplusSwept'), units: 2n ** 64n } as Entry,
        { ...some('walletSet'), to: '0x' } as Entry,
        { ...some('recoverySet'), executableFrom: 2 ** 40 } as Entry,
        { ...some('holdSet'), until: 2 ** 40 } as Entry,
        { ...some('flagRaised'), subject: 2 ** 48 } as Entry,
        { ...some('flagRaised'), subjectKind: 'batch' } as unknown as Entry,
        { ...some('flagClosed'), flag: 2 ** 32 } as Entry,
        { ...some('floatWithdrawn'), units: 2n ** 64n } as Entry,
        { ...some('payoutRedirected'), units: 2n ** 64n } as Entry,
      ];
      for (const entry of unfit) {
        expect(() => extendHead(GENESIS_HEAD, entry), entry.kind).to.throw(MalformedError);
      }
    });

    it('does not mind the case of an address', () => {
      const entry = sampleOf(entriesOf('payout'), 201);
      expect(extendHead(GENESIS_HEAD, { ...entry, wallet: getAddress(entry.wallet) })).to.equal(
        extendHead(GENESIS_HEAD, entry),
      );
    });
  });

  describe('foldEntries', () => {
    const journal = journalOf(sampleOf(journals(ENTRY_KINDS), 300));

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
      const foreign = journalOf([sampleOf(entriesOf('payout'), 301)])[0]!;
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
