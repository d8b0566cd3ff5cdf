import { expect } from 'chai';
import { dataLength } from 'ethers';
import { artifacts } from 'hardhat';

/** EIP-170: no larger contract can be deployed. */
const LIMIT = 24_576;

describe('Contract sizes', () => {
  it(`are under ${LIMIT} bytes`, async () => {
    const names = [...(await artifacts.getAllFullyQualifiedNames())].filter(
      (name) => name.startsWith('contracts/') && !name.startsWith('contracts/mocks/'),
    );
    const sizes: [name: string, bytes: number][] = [];
    for (const name of names) {
      const { contractName, deployedBytecode } = await artifacts.readArtifact(name);
      // Interfaces and abstract contracts have no code of their own.
      if (deployedBytecode !== '0x') sizes.push([contractName, dataLength(deployedBytecode)]);
    }
    for (const [name, bytes] of sizes) console.log(`        ${name}: ${bytes.toLocaleString('en')} bytes`);
    expect(sizes.map(([name]) => name)).to.include.members([
      'CommissionLedger',
      'LedgerPowers',
      'LedgerChanges',
      'LedgerFactory',
    ]);
    for (const [name, bytes] of sizes) expect(bytes, name).to.be.below(LIMIT);
  });
});
