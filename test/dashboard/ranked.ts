import {
  encodeStandings,
  type Plan,
  type SaleRecord,
  type SettledLine,
  type StandingRecord,
} from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import { zeroAddress } from 'viem';
import type { Anvil } from '../support/chain.ts';
import { EVIDENCE, LedgerCompany, type RecordedBatch } from '../support/company/company.ts';
import { type LedgerAtNode, ledgerAtNode, pendingSaleOf, RETURN_WINDOW } from './programme.ts';

const VOLUME = 10_000n;
const SALE: SaleRecord = { class: 'retail', seller: 9, priceCents: VOLUME, volumeCents: VOLUME };

/** In one line over two fragments: 9 below 8 below 7 below 6 below 5 below 4; 12 and 4 are roots. */
const DISTRIBUTORS = [
  [4, 0],
  [5, 4],
  [6, 5],
  [7, 6],
  [8, 7],
  [9, 8],
  [12, 0],
] as const;

/** A ledger whose distributors have ranks, and what an honest gateway answers about sales of 100.00 of distributor 9. */
export class RankedProgramme {
  readonly ledger: LedgerAtNode;
  readonly #company: LedgerCompany;
  readonly #batches = new Map<string | null, RecordedBatch>();

  private constructor(company: LedgerCompany, ledger: LedgerAtNode) {
    this.#company = company;
    this.ledger = ledger;
  }

  static async open(chain: Anvil, plan: Plan, compact: boolean): Promise<RankedProgramme> {
    const request = { returnWindow: RETURN_WINDOW, compact, plan };
    const company = await LedgerCompany.open(chain, { request });
    await company.enrol(
      DISTRIBUTORS.map(([id, sponsor]) => {
        // The top one has a wallet whose owner can act.
        return { id, sponsor, wallet: id === 4 ? company.account(1).address : zeroAddress };
      }),
    );
    return new RankedProgramme(company, ledgerAtNode(company, compact));
  }

  /** Announces and applies standings. */
  async setStanding(...records: StandingRecord[]): Promise<void> {
    await this.#company.setStanding(records);
  }

  /** Announces standings and lets time pass until they are effective. */
  async announceStanding(...records: StandingRecord[]): Promise<void> {
    await this.#company.announceStanding(records);
    await this.#company.passToChange();
  }

  /** Applies the standings that are next. */
  async applyStanding(...records: StandingRecord[]): Promise<void> {
    const next = await this.#company.passToChange();
    await this.#company.call('applyStanding', [next, encodeStandings(records), records.length]);
  }

  /** Puts a distributor without a wallet below another sponsor, and lets distributor 4 leave. */
  async correctSponsorAndLeave(id: number, sponsor: number): Promise<void> {
    await this.#company.call('correctSponsor', [id, zeroAddress, sponsor, EVIDENCE]);
    await this.#company.callAs(this.#company.account(1).address, 'leaveProgramme', []);
    const correction = (await this.#company.passToChange()) ?? 0n;
    await this.#company.call('applyCorrection', [correction, id, sponsor, EVIDENCE]);
    await this.#company.call('applyEnding', [correction + 1n, 4]);
  }

  /** Records a sale of distributor 9. */
  async sell(): Promise<SaleResponse> {
    const batch = await this.#company.record([SALE]);
    const sale = pendingSaleOf(batch, 0);
    this.#batches.set(sale.ref, batch);
    return sale;
  }

  /** Settles a sale; `credits` is what the gateway is to show of it. */
  async settle(sale: SaleResponse, credits: SettledLine['credits']): Promise<SaleResponse> {
    await this.#company.passTime(RETURN_WINDOW);
    await this.#company.settle(this.#batches.get(sale.ref)!);
    const shown = credits.map(({ id, bps }, level) => ({
      level,
      id,
      bps,
      units: String(VOLUME * BigInt(bps)),
    }));
    return {
      ...sale,
      settled: true,
      countedCents: String(VOLUME),
      credits: shown.filter(({ id }) => id !== 0),
    };
  }
}
