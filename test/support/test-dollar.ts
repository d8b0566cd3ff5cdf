import { erc20Abi, parseAbi } from 'viem';

/** The ABI of the token of local ledgers, which anybody may mint. */
export const testDollarAbi = [
  ...erc20Abi,
  ...parseAbi(['function mint(address to, uint256 amount)']),
] as const;
