import { expect } from 'chai';
import { type Addressable, type ContractTransactionResponse, isAddressable } from 'ethers';
import type { ICommissionLedger } from '../../../types/interfaces/ICommissionLedger.ts';
import { ethers } from './chain.ts';
import { foldEvents } from './journal.ts';

type Value = string | boolean | number | bigint | Addressable | Value[] | undefined;

/** An event of the ledger by name, with its arguments up to the head; `undefined` is an argument not looked at. */
export type ExpectedEvent = [name: string, ...args: Value[]];

/** Events of the ledger that are no entries and have no head. */
const BESIDE_ENTRIES = ['SaleSettled', 'PayoutSkipped'];

/**
 * Sends a call and expects exactly these events of the ledger, in this order; that each but `SaleSettled` and
 * `PayoutSkipped` is one entry more; and that the journal's fold over them is the head that the ledger has after the
 * call.
 * @param send Sends the call; it is not sent before, so that the number of entries can be compared.
 * @param expected The events, or what gives them when the time of the block is known.
 */
export async function expectEntries(
  ledger: ICommissionLedger,
  send: () => Promise<ContractTransactionResponse>,
  expected: ExpectedEvent[] | ((at: bigint) => ExpectedEvent[]),
): Promise<void> {
  const before = await ledger.entryCount();
  const headBefore = await ledger.head();
  const receipt = (await (await send()).wait())!;
  const at = BigInt((await ethers.provider.getBlock(receipt.blockNumber))!.timestamp);
  const address = await ledger.getAddress();
  const events = receipt.logs
    .filter((log) => log.address === address)
    .map((log) => ledger.interface.parseLog(log)!)
    // What OpenZeppelin logs beside the entry says nothing that the entry does not say.
    .filter(({ name, fragment }) => BESIDE_ENTRIES.includes(name) || fragment.inputs.at(-1)?.name === 'head');

  const wanted = typeof expected === 'function' ? expected(at) : expected;
  expect(events.map(({ name }) => name)).to.deep.equal(wanted.map(([name]) => name));
  for (const [i, [name, ...args]] of wanted.entries()) {
    const given = events[i]!.args.toArray(true);
    if (!BESIDE_ENTRIES.includes(name)) given.pop();
    for (const [k, arg] of args.entries()) if (arg === undefined) given[k] = undefined;
    expect(given, `arguments of ${name}`).to.deep.equal(await plain(args));
  }
  const { head, entries } = foldEvents(headBefore, events);
  expect(entries).to.equal(BigInt(wanted.filter(([name]) => !BESIDE_ENTRIES.includes(name)).length));
  expect(await ledger.entryCount()).to.equal(before + entries);
  expect(await ledger.head()).to.equal(head);
}

async function plain(value: Value): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value === 'number') return BigInt(value);
  if (isAddressable(value)) return value.getAddress();
  return value;
}
