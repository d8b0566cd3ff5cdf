import { commissionLedgerAbi, type LedgerTerms } from '@plumbline/protocol';
import { type Address, erc20Abi, type Hex, type PublicClient } from 'viem';
import type { Observation } from '../findings.ts';
import type { LedgerState, Recovery } from '../replay/ledger-state.ts';
import { NoLedgerError, reasonOf } from './errors.ts';
import { hasCode, type PinnedBlock } from './node.ts';

/** What the contract's storage holds at one block. Amounts are base units. */
export interface ContractView {
  head: Hex;
  entryCount: number;
  counts: { batches: number; fragments: number; plans: number };
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
  /** Outcomes of flags 1 to one more than the replay has, 0 for an open one; null for a flag that is not there. */
  flags: (number | null)[];
  isPaused: boolean;
  /** Version of the plan that a batch of this block would use. */
  currentPlan: number;
  /** Batches 1 to `counts.batches`. */
  batches: { open: boolean; settled: number }[];
  plans: { hash: Hex; startsAt: number }[];
  /** Cap of each recorder of the replay, and what is left of it. */
  grants: Map<Address, { cap: bigint; left: bigint }>;
  /** Whether each `role account` that the replay speaks of is held. */
  roles: Map<string, boolean>;
  admin: Address;
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
    const [head, entryCount, counts, solvency, admin, isPaused, currentPlan, held] = await Promise.all([
      client.readContract({ ...target, functionName: 'head' }),
      client.readContract({ ...target, functionName: 'entryCount' }),
      client.readContract({ ...target, functionName: 'counts' }),
      client.readContract({ ...target, functionName: 'solvency' }),
      client.readContract({ ...target, functionName: 'defaultAdmin' }),
      client.readContract({ ...target, functionName: 'isPaused' }),
      client.readContract({ ...target, functionName: 'currentPlan' }),
      client.readContract({
        address: state.terms.token,
        abi: erc20Abi,
        functionName: 'balanceOf',
        args: [this.#ledger],
        blockNumber: this.#block.number,
      }),
    ]);
    const [heldUnits, float, reserved, owed] = solvency;
    const [batches, fragments, plans] = counts.map(Number) as [number, number, number];
    return {
      head,
      entryCount: Number(entryCount),
      counts: { batches, fragments, plans },
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
      batches: await this.#readBatches(batches),
      plans: await this.#readPlans(plans),
      grants: await this.#readGrants([...state.recorders.keys()]),
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
    return outcomes.map(({ result }) => (result === undefined ? null : Number(result)));
  }

  async #readBatches(count: number): Promise<ContractView['batches']> {
    const numbers = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    const call = (batch: bigint) => this.#view('batchOf', [batch]);
    const states = await this.#readMany(numbers, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return states.map(([open, settled]) => ({ open, settled: Number(settled) }));
  }

  async #readPlans(count: number): Promise<ContractView['plans']> {
    const versions = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    const call = (version: bigint) => this.#view('planOf', [version]);
    const plans = await this.#readMany(
      versions,
      (group) => this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
      PLAN_VIEWS,
    );
    return plans.map(([, startsAt, hash]) => ({ hash, startsAt: Number(startsAt) }));
  }

  async #readGrants(recorders: Address[]): Promise<ContractView['grants']> {
    const call = (recorder: Address) => this.#view('recorderOf', [recorder]);
    const grants = await this.#readMany(recorders, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return zip(
      recorders,
      grants.map(([cap, left]) => ({ cap, left })),
    );
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
