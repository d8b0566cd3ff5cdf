import { ByteWriter } from '../encoding/bytes.ts';
import { NumbersById } from '../encoding/numbers-by-id.ts';
import { SALE_BYTES } from '../encoding/records.ts';
import { payCommission, type Tree } from '../rules/commission.ts';
import { STATUS_ACTIVE, STATUS_CLOSED, STATUS_NONE } from '../rules/fragment.ts';
import { PendingChanges } from '../rules/pending-changes.ts';
import { BPS, type Plan } from '../rules/plan.ts';
import type { BatchRecorded, BatchSettled, ChangeApplied, Enrolled, Entry, SaleReversed } from './entries.ts';
import { recordBytes } from './recorded-sales.ts';
import { addCredit, addLine, CREDIT_BYTES, packedLines, settlementOf } from './settled-lines.ts';

/** A batch with sales that are not settled yet. */
interface OpenBatch {
  /** Plan version. */
  plan: number;
  /** Packed sales. */
  records: DataView;
  /** Volume in cents that was taken back, by index. */
  reversed: Map<number, number>;
}

/** For how many sellers the levels are cached. */
const MAX_KEPT_SELLERS = 2 ** 16;

const NO_LEVELS = new Uint8Array();

const WHOLE = Number(BPS);

/**
 * Recomputes a ledger's settlements from the entries of its journal alone. A readable ledger logs a line for each
 * settled sale, and most of its logs are such lines. But what a sale pays follows from the entries before it, and the
 * journal holds the hash of the lines: a reader who starts at the beginning can skip these logs and still know that
 * every line is right.
 */
export class Settler {
  readonly #sponsors = new NumbersById();
  /** Rank x 4 + status. */
  readonly #standings = new NumbersById();
  readonly #moves = new Map<number, number>();
  readonly #changes = new PendingChanges();
  readonly #plans = new Map<number, Plan>();
  readonly #batches = new Map<number, OpenBatch>();
  /**
   * By plan version: what a seller's sales pay, packed. Valid until a distributor moves or a rank or status changes.
   */
  readonly #levels = new Map<number, Map<number, Uint8Array>>();
  readonly #tree: Tree = {
    sponsorOf: (id) => Math.max(0, this.#sponsors.get(id)),
    rankOf: (id) => Math.max(0, this.#standings.get(id)) >> 2,
    statusOf: (id) => Math.max(STATUS_NONE, this.#standings.get(id)) & 3,
    movedTo: (id) => this.#moves.get(id) ?? 0,
  };

  /** The entry itself; a settlement without lines gets the lines that it must have, if they can be computed. */
  complete(entry: Entry): Entry {
    if (entry.kind !== 'batchSettled' || packedLines(entry).length > 0) return entry;
    const lines = this.#settle(entry);
    if (!lines) return entry;
    const { kind, batch, from, until, credited, released } = entry;
    return settlementOf({ kind, batch, from, until, credited, released }, lines);
  }

  /** Applies an entry of the journal. */
  apply(entry: Entry): void {
    switch (entry.kind) {
      case 'planAnnounced':
        this.#plans.set(entry.version, entry.plan);
        break;
      case 'enrolled':
        this.#enrol(entry);
        break;
      case 'batchRecorded':
        this.#record(entry);
        break;
      case 'saleReversed':
        this.#reverse(entry);
        break;
      case 'batchSettled':
        this.#close(entry);
        break;
      case 'standingAnnounced':
      case 'correctionAnnounced':
      case 'endingAnnounced':
        this.#changes.announce(entry);
        break;
      case 'changeCancelled':
        this.#changes.cancel(entry);
        break;
      case 'changeApplied':
        this.#change(entry);
        break;
    }
  }

  #change(entry: ChangeApplied): void {
    const applied = this.#changes.apply(entry);
    if (applied?.kind === 'standing') {
      for (const { id, rank, status } of applied.records) {
        const now = this.#presentId(id);
        // Whoever has left meanwhile has no standing any more.
        if (this.#tree.statusOf(now) !== STATUS_CLOSED) this.#stand(now, rank, status);
      }
    }
    if (applied?.kind === 'ending') this.#stand(this.#presentId(applied.id), 0, STATUS_CLOSED);
    if (applied?.kind === 'sponsor') {
      const sponsor = applied.sponsor === 0 ? 0 : this.#presentId(applied.sponsor);
      this.#correct(this.#presentId(applied.id), applied.newId, sponsor);
    }
  }

  #presentId(id: number): number {
    return this.#tree.movedTo(id) || id;
  }

  #enrol({ id, sponsor }: Enrolled): void {
    this.#sponsors.set(id, sponsor);
    // A new distributor changes only what sales of their own lane pay, and an empty lane is never cached.
    this.#standings.set(id, STATUS_ACTIVE);
  }

