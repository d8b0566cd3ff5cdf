import { STATUS_INACTIVE } from '@plumbline/protocol';
import { type Address, type Hex, keccak256, numberToHex, zeroAddress } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import type { LedgerCompany } from '../support/company/company.ts';
import { signMessage } from '../support/company/signatures.ts';
import type { Random } from '../support/random.ts';
import type { Distributor, Memory } from './memory.ts';

const DEADLINE = 2n ** 40n;
const REASON = keccak256('0x01');

/** Everything that may happen to distributors of a random programme besides being enrolled, selling and being paid. */
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
    (memory) => this.#setStanding(present(memory)),
    (memory) => this.#correctSponsor(memory, ({ id }) => id % 4 !== 0),
    (memory) => this.#correctSponsor(memory, () => true),
    (memory) => this.#claim(memory),
    (memory) => this.#changeWallet(memory),
    (memory) => this.#recover(memory),
    (memory, now) => this.#hold(memory, now),
    (memory) => this.#flag(memory),
    (memory) => this.#leave(memory),
    () => this.#pauseAndWithdraw(),
  ];

  #pick(memory: Memory, suits: (distributor: Distributor) => boolean): Distributor | undefined {
    const suitable = present(memory).filter(suits);
    return suitable.length === 0 ? undefined : this.#random.pick(suitable);
  }

  async #setStanding(present: readonly Distributor[]): Promise<void> {
    const records = Array.from({ length: 1 + this.#random.below(6) }, () => ({
      id: this.#random.pick(present).id,
      rank: this.#random.below(4),
      status: 1 + this.#random.below(STATUS_INACTIVE),
    }));
    await this.#company.setStanding(records);
  }

  /** Moves a distributor below another sponsor, in place or to a new id. */
  async #correctSponsor(memory: Memory, suits: (distributor: Distributor) => boolean): Promise<void> {
    const { distributors, occupancy } = memory;
    const distributor = this.#pick(memory, suits);
    if (!distributor) return;
    const find = (id: number) => distributors.find((each) => each.id === id);
    const isBelow = (id: number): boolean =>
      id !== 0 && (id === distributor.id || isBelow(find(id)?.sponsor ?? 0));
    const others = distributors.filter(({ id, gone }) => !gone && id !== distributor.sponsor && !isBelow(id));
    if (others.length === 0) return;
    const { id, key } = distributor;
    const sponsor = this.#random.pick(others).id;
    await this.#company.call('correctSponsor', [BigInt(id), addressOf(key), BigInt(sponsor), REASON]);
    distributor.sponsor = sponsor;
    if (id % 4 === 0 || (sponsor >>> 2 === id >>> 2 && sponsor < id)) return;
    const newId = (Object.keys(occupancy).length + 1) * 4;
    occupancy[newId >>> 2] = 1;
    for (const child of distributors) if (child.sponsor === id) child.sponsor = newId;
    distributors.push({ ...distributor, id: newId });
    Object.assign(distributor, { key: null, gone: true, sponsor: 0 });
  }

  async #leave(memory: Memory): Promise<void> {
    const distributor = this.#pick(memory, ({ key }) => key !== null);
    if (!distributor || present(memory).length < 6) return;
    await this.#company.callAs(addressOf(distributor.key), 'leaveProgramme', []);
    distributor.gone = true;
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
    if (free) free.held = 'now';
    const held = this.#pick(memory, (distributor) => distributor.held === 'now');
    if (!held || this.#random.below(2) === 0) return;
    await this.#company.call('releaseHold', [addressOf(held.key), REASON]);
    held.held = 'before';
  }

  async #flag(memory: Memory): Promise<void> {
    const distributor = this.#random.pick(memory.distributors);
    const onSale = memory.batches > 0 && this.#random.below(2) === 0;
    await this.#company.call(
      'raiseFlag',
      onSale ? [1n, BigInt(memory.batches) << 16n, REASON] : [0n, BigInt(distributor.id), REASON],
    );
    memory.flags++;
    const outcome = BigInt(this.#random.below(4));
    if (outcome > 0n) await this.#company.call('closeFlag', [BigInt(memory.flags), outcome, REASON]);
  }

  async #pauseAndWithdraw(): Promise<void> {
    await this.#company.call('setPaused', [true]);
    await this.#company.call('withdrawFloat', [BigInt(1 + this.#random.below(1_000)), this.#company.admin]);
    await this.#company.call('setPaused', [false]);
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

function present({ distributors }: Memory): Distributor[] {
  return distributors.filter(({ gone }) => !gone);
}

/** The wallet of a private key; the zero address without one. */
export function addressOf(key: Hex | null): Address {
  return key === null ? zeroAddress : (privateKeyToAddress(key).toLowerCase() as Address);
}
