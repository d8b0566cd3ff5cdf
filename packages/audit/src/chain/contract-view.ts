import { commissionLedgerAbi, type LedgerTerms } from '@plumbline/protocol';
import { type Address, erc20Abi, type Hex, type PublicClient } from 'viem';
import type { Observation } from '../findings.ts';
import { settlingEra } from '../replay/changes/queue.ts';
import type { LedgerState, Recovery } from '../replay/ledger-state.ts';
import { NoLedgerError, reasonOf } from './errors.ts';
import { hasCode, type PinnedBlock } from './node.ts';
import {
  actSlot,
  batchSlot,
  changeSlot,
  eraSlot,
  flagSlot,
  QUEUE_SLOT,
  recorderSlot,
} from './storage-layout.ts';

/** What the contract's storage holds at one block. Amounts are base units. */
export interface ContractView {
  head: Hex;
  entryCount: number;
  counts: { fragments: number; plans: number; recorders: number };
  solvency: { held: bigint; float: bigint; reserved: bigint; owed: bigint };
  /** What the token itself says the ledger holds, in whole ledger units. */
  tokenHeld: bigint;
  /** The words of fragments 1 to `counts.fragments`. */
  fragments: bigint[];
  /** Each wallet of the replay. */
  wallets: Map<Address, WalletView>;
  /**
   * Since when each distributor without a wallet waits for one, of those that the replay speaks of; 0 for the others.
   */
  unclaimed: Map<number, number>;
  /** Recovery of each wallet that the replay speaks of; zeros if none is under way. */
  recoveries: Map<Address, Recovery>;
  /** Flags 1 to one more than the replay has; null for a flag that is not there. */
  flags: (FlagView | null)[];
  isPaused: boolean;
  /** Version of the plan that a batch of this block would use. */
  currentPlan: number;
  /** Every batch of the replay. */
  batches: Map<number, { open: boolean; settled: number }>;
  plans: { hash: Hex; startsAt: number; isCancelled: boolean }[];
  /** Keys of recorders 1 to `counts.recorders`. */
  recorderKeys: { key: Address; standby: Address }[];
  /** Every change of the replay. */
  changes: Map<number, ChangeView>;
  /** When each call that was ever announced can be made; 0 if it is not announced. */
  acts: Map<Hex, number>;
  successor: Address;
  /** Storage that no view shows. */
  words: StorageWords;
  /** Whether each `role account` that the replay speaks of is held. */
  roles: Map<string, boolean>;
  admin: Address;
}

interface FlagView {
  /** 0 if none was given. */
  outcome: number;
  reviewBy: number;
}

export interface ChangeView {
  kind: number;
  size: number;
  done: number;
  isCancelled: boolean;
}

/** Words of the contract's storage, of what is open or pending by the replay. */
interface StorageWords {
  /** By batch. */
  batches: Map<number, bigint>;
  /** By every key that is or was a recorder's. */
  recorders: Map<Address, bigint>;
  flags: Map<number, bigint>;
  queue: bigint;
  /** From the era whose batches may be settled to one after the last. */
  eras: Map<number, bigint>;
  changes: Map<number, bigint>;
  acts: Map<Hex, bigint>;
}

/** Compares one part of a view with the replay. */
export type Compare = (
  state: LedgerState,
  view: ContractView,
  report: (observation: Observation) => void,
  /** Time of the block, Unix seconds. */
  time: number,
) => void;

/** What the contract knows about a wallet; zeros if it has no owner. Times are Unix seconds. */
export interface WalletView {
  id: number;
  enrolledAt: number;
  heldUntil: number;
  nonce: number;
}

/** Fragments in one call: a cold word costs 2,100 gas, and nodes limit calls to some ten millions. */
const FRAGMENT_PAGE = 2_000;

/**
 * Views in one call. The initcode that carries them must stay below 49,152 bytes, and their answers come back as the
 * code of a contract, which must stay below 24,576: those about a wallet take 256 bytes each.
 */
const VIEWS = 90;

/** Words of storage asked for at the same time. */
const WORDS = 20;

/** The same for plans, whose answers take up to 7,300 bytes each. */
const PLAN_VIEWS = 3;

/** Reads the ledger's contract at one block. */
export class ContractReader {
  readonly #client: PublicClient;
  readonly #ledger: Address;
  readonly #block: PinnedBlock;

  constructor(client: PublicClient, ledger: Address, block: PinnedBlock) {
    this.#client = client;
    this.#ledger = ledger;
    this.#block = block;
  }