  #stand(id: number, rank: number, status: number): void {
    this.#standings.set(id, rank * 4 + status);
    this.#levels.clear();
  }

  #correct(id: number, newId: number, sponsor: number): void {
    this.#sponsors.set(newId, sponsor);
    this.#levels.clear();
    if (newId === id) return;
    this.#standings.set(newId, this.#standings.get(id));
    this.#standings.set(id, STATUS_CLOSED);
    this.#moves.set(id, newId);
  }

  #record(entry: BatchRecorded): void {
    const { batch, plan } = entry;
    const bytes = recordBytes(entry);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#batches.set(batch, { plan, records: view, reversed: new Map() });
  }

  #reverse({ batch, index, volumeCents }: SaleReversed): void {
    const reversed = this.#batches.get(batch)?.reversed;
    reversed?.set(index, (reversed.get(index) ?? 0) + Number(volumeCents));
  }

  #close({ batch, until }: BatchSettled): void {
    const count = (this.#batches.get(batch)?.records.byteLength ?? 0) / SALE_BYTES;
    if (until >= count) this.#batches.delete(batch);
  }

  #settle({ batch, from, until }: BatchSettled): Uint8Array | undefined {
    const open = this.#batches.get(batch);
    const plan = open && this.#plans.get(open.plan);
    if (!open || !plan || until < from || until * SALE_BYTES > open.records.byteLength) return undefined;
    const writer = new ByteWriter((until - from) * 40);
    for (let index = from; index < until; index++) {
      const at = index * SALE_BYTES;
      const head = open.records.getUint32(at);
      const seller = head & 0x3ff_ffff;
      const left = open.records.getUint32(at + 8) - (open.reversed.get(index) ?? 0);
      // As countedVolume does: the product is below 2^53, and the quotient far enough from the next whole number.
      const cents = Math.floor((left * (plan.weightsBps[head >>> 26] ?? 0)) / WHOLE);
      const levels = cents > 0 ? this.#levelsOf(open.plan, plan, seller) : NO_LEVELS;
      addLine(writer, seller, cents, levels.length / CREDIT_BYTES);
      writer.raw(levels);
    }
    return writer.bytes().slice();
  }

  #levelsOf(version: number, plan: Plan, seller: number): Uint8Array {
    let ofPlan = this.#levels.get(version);
    if (!ofPlan) {
      ofPlan = new Map();
      this.#levels.set(version, ofPlan);
    }
    const known = ofPlan.get(seller);
    if (known) return known;
    const { credits } = payCommission(this.#tree, plan, seller, 1n);
    const writer = new ByteWriter(credits.length * CREDIT_BYTES);
    for (const { id, bps } of credits) addCredit(writer, id, bps);
    const levels = writer.bytes();
    if (ofPlan.size >= MAX_KEPT_SELLERS) ofPlan.clear();
    if (this.#tree.statusOf(seller) !== STATUS_NONE) ofPlan.set(seller, levels);
    return levels;
  }
}
