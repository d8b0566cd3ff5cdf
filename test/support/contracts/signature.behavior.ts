/** What every message that counts only with a signature must refuse. Mounted in the tests of each such call. */
import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { expect } from 'chai';
import { type Addressable, type BaseContract, type TypedDataDomain, ZeroAddress } from 'ethers';
import { loadFixture, time } from './chain.ts';
import { type Company, readable } from './company.ts';

/**
 * A signed message and the call that takes it.
 * @typeParam World What the fixture opens.
 */
export interface SignedMessage<World, Message extends object> {
  /** Who has to sign, for the titles. */
  by: string;
  fixture: () => Promise<World>;
  /** Who refuses: the contract with the errors. */
  contractOf: (world: World) => BaseContract;
  /** A message that is good for an hour at least. */
  messageOf: (world: World) => Promise<Message>;
  signerOf: (world: World) => HardhatEthersSigner;
  /** The signature by `signer`, the right one by default, under the domain with `changes`. */
  signed: (
    world: World,
    message: Message,
    signer?: HardhatEthersSigner,
    changes?: TypedDataDomain,
  ) => Promise<string>;
  send: (world: World, message: Message, signature: string) => Promise<unknown>;
  /** Accounts that have a part in it and whose signature counts for nothing. */
  othersOf: (world: World) => HardhatEthersSigner[];
  /** Another contract at which a signature may have been meant. */
  elsewhere: (world: World) => Promise<string>;
  /** Each field of the message with another value. */
  changesOf: (world: World, message: Message) => Partial<Message>[];
  /** The field with the last second in which the message is good, and the error after it. */
  deadline: { field: keyof Message & string; error: string };
  /** Checks that the call has done its work. */
  expectDone: (world: World, message: Message) => Promise<void>;
}

/** Mounts the refusals of a signed message, each followed by the good one. */
export function refusesOtherSignatures<World, Message extends object>(
  call: SignedMessage<World, Message>,
): void {
  const { by, fixture, deadline } = call;
  const until = (message: Message) => message[deadline.field] as bigint;

  it('refuses from the second after the deadline', async () => {
    const world = await loadFixture(fixture);
    const message = await call.messageOf(world);
    const signature = await call.signed(world, message);
    await time.setNextBlockTimestamp(until(message) + 1n);
    await expect(call.send(world, message, signature))
      .to.be.revertedWithCustomError(call.contractOf(world), deadline.error)
      .withArgs(until(message));
  });

  it('accepts in the second of the deadline', async () => {
    const world = await loadFixture(fixture);
    const message = await call.messageOf(world);
    const signature = await call.signed(world, message);
    await time.setNextBlockTimestamp(until(message));
    await call.send(world, message, signature);
    await call.expectDone(world, message);
  });

  it(`refuses what ${by} has not signed`, async () => {
    const world = await loadFixture(fixture);
    const message = await call.messageOf(world);
    const right = await call.signed(world, message);
    for (const signature of [
      ...(await Promise.all(call.othersOf(world).map((signer) => call.signed(world, message, signer)))),
      '0x',
      `0x${'00'.repeat(65)}`,
      right.slice(0, -2),
    ]) {
      await expectWrong(world, message, signature);
    }
    await call.send(world, message, right);
    await call.expectDone(world, message);
  });

  it('refuses a signature of a message that differs in any field', async () => {
    const world = await loadFixture(fixture);
    const message = await call.messageOf(world);
    const changes = call.changesOf(world, message);
    const changed = new Set(changes.flatMap((change) => Object.keys(change)));
    expect([...changed].sort()).to.deep.equal(Object.keys(message).sort());
    for (const change of changes) {
      await expectWrong(world, message, await call.signed(world, { ...message, ...change }));
    }
  });

  it('refuses a signature for another contract, chain, name or version', async () => {
    const world = await loadFixture(fixture);
    const message = await call.messageOf(world);
    for (const domain of [
      { verifyingContract: await call.elsewhere(world) },
      { chainId: 1n },
      { name: 'Plumbline' },
      { version: '2' },
    ]) {
      await expectWrong(world, message, await call.signed(world, message, undefined, domain));
    }
  });

  async function expectWrong(world: World, message: Message, signature: string): Promise<void> {
    await expect(call.send(world, message, signature))
      .to.be.revertedWithCustomError(call.contractOf(world), 'WrongSignature')
      .withArgs(call.signerOf(world));
  }
}

/**
 * Mounts the refusal of wallets to which tokens would be lost: none, the ledger and its token.
 * @param send Sends the call for a wallet, with whatever signature it needs.
 */
export function refusesLostWallets(
  send: (company: Company, wallet: string) => Promise<unknown>,
  fixture: () => Promise<Company> = readable,
): void {
  it('refuses a wallet to which tokens would be lost', async () => {
    const company = await loadFixture(fixture);
    const { ledger, token } = company;
    for (const wallet of [ZeroAddress, await addressOf(ledger), await addressOf(token)]) {
      await expect(send(company, wallet))
        .to.be.revertedWithCustomError(ledger, 'UnusableWallet')
        .withArgs(wallet);
    }
  });
}

function addressOf(contract: Addressable): Promise<string> {
  return contract.getAddress();
}
