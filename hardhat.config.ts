import { fileURLToPath } from 'node:url';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatEthersChaiMatchers from '@nomicfoundation/hardhat-ethers-chai-matchers';
import hardhatMocha from '@nomicfoundation/hardhat-mocha';
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers';
import hardhatTypechain from '@nomicfoundation/hardhat-typechain';
import { defineConfig } from 'hardhat/config';

// Instrumented code for coverage has folders of its own, so that the normal build need not be made again.
const build = process.argv.includes('--coverage')
  ? { artifacts: 'coverage/artifacts', cache: 'coverage/cache' }
  : {};

// The compiler is an npm dependency, so nothing is downloaded.
const compiler = fileURLToPath(import.meta.resolve('solc/soljson.js'));

// The handler derives everything from one random number, so values seen on the chain would be no better input.
const invariant = { failOnRevert: true, dictionaryWeight: 0, includeStorage: false, includePushBytes: false };

// The runs are the same every time, unless this is set to 0x and up to 64 digits.
const seed = process.env.PLUMBLINE_FUZZ_SEED === undefined ? {} : { seed: process.env.PLUMBLINE_FUZZ_SEED };

const settings = { evmVersion: 'osaka', viaIR: true, optimizer: { enabled: true, runs: 200 } };
/** Also for the contracts of the gas benchmark, which are compiled apart. */
export const compilers = [{ version: '0.8.37', path: compiler, settings }];

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatMocha, hardhatNetworkHelpers, hardhatTypechain],
  solidity: {
    compilers,
    overrides: {
      // The invariants' handler is the largest contract by far, and its gas is not measured. Without the IR
      // pipeline it compiles in 9 s instead of 51.
      'test/contracts/invariants/CommissionLedger.t.sol': {
        version: '0.8.37',
        path: compiler,
        settings: { ...settings, viaIR: false },
      },
    },
  },
  networks: {
    default: { type: 'edr-simulated', chainType: 'l1', hardfork: 'osaka' },
    // The node that the suite `anvil` of scripts/suites starts.
    anvil: { type: 'http', chainType: 'l1', url: process.env.PLUMBLINE_ANVIL_URL ?? 'http://127.0.0.1:8545' },
  },
  paths: {
    sources: 'contracts',
    tests: { mocha: 'test/contracts', solidity: 'test/contracts' },
    ...build,
  },
  coverage: { skipFiles: ['contracts/mocks/**'] },
  test: {
    mocha: {
      timeout: 60_000,
      reporter: fileURLToPath(new URL('./scripts/suites/mocha-reporter.mjs', import.meta.url)),
    },
    solidity: {
      profiles: {
        default: {
          fuzz: { runs: 256, ...seed },
          invariant: { runs: 3, depth: 64, ...invariant },
        },
        // `npm run fuzz`: 37 campaigns x 60 runs x 100 calls are 222,000 calls of a ledger, and the two tests of the walks compare
        // 10,000 x 104 sales each.
        long: {
          fuzz: { runs: 10_000, ...seed },
          invariant: { runs: 60, depth: 100, ...invariant },
        },
      },
    },
  },
  typechain: { outDir: 'types', tsNocheck: true },
});
