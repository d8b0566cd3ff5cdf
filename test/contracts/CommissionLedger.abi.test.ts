import { expect } from 'chai';
import { type FunctionFragment, Interface, type ParamType, ZeroAddress, ZeroHash } from 'ethers';
import { artifacts } from 'hardhat';
import { ethers, loadFixture } from '../support/contracts/chain.ts';
import { readable } from '../support/contracts/company.ts';

const manual = new Interface((await artifacts.readArtifact('ICommissionLedger')).abi);
const code = new Interface((await artifacts.readArtifact('CommissionLedger')).abi);

const functions: FunctionFragment[] = [];
manual.forEachFunction((each) => functions.push(each));

/** Zeros of a type, which every function can decode. */
function zero(type: ParamType): unknown {
  if (type.baseType === 'array')
    return Array(Math.max(type.arrayLength ?? 0, 0)).fill(zero(type.arrayChildren!));
  if (type.baseType === 'tuple') return type.components!.map(zero);
  if (type.type === 'address') return ZeroAddress;
  if (type.type === 'bool') return false;
  if (type.type === 'bytes') return '0x';
  return type.type.startsWith('bytes') ? ZeroHash.slice(0, 2 + 2 * Number(type.type.slice(5))) : 0;
}

/** What callers depend on; the names of parameters are in the manual alone. */
function shapeOf(each: FunctionFragment): string {
  const results = each.outputs.map((output) => output.format('sighash')).join();
  return `${each.format('sighash')} ${each.constant ? 'view' : ''} (${results})`;
}

function encode(each: FunctionFragment): string {
  return manual.encodeFunctionData(each, each.inputs.map(zero));
}

describe('CommissionLedger', () => {
  describe('its own ABI', () => {
    it('has every function of the manual, with the same results, and no other', () => {
      const named: string[] = [];
      code.forEachFunction((each) => named.push(shapeOf(each)));
      expect(named.sort()).to.deep.equal(functions.map(shapeOf).sort());
    });

    it('has every event and error of the manual', () => {
      const missing: string[] = [];
      manual.forEachEvent(({ topicHash, name }) => code.getEvent(topicHash) ?? missing.push(name));
      manual.forEachError(({ selector, name }) => code.getError(selector) ?? missing.push(name));
      expect(missing).to.deep.equal([]);
    });

    for (const each of functions) {
      it(`reaches its part: ${each.name}`, async () => {
        const { ledger, distributors } = await loadFixture(readable);
        const call = {
          to: await ledger.getAddress(),
          from: distributors.stranger.address,
          data: encode(each),
        };
        // A function that no part has fails without data.
        const data = await ethers.provider.call(call).catch((error: { data?: string }) => error.data);
        const isAnswered = data !== undefined && (data !== '0x' || each.outputs.length === 0);
        expect(isAnswered, data).to.equal(true);
      });
    }

    it('hands views on without a change: sent as transactions they leave no log and no other state', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const stateOf = async () => [
        await ledger.head(),
        await ledger.entryCount(),
        await ledger.solvency(),
        await ledger.counts(),
        await ledger.changes(),
        await ledger.recorderOf(distributors.recorder),
        await ledger.fragmentsOf(0, 8),
        await ledger.planOf(1),
      ];
      const before = await stateOf();
      const views = functions.filter(({ constant }) => constant);
      expect(views.length).to.be.above(30);
      let done = 0;
      for (const each of views) {
        try {
          const sent = await distributors.stranger.sendTransaction({ to: ledger, data: encode(each) });
          expect((await sent.wait())!.logs, each.name).to.have.length(0);
          ++done;
        } catch {
          // Refusals of zeros, such as an id that nobody has.
        }
      }
      expect(done).to.be.above(20);
      expect(await stateOf()).to.deep.equal(before);
    });
  });
});
