import { Interface } from 'ethers';

/** Errors of OpenZeppelin's libraries, which are no part of a ledger's manual. */
export const libraries = {
  interface: new Interface([
    'error InvalidInitialization()',
    'error ReentrancyGuardReentrantCall()',
    'error SafeERC20FailedOperation(address token)',
  ]),
};

/** Name of the contract's error that a node answers with, in whichever words it does; undefined for anything else. */
export function errorNameOf(error: unknown, contract: Interface): string | undefined {
  const text = String(error);
  let found: string | undefined;
  contract.forEachError(({ name, selector }) => {
    if (text.includes(`'${name}(`) || text.includes(selector)) found = name;
  });
  return found;
}
