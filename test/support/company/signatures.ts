import type { Address, Hex } from 'viem';
import { signTypedData } from 'viem/accounts';

/** The messages that distributors and registrars sign, by EIP-712. */

const uint256 = (name: string) => ({ name, type: 'uint256' });
const address = (name: string) => ({ name, type: 'address' });

const TYPES = {
  ClaimVoucher: [uint256('id'), address('wallet'), uint256('deadline')],
  WalletConsent: [uint256('id'), address('from'), address('to'), uint256('nonce'), uint256('deadline')],
  WithdrawTo: [uint256('id'), address('wallet'), address('to'), uint256('nonce'), uint256('deadline')],
};

/** Signs a message for one ledger. */
export function signMessage(
  { chainId, ledger }: { chainId: number; ledger: Address },
  privateKey: Hex,
  primaryType: keyof typeof TYPES,
  message: Record<string, bigint | Address>,
): Promise<Hex> {
  const domain = { name: 'Plumbline CommissionLedger', version: '1', chainId, verifyingContract: ledger };
  return signTypedData({ privateKey, domain, types: TYPES, primaryType, message } as never);
}
