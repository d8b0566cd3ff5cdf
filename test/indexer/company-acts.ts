import { saleNumber } from '@plumbline/protocol';
import { type Hex, keccak256, numberToHex } from 'viem';
import { encodeCall } from '../support/company/calls.ts';
import { DAY, EVIDENCE, type LedgerCompany, roleNamed } from '../support/company/company.ts';
import type { Random } from '../support/random.ts';
import type { Memory } from './memory.ts';

/** The most plans that may be pending at a time. */
const MAX_PENDING_PLANS = 8;

/** What the company of a random programme does with its powers, and what it publishes. */
export class CompanyActs {
  readonly #company: LedgerCompany;
  readonly #random: Random;

  constructor(company: LedgerCompany, random: Random) {
    this.#company = company;
    this.#random = random;
  }

  /** Does one thing of a random kind. */
  async act(memory: Memory): Promise<void> {
    await this.#random.pick(this.#acts)(memory);
  }

  /** Does one thing of every kind. */
  async actAll(memory: Memory): Promise<void> {
    for (const act of this.#acts) await act(memory);
  }

  readonly #acts: ((memory: Memory) => Promise<void>)[] = [
    () => this.#pauseAndWithdraw(),
    () => this.#grantAndRevoke(),
    () => this.#announceAndCancel(),
    (memory) => this.#replaceRecorder(memory),
    (memory) => this.#announcePlan(memory),
    (memory) => this.#cancelPlan(memory),
    (memory) => this.#refundLate(memory),
    () => this.#sweep(),
    () => this.#disclose(),
    (memory) => this.#succeed(memory),
  ];

  async #pauseAndWithdraw(): Promise<void> {
    await this.#company.call('setPaused', [true]);
    const units = BigInt(1 + this.#random.below(1_000));
    await this.#company.callAnnounced('withdrawFloat', [units, this.#company.admin]);
    await this.#company.call('setPaused', [false]);
  }

  async #grantAndRevoke(): Promise<void> {
    const args = [roleNamed('RANKER'), this.#company.account(5).address];
    await this.#company.callAnnounced('grantRole', args);
    await this.#company.call('revokeRole', args);
  }

  async #announceAndCancel(): Promise<void> {
    const args = [
      roleNamed('GUARDIAN'),
      `0x${numberToHex(this.#random.below(10 ** 9), { size: 20 }).slice(2)}`,
    ];
    const call = encodeCall(['grantRole', ...args]);
    await this.#company.call('announce', [call]);
    await this.#company.call('cancel', [keccak256(call)]);
  }

  /** Gives the second recorder a standby, which takes its place. Each key serves once. */
  async #replaceRecorder(memory: Memory): Promise<void> {
    const standby = memory.secondRecorder + 1;
    if (standby > 4) return;
    const { address } = this.#company.account(standby);
    await this.#company.callAnnounced('setStandby', [2n, address]);
    await this.#company.callAs(address, 'replaceRecorder', [2n]);
    memory.secondRecorder = standby;
    for (const batch of memory.open) if (batch.recorder === standby - 1) batch.recorder = standby;
  }

  async #announcePlan(memory: Memory): Promise<void> {
    const now = await this.#company.now();
    if (memory.plans.filter((startsAt) => startsAt >= now - 60).length >= MAX_PENDING_PLANS - 1) return;
    const kind = this.#random.below(3);
    const levels = () => (kind === 1 ? 2 : 1 + this.#random.below(6));
    const plan = {
      kind,
      compression: this.#random.below(kind === 1 ? 2 : 3),
      boundaryRank: kind === 2 ? 1 + this.#random.below(2) : 0,
      reach: 64 + this.#random.below(100),
      ceilingBps: 3_000,
      weightsBps: [10_000, this.#random.below(10_001), this.#random.below(10_001)],
      ratesBps: Array.from({ length: 1 + this.#random.below(4) }, () =>
        Array.from({ length: levels() }, () => this.#random.below(500)),
      ),
    };
    await this.#company.call('announcePlan', [plan]);
    memory.plans.push((await this.#company.now()) + DAY);
  }

  /** Cancels the last plan, if it has not started. */
  async #cancelPlan(memory: Memory): Promise<void> {
    const version = BigInt(memory.plans.length + 1);
    const startsAt = memory.plans.at(-1) ?? 0;
    if (startsAt < (await this.#company.now()) + 60) return;
    if (await this.#company.view<boolean>('isPlanCancelled', [version])) return;
    await this.#company.call('cancelPlan', [version]);
  }

  async #refundLate(memory: Memory): Promise<void> {
    if (memory.settled.length === 0) return;
    const sale = saleNumber({ batch: this.#random.pick(memory.settled), index: 0 });
    await this.#company.call('refundLate', [BigInt(sale), BigInt(1 + this.#random.below(100)), EVIDENCE]);
  }

  async #sweep(): Promise<void> {
    await this.#company.mint(this.#company.ledger, BigInt(1 + this.#random.below(1_000)));
    await this.#company.call('sweep', []);
  }

  async #disclose(): Promise<void> {
    const hash: Hex = keccak256(numberToHex(this.#random.below(10 ** 9)));
    await this.#company.call('publishDisclosure', [BigInt(this.#random.below(2 ** 31)), EVIDENCE, hash]);
  }

  async #succeed(memory: Memory): Promise<void> {
    if (memory.hasSuccessor) return;
    await this.#company.call('setSuccessor', [`0x${'5c'.repeat(20)}`]);
    memory.hasSuccessor = true;
  }
}
