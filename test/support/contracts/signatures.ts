/** The messages that distributors and registrars sign, written from the manual and not from the contract's own code. */
import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import type { TypedDataDomain } from 'ethers';
import type { ICommissionLedger } from '../../../types/interfaces/ICommissionLedger.ts';
import { ethers } from './chain.ts';

const TYPES = {
  ClaimVoucher: { id: 'uint256', wallet: 'address', deadline: 'uint256' },
  WalletConsent: {
    id: 'uint256',
    from: 'address',
    to: 'address',
    nonce: 'uint256',
    deadline: 'uint256',
  },
  WithdrawTo: { id: 'uint256', wallet: 'address', to: 'address', nonce: 'uint256', deadline: 'uint256' },
} as const;
type MessageName = keyof typeof TYPES;

/** The domain in which a ledger's signatures count. */
export async function domainOf(ledger: ICommissionLedger): Promise<TypedDataDomain> {
  const { chainId } = await ethers.provider.getNetwork();
  return {
    name: 'Plumbline CommissionLedger',
    version: '1',
    chainId,
    verifyingContract: await ledger.getAddress(),
  };
}

/**
 * Signs a message of a ledger.
 * @param domain Another domain than the ledger's, for signatures that must not count.
 */
export async function sign<Name extends MessageName>(
  ledger: ICommissionLedger,
  signer: HardhatEthersSigner,
  name: Name,
  message: Record<keyof (typeof TYPES)[Name], unknown>,
  domain: TypedDataDomain = {},
): Promise<string> {
  const fields = Object.entries(TYPES[name]).map(([field, type]) => ({ name: field, type }));
  return signer.signTypedData({ ...(await domainOf(ledger)), ...domain }, { [name]: fields }, message);
}
