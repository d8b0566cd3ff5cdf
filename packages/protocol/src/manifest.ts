import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import canonicalize from 'canonicalize';
import { concatHex, type Hex, keccak256, numberToHex, stringToHex } from 'viem';
import type { BuyerClass } from './encoding/records.ts';

/** The off-chain facts of a sale, tied to the chain by the Merkle root of its batch. */

/** One line of a sale. Amounts are decimal strings of cents. */
export interface SaleItem {
  /** The company's product reference. */
  product: string;
  /** Whole units sold, at least 1. */
  quantity: number;
  /** Price of the whole line in cents. */
  amountCents: string;
  /** Description for the receipt. */
  name?: string;
}

/** Everything that was submitted about a sale; the buyer only as a salted commitment. */
export interface SaleDocument {
  version: 1;
  /** The company's own number for the sale. */
  externalId: string;
  /** Distributor id. */
  seller: number;
  /** `commitBuyer` of the buyer's reference; destroying the salt cuts the link. */
  buyerCommitment: Hex;
  class: BuyerClass;
  priceCents: string;
  volumeCents: string;
  items: SaleItem[];
  /** When the sale was made, ISO 8601 in UTC. */
  soldAt: string;
  /** 32 random bytes, so that a document cannot be guessed from its hash. */
  salt: Hex;
}

/** The commitment that stands for a buyer: keccak256 of the salt and the reference in UTF-8. */
export function commitBuyer(reference: string, salt: Hex): Hex {
  return keccak256(concatHex([salt, stringToHex(reference)]));
}

/** A document's name: keccak256 of its canonical JSON (RFC 8785). */
export function documentHash(document: SaleDocument): Hex {
  const text = canonicalize(document);
  if (text === undefined) throw new TypeError('a sale document is a JSON object');
  return keccak256(stringToHex(text));
}

/** A batch's leaf for the sale at `index`; hashed twice, so that no inner node can pass for a leaf. */
function leafOf(index: number, hash: Hex): Hex {
  return keccak256(keccak256(concatHex([numberToHex(index, { size: 4 }), hash])));
}

function treeOf(hashes: readonly Hex[]): SimpleMerkleTree {
  return SimpleMerkleTree.of(hashes.map((hash, index) => leafOf(index, hash)));
}

/** The root over the documents of a batch, in the order of its records; zeros for an empty list. */
export function manifestRoot(hashes: readonly Hex[]): Hex {
  return hashes.length === 0 ? `0x${'0'.repeat(64)}` : (treeOf(hashes).root as Hex);
}

/** The proof that the document at `index` is in the batch. */
export function manifestProof(hashes: readonly Hex[], index: number): Hex[] {
  return treeOf(hashes).getProof(index) as Hex[];
}

/** Whether `document` is what the batch with `root` holds at `index`. */
export function verifyDocument(
  root: Hex,
  index: number,
  document: SaleDocument,
  proof: readonly Hex[],
): boolean {
  return SimpleMerkleTree.verify(root, leafOf(index, documentHash(document)), [...proof]);
}
