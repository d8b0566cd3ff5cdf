import {
  commissionLedgerAbi,
  journalTopics,
  type LedgerLog,
  type LedgerTerms,
  ledgerFactoryAbi,
  type Plan,
  testDollarAbi,
} from '@plumbline/protocol';
import {
  type Abi,
  type Address,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  numberToHex,
} from 'viem';
import { type Deployment, deployLocal } from '../../../scripts/deploy.ts';
import { type Anvil, startAnvil } from '../chain.ts';

interface Receipt {
  status: Hex;
  logs: { address: Address; topics: Hex[]; data: Hex; blockNumber: Hex; blockHash: Hex; logIndex: Hex }[];
  transactionHash: Hex;
}

/** A call of a ledger's function, as one element of a list. */
export type Call = [name: string, ...args: unknown[]];

interface SendOptions {
  /** Of the block; by default a second after the last. */
  time?: number;
  /** By default the admin. */
  from?: Address;
  /** By default whom it is sent to. */
  emitter?: Address;
}

export type CreationTerms = Pick<LedgerTerms, 'returnWindow' | 'planNotice' | 'capPeriod' | 'compact'>;

/**
 * A real chain whose clock the tests set: every transaction has its own block, and its time is the one given. Calls go
 * to the node without a client library in between, several hundred a second each way.
 */
export class Chain {
  readonly anvil: Anvil;
  readonly deployment: Deployment;
  /** Time of the newest block. */
  now: number;
  readonly admin: Address;
  /** Logs of the newest ledger's creation. */
  created: LedgerLog[] = [];
  #ledgers = 0;

  private constructor(anvil: Anvil, deployment: Deployment, now: number) {
    this.anvil = anvil;
    this.deployment = deployment;
    this.now = now;
    this.admin = (anvil.accounts[0]?.address ?? '').toLowerCase() as Address;
  }

  static async start(): Promise<Chain> {
    // Anybody may send, without ether.
    const args = [
      '--auto-impersonate',
      '--prune-history',
      '--gas-price',
      '0',
      '--block-base-fee-per-gas',
      '0',
    ];
    const anvil = await startAnvil({ args });
    const privateKey = anvil.accounts[0]?.privateKey ?? '';
    const deployment = await deployLocal({ rpcUrl: anvil.rpcUrl, privateKey });
    const block = await anvil.rpc<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false]);
    return new Chain(anvil, deployment, Number(block.timestamp));
  }

  /** A ledger of its own, with the admin as admin. */
  async createLedger(terms: CreationTerms, plan: Plan): Promise<Ledger> {
    const { factory, token } = this.deployment;
    this.#ledgers += 1;
    const salt = numberToHex(this.#ledgers, { size: 32 });
    const request = { token, ...terms, admin: this.admin, adminDelay: 3_600, plan };
    const data = encodeFunctionData({
      abi: ledgerFactoryAbi as Abi,
      functionName: 'createLedger',
      args: [request, salt],
    });
    const call = { from: this.admin, to: factory, data };
    const result = await this.anvil.rpc<Hex>('eth_call', [call, 'latest']);
    const ledger: Address = `0x${result.slice(-40)}`;
    this.created = await this.send(factory as Address, data, { emitter: ledger });
    return new Ledger(this, ledger);
  }

  /**
   * Sends a transaction in a block of its own.
   * @returns The logs of `emitter` that are of a journal.
   */
  async send(to: Address, data: Hex, options: SendOptions = {}): Promise<LedgerLog[]> {
    const { time = this.now + 1, from = this.admin, emitter = to } = options;
    this.now = time;
    await this.anvil.rpc('evm_setNextBlockTimestamp', [time]);
    const transaction = { from, to, data, gas: '0xf00000', gasPrice: '0x0' };
    const receipt = await this.anvil.rpc<Receipt>('eth_sendTransactionSync', [transaction]);
    if (receipt.status !== '0x1')
      throw new Error(`The transaction was refused: ${await this.reasonOf(to, data, from)}`);
    return receipt.logs
      .filter((log) => log.address === emitter && journalTopics.includes(log.topics[0] ?? '0x'))
      .map((log) => ({
        topics: log.topics,
        data: log.data,
        blockNumber: BigInt(log.blockNumber),
        blockHash: log.blockHash,
        transactionHash: receipt.transactionHash,
        logIndex: Number(log.logIndex),
      }));
  }

  /** Name of the error that a call, by default the admin's, ends with; undefined if it would go through. */
  async reasonOf(to: Address, data: Hex, from = this.admin): Promise<string | undefined> {
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_call',
      params: [{ from, to, data }, 'latest'],
    };
    const [answer] = await this.#post([call]);
    if (answer?.error === undefined) return undefined;
    const reverted = answer.error.data;
    if (!reverted) return answer.error.message;
    return decodeErrorResult({ abi: commissionLedgerAbi, data: reverted }).errorName;
  }

  /** Many calls of a ledger's views in one request, in order. */
  async views(to: Address, calls: readonly Call[]): Promise<unknown[]> {
    const requests = calls.map(([functionName, ...args], id) => {
      const data = encodeFunctionData({ abi: commissionLedgerAbi as Abi, functionName, args });
      return { jsonrpc: '2.0', id, method: 'eth_call', params: [{ to, data }, 'latest'] };
    });
    const answers = await this.#post(requests);
    return calls.map(([functionName], id) => {
      const answer = answers.find((each) => each.id === id);
      if (!answer?.result) throw new Error(`${functionName}: ${answer?.error?.message ?? 'no answer'}`);
      return decodeFunctionResult({ abi: commissionLedgerAbi as Abi, functionName, data: answer.result });
    });
  }

  async #post(
    requests: unknown[],
  ): Promise<{ id: number; result?: Hex; error?: { message: string; data?: Hex } }[]> {
    const response = await fetch(this.anvil.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requests),
    });
    return (await response.json()) as never;
  }

  stop(): Promise<void> {
    return this.anvil.stop();
  }
}

/** One ledger of the chain. */
export class Ledger {
  readonly chain: Chain;
  readonly address: Address;

  constructor(chain: Chain, address: Address) {
    this.chain = chain;
    this.address = address;
  }

  dataOf([functionName, ...args]: Call): Hex {
    return encodeFunctionData({ abi: commissionLedgerAbi as Abi, functionName, args });
  }

  /** Sends a call and gives the ledger's logs. */
  send(call: Call, options?: SendOptions): Promise<LedgerLog[]> {
    return this.chain.send(this.address, this.dataOf(call), options);
  }

  views(...calls: Call[]): Promise<unknown[]> {
    return this.chain.views(this.address, calls);
  }

  reasonOf(call: Call): Promise<string | undefined> {
    return this.chain.reasonOf(this.address, this.dataOf(call));
  }

  /** Mints tokens and puts them into the float. */
  async fund(units: bigint): Promise<LedgerLog[]> {
    const token = this.chain.deployment.token as Address;
    const abi = testDollarAbi as Abi;
    await this.chain.send(
      token,
      encodeFunctionData({ abi, functionName: 'mint', args: [this.chain.admin, units] }),
    );
    const approval = [this.address, units];
    await this.chain.send(token, encodeFunctionData({ abi, functionName: 'approve', args: approval }));
    return this.send(['fund', units]);
  }
}
