import { type Address, type Hex, keccak256, numberToHex } from 'viem';
import type { LedgerCompany } from '../support/company/company.ts';
import { signMessage } from '../support/company/signatures.ts';
import type { Random } from '../support/random.ts';
import { addressOf, type Distributor, type Memory, present } from './memory.ts';

const DEADLINE = 2n ** 40n;
const REASON = keccak256('0x01');

/** What may happen to the wallets and payouts of a random programme's distributors, and their flags. */
export class PersonalBusiness {
  readonly #company: LedgerCompany;
  readonly #random: Random;

  constructor(company: LedgerCompany, random: Random) {
    this.#company = company;
    this.#random = random;
  }

  /** Does one thing of a random kind, if there is a distributor for it. */
  act(memory: Memory, now: number): Promise<void> {
    return this.#random.pick(this.#acts)(memory, now);
  }

  /** Does one thing of every kind. */
  async actAll(memory: Memory, now: number): Promise<void> {
    for (const act of this.#acts) await act(memory, now);
  }

  readonly #acts: ((memory: Memory, now: number) => Promise<void>)[] = [
    (memory) => this.#claim(memory),
    (memory) => this.#changeWallet(memory),
    (memory) => this.#recover(memory),
    (memory, now) => this.#hold(memory, now),
    (memory, now) => this.#flag(memory, now),
  ];

  #pick(memory: Memory, suits: (distributor: Distributor) => boolean): Distributor | undefined {
    const suitable = present(memory).filter(suits);
    return suitable.length === 0 ? undefined : this.#random.pick(suitable);
  }

  /** Gives a distributor a first wallet, with a voucher. */
  async #claim(memory: Memory): Promise<void> {
    const distributor = this.#pick(memory, ({ key }) => key === null);
    if (!distributor) return;
    const [id, key] = [BigInt(distributor.id), this.#newKey(memory)];
    const registrar = this.#company.admin;
    const claim = { id, wallet: addressOf(key), deadline: DEADLINE };
    const voucher = await signMessage(this.#company, this.#company.keyOf(0), 'ClaimVoucher', claim);
    await this.#company.call('claimWallet', [id, addressOf(key), DEADLINE, registrar, voucher]);
    distributor.key = key;
  }

  /** Gives a distributor another wallet, with its consent. */
  async #changeWallet(memory: Memory): Promise<void> {
    const distributor = this.#pick(memory, ({ key }) => key !== null);
    if (!distributor) return;
    const key = this.#newKey(memory);
    const [from, to] = [addressOf(distributor.key), addressOf(key)];
    const consent = {
      id: BigInt(distributor.id),
      from,
      to,
      nonce: BigInt(distributor.nonce++),
      deadline: DEADLINE,
    };
    const signature = await signMessage(this.#company, key, 'WalletConsent', consent);
    await this.#company.callAs(from, 'changeWallet', [to, DEADLINE, signature]);
    Object.assign(distributor, { key, recovered: false });
  }

  #newKey(memory: Memory): Hex {
    return keccak256(numberToHex(7_000_000 + memory.wallets++));
  }

  /** Proposes a recovery, and another one that the owner cancels at once. */
  async #recover(memory: Memory): Promise<void> {
    for (const isCancelled of [false, true]) {
      const distributor = this.#pick(memory, ({ key, recovered }) => key !== null && !recovered);
      if (!distributor?.key) return;
      const wallet = addressOf(distributor.key);
      await this.#company.call('proposeRecovery', [wallet, addressOf(keccak256(distributor.key))]);
      if (isCancelled) await this.#company.callAs(wallet, 'cancelRecovery', []);
      else distributor.recovered = true;
    }
  }

  /** Holds the payouts of one distributor, and releases those of another. */
  async #hold(memory: Memory, now: number): Promise<void> {
    const free = this.#pick(memory, ({ key, held }) => key !== null && held === 'never');
    if (free) await this.#company.call('hold', [addressOf(free.key), BigInt(now + 20 * 86_400), REASON]);
    if (free) Object.assign(free, { held: 'now', heldUntil: now + 20 * 86_400 });
    const held = this.#pick(
      memory,
      (distributor) => distributor.held === 'now' && now < distributor.heldUntil - 60,
    );
    if (!held || this.#random.below(2) === 0) return;
    await this.#company.call('releaseHold', [addressOf(held.key), REASON]);
    held.held = 'before';
  }

  async #flag(memory: Memory, now: number): Promise<void> {
    const distributor = this.#random.pick(present(memory));
    const onSale = memory.batches > 0 && this.#random.below(2) === 0;
    const subject = onSale ? [1n, BigInt(memory.batches) << 16n] : [0n, BigInt(distributor.id)];
    const [kind, severity] = [BigInt(this.#random.below(256)), BigInt(1 + this.#random.below(3))];
    await this.#company.call('raiseFlag', [...subject, kind, severity, REASON, BigInt(now + 20 * 86_400)]);
    const flag = BigInt(++memory.flags);
    if (!onSale && distributor.key !== null) {
      await this.#company.callAs(addressOf(distributor.key), 'answerFlag', [flag, REASON]);
    }
    const outcome = BigInt(this.#random.below(4));
    if (outcome > 0n) await this.#company.call('closeFlag', [flag, outcome, REASON]);
  }

  /** Pays `distributor` out to another address. */
  async withdrawTo(distributor: Distributor, to: Address): Promise<void> {
    if (distributor.key === null) return;
    const wallet = addressOf(distributor.key);
    const order = {
      id: BigInt(distributor.id),
      wallet,
      to,
      nonce: BigInt(distributor.nonce++),
      deadline: DEADLINE,
    };
    await this.#company.call('withdrawTo', [
      wallet,
      to,
      DEADLINE,
      await signMessage(this.#company, distributor.key, 'WithdrawTo', order),
    ]);
  }
}
