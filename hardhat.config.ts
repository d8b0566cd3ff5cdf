import { fileURLToPath } from 'node:url';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatEthersChaiMatchers from '@nomicfoundation/hardhat-ethers-chai-matchers';
import hardhatMocha from '@nomicfoundation/hardhat-mocha';
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers';
import hardhatTypechain from '@nomicfoundation/hardhat-typechain';
import { defineConfig } from 'hardhat/config';

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatMocha, hardhatNetworkHelpers, hardhatTypechain],
  solidity: {
    compilers: [
      {
        version: '0.8.37',
        // The compiler comes with the npm dependencies, so that nothing is downloaded.
        path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
        settings: { evmVersion: 'osaka', viaIR: true, optimizer: { enabled: true, runs: 200 } },
      },
    ],
  },
  networks: {
    default: { type: 'edr-simulated', chainType: 'l1', hardfork: 'osaka' },
  },
  paths: {
    sources: 'contracts',
    tests: { mocha: 'test/contracts', solidity: 'test/contracts' },
  },
  test: {
    mocha: {
      timeout: 60_000,
      reporter: fileURLToPath(new URL('./scripts/mocha-reporter.mjs', import.meta.url)),
    },
    solidity: {
      fuzz: { runs: 256 },
      invariant: { runs: 64, depth: 64, failOnRevert: true },
    },
  },
  typechain: { outDir: 'types', tsNocheck: true },
});
