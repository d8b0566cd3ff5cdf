import {
  commitBuyer,
  documentHash,
  manifestProof,
  manifestRoot,
  type SaleDocument,
  verifyDocument,
} from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { concatHex, type Hex, keccak256, stringToHex, toHex } from 'viem';
import { hex } from '../support/protocol/arbitraries.ts';
import { Random } from '../support/random.ts';

const salt: Hex = `0x${'5a'.repeat(32)}`;

function documentOf(number: number, changes: Partial<SaleDocument> = {}): SaleDocument {
  return {
    version: 1,
    externalId: `INV-${number}`,
    seller: 4 + number,
    buyerCommitment: commitBuyer(`buyer ${number}`, salt),
    class: 'retail',
    priceCents: '1999',
    volumeCents: '1500',
    items: [{ product: '85123A', quantity: 1, amountCents: '1999', name: 'WHITE HANGING HEART' }],
    soldAt: '2010-12-01T08:26:00Z',
    salt,
    ...changes,
  };
}

/** The same value with every object's keys in the opposite order. */
function backwards<T>(value: T): T {
  if (Array.isArray(value)) return value.map(backwards) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, each]) => [key, backwards(each)])) as T;
}

describe('manifest', () => {
  describe('commitBuyer', () => {
    it('is keccak256 of the salt and the reference in UTF-8', () => {
      expect(commitBuyer('Käufer 7', salt)).to.equal(
        keccak256(`${salt}${Buffer.from('Käufer 7', 'utf8').toString('hex')}`),
      );
    });

    it('changes with the salt and with the reference', () => {
      const other: Hex = `0x${'5b'.repeat(32)}`;
      const all = [
        commitBuyer('a', salt),
        commitBuyer('b', salt),
        commitBuyer('a', other),
        commitBuyer('', salt),
      ];
      expect(new Set(all)).to.have.property('size', all.length);
    });
  });

  describe('documentHash', () => {
    it('is keccak256 of the JSON with sorted keys and without spaces', () => {
      const text =
        `{"buyerCommitment":"${commitBuyer('buyer 1', salt)}","class":"retail","externalId":"INV-1","items":[` +
        '{"amountCents":"1999","name":"WHITE HANGING HEART","product":"85123A","quantity":1}],"priceCents":"1999",' +
        `"salt":"${salt}","seller":5,"soldAt":"2010-12-01T08:26:00Z","version":1,"volumeCents":"1500"}`;
      expect(documentHash(documentOf(1))).to.equal(keccak256(stringToHex(text)));
    });

    it('does not depend on the order of keys, but on the order of items', () => {
      const items = [
        { product: 'A', quantity: 1, amountCents: '1000', name: 'first' },
        { product: 'B', quantity: 1, amountCents: '999' },
      ];
      const document = documentOf(1, { items });
      const shuffled = backwards(document);
      expect(Object.keys(shuffled)).to.deep.equal(Object.keys(document).reverse());
      expect(documentHash({ ...shuffled, items: shuffled.items })).to.equal(documentHash(document));
      expect(documentHash({ ...document, items: items.toReversed() })).not.to.equal(documentHash(document));
    });

    it('changes with every field', () => {
      const changes: Partial<SaleDocument>[] = [
        { version: 2 as never },
        { externalId: 'INV-2' },
        { seller: 6 },
        { buyerCommitment: commitBuyer('buyer 2', salt) },
        { class: 'self' },
        { priceCents: '2000' },
        { volumeCents: '1501' },
        { items: [] },
        { items: [{ product: '85123A', quantity: 1, amountCents: '1999' }] },
        { soldAt: '2010-12-01T08:27:00Z' },
        { salt: `0x${'5b'.repeat(32)}` },
      ];
      const hashes = [{}, ...changes].map((change) => documentHash(documentOf(1, change)));
      expect(new Set(hashes)).to.have.property('size', hashes.length);
    });
  });

  describe('proofs', () => {
    it('verify every document of a batch of any size, at its own index only', () => {
      const random = new Random(30);
      for (const size of [1, 2, 3, 4, 7, 8, 9, 33]) {
        const documents = Array.from({ length: size }, (_, i) => documentOf(i, { salt: random.hex(32) }));
        const hashes = documents.map(documentHash);
        const root = manifestRoot(hashes);
        documents.forEach((document, index) => {
          const proof = manifestProof(hashes, index);
          const what = `document ${index} of ${size}`;
          expect(verifyDocument(root, index, document, proof), what).to.equal(true);
          expect(verifyDocument(root, index + 1, document, proof), `${what}, next index`).to.equal(false);
          expect(verifyDocument(root, index, { ...document, priceCents: '2000' }, proof), what).to.equal(
            false,
          );
          expect(verifyDocument(random.hex(32), index, document, proof), `${what}, other root`).to.equal(
            false,
          );
          if (size > 1)
            expect(verifyDocument(root, index, document, []), `${what}, no proof`).to.equal(false);
        });
      }
    });

    it('tell the same document at two indices apart', () => {
      const document = documentOf(1);
      const hashes = [document, document, document].map(documentHash);
      const root = manifestRoot(hashes);
      expect(verifyDocument(root, 0, document, manifestProof(hashes, 0))).to.equal(true);
      expect(verifyDocument(root, 0, document, manifestProof(hashes, 1))).to.equal(false);
    });

    it('of a batch of one are empty, and the root is the leaf', () => {
      const document = documentOf(0);
      const hash = documentHash(document);
      const leaf = keccak256(keccak256(concatHex([toHex(0, { size: 4 }), hash])));
      expect(manifestRoot([hash])).to.equal(leaf);
      expect(manifestProof([hash], 0)).to.deep.equal([]);
      expect(verifyDocument(leaf, 0, document, [])).to.equal(true);
    });

    it('of a batch of two are each the other leaf, under the sorted pair', () => {
      const hashes = [documentHash(documentOf(0)), documentHash(documentOf(1))];
      const leaves = hashes.map((hash, i) => keccak256(keccak256(concatHex([toHex(i, { size: 4 }), hash]))));
      expect(manifestRoot(hashes)).to.equal(keccak256(concatHex(leaves.toSorted())));
      expect(manifestProof(hashes, 0)).to.deep.equal([leaves[1]]);
    });

    it('lead to the root of the array that docs/protocol.md describes', () => {
      const check = (hashes: Hex[]) => {
        const size = hashes.length;
        const leaves = hashes.map((hash, i) =>
          keccak256(keccak256(concatHex([toHex(i, { size: 4 }), hash]))),
        );
        const nodes = [...Array<Hex>(size - 1), ...leaves.toSorted().reverse()];
        for (let i = size - 2; i >= 0; i--) {
          nodes[i] = keccak256(concatHex([nodes[2 * i + 1]!, nodes[2 * i + 2]!].toSorted()));
        }
        expect(manifestRoot(hashes), `${size} documents`).to.equal(nodes[0]);
      };
      for (let size = 1; size <= 40; size++) {
        const batches = fc.array(hex(32), { minLength: size, maxLength: size });
        fc.assert(fc.property(batches, check), { seed: size, numRuns: 2 });
      }
    });

    it('of an index that is not in the batch do not exist', () => {
      expect(() => manifestProof([documentHash(documentOf(0))], 1)).to.throw();
    });

    it('have zeros for a root when there are no documents', () => {
      expect(manifestRoot([])).to.equal(`0x${'0'.repeat(64)}`);
    });
  });
});
