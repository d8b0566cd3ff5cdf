import { commissionLedgerAbi, type LedgerTerms, testDollarAbi } from '@plumbline/protocol';
import type { Address, Hex, PublicClient } from 'viem';
import type { LedgerState } from '../replay/state.ts';
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
  /** Owner of each wallet of the replay. */
  wallets: Map<Address, number>;
  /** Batches 1 to `counts.batches`. */
  batches: { open: boolean; settled: number }[];
  plans: { hash: Hex; startsAt: number }[];
  /** Cap of each recorder of the replay. */
  caps: Map<Address, bigint>;
  /** Whether each `role account` that the replay speaks of is held. */
  roles: Map<string, boolean>;
  admin: Address;
}

/** Fragments in one call: a cold word costs 2,100 gas, and nodes limit calls to some ten millions. */
const FRAGMENT_PAGE = 2_000;

/** Views in one call; the initcode that carries them must stay below 49,152 bytes. */
const VIEWS = 120;

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
    const [head, entryCount, [batches, fragments, plans], solvency, admin, held] = await Promise.all([
      client.readContract({ ...target, functionName: 'head' }),
      client.readContract({ ...target, functionName: 'entryCount' }),
      client.readContract({ ...target, functionName: 'counts' }),
      client.readContract({ ...target, functionName: 'solvency' }),
      client.readContract({ ...target, functionName: 'defaultAdmin' }),
      client.readContract({
        address: state.terms.token,
        abi: testDollarAbi,
        functionName: 'balanceOf',
        args: [this.#ledger],
        blockNumber: this.#block.number,
      }),
    ]);
    const [heldUnits, float, reserved, owed] = solvency;
    return {
      head,
      entryCount: Number(entryCount),
      counts: { batches: Number(batches), fragments: Number(fragments), plans: Number(plans) },
      solvency: { held: heldUnits, float, reserved, owed },
      tokenHeld: held / state.terms.unit,
      admin: admin.toLowerCase() as Address,
      fragments: await this.#readFragments(Number(fragments)),
      wallets: await this.#readWallets([...state.wallets.keys()]),
      batches: await this.#readBatches(Number(batches)),
      plans: await this.#readPlans(Number(plans)),
      caps: await this.#readCaps([...state.recorders.keys()]),
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

  async #readWallets(wallets: Address[]): Promise<Map<Address, number>> {
    const call = (wallet: Address) => this.#view('idOf', [wallet]);
    const ids = await this.#readMany(wallets, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return new Map(wallets.map((wallet, i) => [wallet, Number(ids[i])]));
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
    const plans = await this.#readMany(versions, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return plans.map(([, startsAt, hash]) => ({ hash, startsAt: Number(startsAt) }));
  }

  async #readCaps(recorders: Address[]): Promise<Map<Address, bigint>> {
    const call = (recorder: Address) => this.#view('recorderOf', [recorder]);
    const grants = await this.#readMany(recorders, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return new Map(recorders.map((recorder, i) => [recorder, grants[i]?.[0] ?? 0n]));
  }

  async #readRoles(mentioned: string[]): Promise<Map<string, boolean>> {
    const call = (key: string) => this.#view('hasRole', key.split(' ') as [Hex, Address]);
    const held = await this.#readMany(mentioned, (group) =>
      this.#client.multicall({ ...this.#together, contracts: group.map(call) }),
    );
    return new Map(mentioned.map((key, i) => [key, held[i] ?? false]));
  }

  #view<const Name extends string, const Args extends readonly unknown[]>(functionName: Name, args: Args) {
    return { address: this.#ledger, abi: commissionLedgerAbi, functionName, args } as const;
  }

  /** Many views in one call, without a contract on chain that would have to be trusted or present. */
  get #together() {
    const blockNumber = this.#block.number;
    return { deployless: true, allowFailure: false, batchSize: 0, blockNumber } as const;
  }

  async #readMany<In, Out>(inputs: readonly In[], read: (group: In[]) => Promise<readonly Out[]>) {
    const outputs: Out[] = [];
    for (let i = 0; i < inputs.length; i += VIEWS) {
      for (const output of await read(inputs.slice(i, i + VIEWS))) outputs.push(output);
    }
    return outputs;
  }
}
