import { commissionLedgerAbi } from '@plumbline/protocol';
import { createConfig } from 'ponder';
import { http } from 'viem';

const { BENCH_RPC_URL, BENCH_LEDGER, BENCH_START_BLOCK, DATABASE_URL } = process.env;

export default createConfig({
  database: { kind: 'postgres', connectionString: DATABASE_URL },
  networks: {
    local: {
      chainId: 31_337,
      // Its ranges of blocks are wide, and a ledger's blocks are full.
      transport: http(BENCH_RPC_URL, { maxResponseBodySize: false }),
      // The node is ours alone, so there is no need to limit requests.
      maxRequestsPerSecond: 250,
    },
  },
  contracts: {
    Ledger: {
      abi: commissionLedgerAbi,
      network: 'local',
      address: BENCH_LEDGER as `0x${string}`,
      startBlock: Number(BENCH_START_BLOCK),
    },
  },
});
