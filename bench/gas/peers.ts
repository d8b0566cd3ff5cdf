import { fileURLToPath } from 'node:url';
import { type BaseContract, ContractFactory, toBeHex } from 'ethers';
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import { compilers } from '../../hardhat.config.ts';
import type { TestDollar } from '../../types/mocks/TestDollar.ts';
import { add, ethers, MOST, type Spent, spent } from './chain.ts';
import { walletOf } from './tree.ts';

/** What a company would use without a ledger. Each peer pays the same token, to wallets that already hold some. */

const SPLITTER = 'openzeppelin-contracts-4/finance/PaymentSplitter.sol';

/** Payments that one transaction can carry, to wallets that have some of the token and to new ones. */
const PAYMENTS_AT_ONCE = 1_500;
const FIRST_PAYMENTS_AT_ONCE = 500;

/** Units; three bytes of calldata, as commissions have. */
const AMOUNT = 1_000_000;

/** Deploys a peer by name. */
type Deploy = (name: string, ...args: unknown[]) => Promise<BaseContract>;

/** Compiles the peers like the project's own contracts, but into a separate folder: nothing else uses them. */
async function compile(): Promise<Deploy> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const hre = await createHardhatRuntimeEnvironment(
    {
      solidity: { compilers, npmFilesToBuild: [SPLITTER] },
      paths: { sources: 'bench/gas/contracts', cache: 'cache/peers', artifacts: 'cache/peers/artifacts' },
    },
    {},
    root,
  );
  await hre.tasks.getTask('build').run({ quiet: true, noTests: true });
  const [company] = await ethers.getSigners();
  return async (name, ...args) => {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name);
    const deployed = await new ContractFactory(abi, bytecode, company ?? null).deploy(...args);
    return deployed.waitForDeployment();
  };
}

export class Peers {
  readonly #token: TestDollar;
  readonly #deploy: Deploy;
  readonly #multisend: BaseContract;

  private constructor(token: TestDollar, deploy: Deploy, multisend: BaseContract) {
    this.#token = token;
    this.#deploy = deploy;
    this.#multisend = multisend;
  }

  static async set(token: TestDollar): Promise<Peers> {
    const deploy = await compile();
    const multisend = await deploy('Multisend');
    const [company] = await ethers.getSigners();
    for (const holder of [multisend, company ?? multisend]) await token.mint(holder, 10n ** 15n);
    return new Peers(token, deploy, multisend);
  }

  /** Sends to each in as few transactions as can carry it. */
  async multisend(ids: readonly number[], atOnce = PAYMENTS_AT_ONCE): Promise<Spent> {
    const parts: Spent[] = [];
    for (let i = 0; i < ids.length; i += atOnce) {
      const payments = ids.slice(i, i + atOnce).map(paymentTo);
      parts.push(
        await spent(this.#multisend.getFunction('send')(await this.#token.getAddress(), payments, MOST)),
      );
    }
    return add(...parts);
  }

  /** Gives each some of the token, so that what is measured meets no empty balance. */
  async fill(ids: readonly number[]): Promise<void> {
    await this.multisend(ids, FIRST_PAYMENTS_AT_ONCE);
  }

  /** A transaction for each. */
  async transfers(ids: readonly number[]): Promise<Spent> {
    return add(...(await inTurn(ids, (id) => spent(this.#token.transfer(walletOf(id), AMOUNT, MOST)))));
  }

  /** One transfer to a splitter that was made for these payees and has paid them before; each is released. */
  async splitter(ids: readonly number[]): Promise<Spent> {
    const wallets = ids.map(walletOf);
    const splitter = await this.#deploy(
      'PaymentSplitter',
      wallets,
      wallets.map(() => 1),
    );
    const release = splitter.getFunction('release(address,address)');
    const pay = async () =>
      add(
        await spent(this.#token.transfer(splitter, AMOUNT * ids.length, MOST)),
        ...(await inTurn(wallets, async (wallet) =>
          spent(release(await this.#token.getAddress(), wallet, MOST)),
        )),
      );
    await this.#token.transfer(splitter, 1);
    await pay();
    return pay();
  }
}

function paymentTo(id: number): string {
  return walletOf(id) + toBeHex(AMOUNT, 12).slice(2);
}

async function inTurn<T>(items: readonly T[], act: (item: T) => Promise<Spent>): Promise<Spent[]> {
  const results: Spent[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}