  /** @throws NoLedgerError if there is no contract, or one that is no ledger. */
  async getTerms(): Promise<LedgerTerms> {
    const where = `at ${this.#ledger} in block ${this.#block.number}`;
    if (!(await hasCode(this.#client, this.#ledger, this.#block.number))) {
      throw new NoLedgerError(`there is no contract ${where}; check the address and the chain`);
    }
    try {
      const [terms] = await Promise.all([
        this.#client.readContract({ ...this.#target, functionName: 'terms' }),
        this.#client.readContract({ ...this.#target, functionName: 'head' }),
      ]);
      return { ...terms, token: terms.token.toLowerCase() as Address };
    } catch (cause) {
      throw new NoLedgerError(`the contract ${where} is no ledger: ${reasonOf(cause)}`, { cause });
    }
  }

  /** Everything that the replay can be compared with. */
  async read(state: LedgerState): Promise<ContractView> {
    const client = this.#client;
    const target = this.#target;
    const [head, entryCount, counts, solvency, admin, isPaused, currentPlan, successor, held] =
      await Promise.all([
        client.readContract({ ...target, functionName: 'head' }),
        client.readContract({ ...target, functionName: 'entryCount' }),
        client.readContract({ ...target, functionName: 'counts' }),
        client.readContract({ ...target, functionName: 'solvency' }),
        client.readContract({ ...target, functionName: 'defaultAdmin' }),
        client.readContract({ ...target, functionName: 'isPaused' }),
        client.readContract({ ...target, functionName: 'currentPlan' }),
        client.readContract({ ...target, functionName: 'successor' }),
        client.readContract({
          address: state.terms.token,
          abi: erc20Abi,
          functionName: 'balanceOf',
          args: [this.#ledger],
          blockNumber: this.#block.number,
        }),
      ]);
    const [heldUnits, float, reserved, owed] = solvency;
    const [fragments, plans, recorders] = counts.map(Number) as [number, number, number];
    return {
      head,
      entryCount: Number(entryCount),
      counts: { fragments, plans, recorders },
      solvency: { held: heldUnits, float, reserved, owed },
      tokenHeld: held / state.terms.unit,
      admin: admin.toLowerCase() as Address,
      fragments: await this.#readFragments(fragments),
      wallets: await this.#readWallets([...state.wallets.keys()]),
      unclaimed: await this.#readUnclaimed([...state.unclaimed]),
      recoveries: await this.#readRecoveries([...state.recoveries.keys()]),
      flags: await this.#readFlags(state.flagCount + 1),
      isPaused,
      currentPlan: Number(currentPlan),
      batches: await this.#readBatches([...state.batches.keys()]),
      plans: await this.#readPlans(plans),
      recorderKeys: await this.#readRecorderKeys(recorders),
      changes: await this.#readChanges([...state.changes.all.keys()]),
      acts: await this.#readActs([...state.acts.keys()]),
      successor: successor.toLowerCase() as Address,
      words: await this.#readStorage(state),
      roles: await this.#readRoles([...state.roles.mentioned]),
    };
  }

  get #target() {
    return { address: this.#ledger, abi: commissionLedgerAbi, blockNumber: this.#block.number } as const;
  }

  async #readFragments(count: number): Promise<bigint[]> {
    const words: bigint[] = [];
    for (let from = 1; from <= count; from += FRAGMENT_PAGE) {
      const size = Math.min(FRAGMENT_PAGE, count - from + 1);
      const args = [BigInt(from), BigInt(size)] as const;
      const page = await this.#client.readContract({ ...this.#target, functionName: 'fragmentsOf', args });
      for (const word of page) words.push(word);
    }
    return words;
  }

  async #readWallets(wallets: Address[]): Promise<ContractView['wallets']> {
    const call = (wallet: Address) => this.#view('walletOf', [wallet]);
    const words = await this.#readMany(wallets, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    const views = words.map(([id, enrolledAt, heldUntil, nonce]) => ({
      id: Number(id),
      enrolledAt: Number(enrolledAt),
      heldUntil: Number(heldUntil),
      nonce: Number(nonce),
    }));
    return zip(wallets, views);
  }

  async #readUnclaimed(ids: number[]): Promise<ContractView['unclaimed']> {
    const call = (id: number) => this.#view('unclaimedSince', [BigInt(id)]);
    const times = await this.#readMany(ids, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return zip(ids, times.map(Number));
  }

  async #readRecoveries(wallets: Address[]): Promise<ContractView['recoveries']> {
    const call = (wallet: Address) => this.#view('recoveryOf', [wallet]);
    const recoveries = await this.#readMany(wallets, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    const views = recoveries.map(([to, executableFrom]) => ({
      to: to.toLowerCase() as Address,
      executableFrom: Number(executableFrom),
    }));
    return zip(wallets, views);
  }

  /** There is no view of their number, but one for a flag that is not there fails. */
  async #readFlags(count: number): Promise<ContractView['flags']> {
    const flags = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    const call = (flag: bigint) => this.#view('flagOf', [flag]);
    const outcomes = await this.#readMany(flags, (group) =>
      this.#client.multicall({ ...this.#together, allowFailure: true, contracts: group.map(call) }),
    );
    return outcomes.map(({ result }) => {
      if (result === undefined) return null;
      const [outcome, reviewBy] = result;
      return { outcome: Number(outcome), reviewBy: Number(reviewBy) };
    });
  }

  async #readBatches(numbers: number[]): Promise<ContractView['batches']> {
    const call = (batch: number) => this.#view('batchOf', [BigInt(batch)]);
    const states = await this.#readMany(numbers, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return zip(
      numbers,
      states.map(([open, settled]) => ({ open, settled: Number(settled) })),
    );
  }

  async #readPlans(count: number): Promise<ContractView['plans']> {
    const versions = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    const call = (version: bigint) => this.#view('planOf', [version]);
    const plans = await this.#readMany(
      versions,
      (group) => this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
      PLAN_VIEWS,
    );
    const cancelled = (version: bigint) => this.#view('isPlanCancelled', [version]);
    const areCancelled = await this.#readMany(versions, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(cancelled) }),
    );
    return plans.map(([, startsAt, hash], i) => {
      return { hash, startsAt: Number(startsAt), isCancelled: areCancelled[i] ?? false };
    });
  }

  async #readRecorderKeys(count: number): Promise<ContractView['recorderKeys']> {
    const numbers = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    const call = (number: bigint) => this.#view('recorderKey', [number]);
    const keys = await this.#readMany(numbers, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return keys.map(([key, standby]) => ({
      key: key.toLowerCase() as Address,
      standby: standby.toLowerCase() as Address,
    }));
  }

  async #readChanges(numbers: number[]): Promise<ContractView['changes']> {
    const call = (change: number) => this.#view('changeOf', [BigInt(change)]);
    const changes = await this.#readMany(numbers, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    const views = changes.map(([kind, size, done, isCancelled]) => ({
      kind: Number(kind),
      size: Number(size),
      done: Number(done),
      isCancelled,
    }));
    return zip(numbers, views);
  }

  async #readActs(acts: Hex[]): Promise<ContractView['acts']> {
    const call = (act: Hex) => this.#view('actOf', [act]);
    const times = await this.#readMany(acts, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return zip(acts, times.map(Number));
  }

  async #readStorage(state: LedgerState): Promise<ContractView['words']> {
    const { changes, acts, flags } = state;
    const first = settlingEra(changes.eras, changes.applied);
    const eras = Array.from({ length: changes.eras.length - first + 2 }, (_, i) => first + i);
    const openFlags = [...flags.keys()].filter((flag) => flags.get(flag)?.outcome === null);
    const pendingActs = [...acts.keys()].filter((act) => acts.get(act)?.effectiveAt !== 0);
    return {
      batches: await this.#readWords([...state.openBatches], batchSlot),
      recorders: await this.#readWords([...state.recorderKeys.keys()], recorderSlot),
      flags: await this.#readWords(openFlags, flagSlot),
      queue: (await this.#readWords(['queue'], () => QUEUE_SLOT)).get('queue') ?? 0n,
      eras: await this.#readWords(eras, eraSlot),
      changes: await this.#readWords([...changes.pending], changeSlot),
      acts: await this.#readWords(pendingActs, actSlot),
    };
  }

  async #readWords<Key>(keys: readonly Key[], slotOf: (key: Key) => Hex): Promise<Map<Key, bigint>> {
    const read = async (key: Key) => {
      const place = { address: this.#ledger, slot: slotOf(key), blockNumber: this.#block.number };
      return BigInt((await this.#client.getStorageAt(place)) ?? 0n);
    };
    return zip(keys, await this.#readMany(keys, (group) => Promise.all(group.map(read)), WORDS));
  }

  async #readRoles(mentioned: string[]): Promise<Map<string, boolean>> {
    const call = (key: string) => this.#view('hasRole', key.split(' ') as [Hex, Address]);
    const held = await this.#readMany(mentioned, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return zip(mentioned, held);
  }

  #view<const Name extends string, const Args extends readonly unknown[]>(functionName: Name, args: Args) {
    return { address: this.#ledger, abi: commissionLedgerAbi, functionName, args } as const;
  }

  /** Many views in one call, without a contract on chain that would have to be trusted or present. */
  get #together() {
    const blockNumber = this.#block.number;
    return { deployless: true, allowFailure: false, batchSize: 0, blockNumber } as const;
  }

  async #readMany<In, Out>(
    inputs: readonly In[],
    read: (group: In[]) => Promise<readonly Out[]>,
    most = VIEWS,
  ) {
    const outputs: Out[] = [];
    for (let i = 0; i < inputs.length; i += most) {
      for (const output of await read(inputs.slice(i, i + most))) outputs.push(output);
    }
    return outputs;
  }
}

/** The answers by what was asked about. */
function zip<Key, Value>(keys: readonly Key[], values: readonly Value[]): Map<Key, Value> {
  return new Map(values.map((value, i) => [keys[i] as Key, value]));
}
