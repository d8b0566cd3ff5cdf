import { AbiCoder, keccak256 } from 'ethers';
import type { ICommissionLedger } from '../../../types/interfaces/ICommissionLedger.ts';
import { ethers, networkHelpers } from './chain.ts';

/** Storage slot of a ledger's sums and counters. */
const SLOT = 1;
/** First bit and number of bits of the counters that no test can fill by calls alone. */
const COUNTERS = {
  entries: [150n, 32n],
  fragments: [182n, 24n],
  due: [222n, 16n],
  plans: [238n, 16n],
} as const;

/** Sets a counter as if so many had come before. */
export async function setCounter(
  ledger: ICommissionLedger,
  counter: keyof typeof COUNTERS,
  value: bigint,
): Promise<void> {
  const [at, bits] = COUNTERS[counter];
  const address = await ledger.getAddress();
  const word = BigInt(await ethers.provider.getStorage(address, SLOT));
  const others = word & ~(((1n << bits) - 1n) << at);
  await networkHelpers.setStorageAt(address, SLOT, others | (value << at));
}

/** Storage slot of the recorders' words by key. */
const RECORDERS = 4;

/** Sets how many batches a recorder has recorded, as if so many had come before. */
export async function setSequence(ledger: ICommissionLedger, key: string, value: bigint): Promise<void> {
  const slot = keccak256(AbiCoder.defaultAbiCoder().encode(['address', 'uint256'], [key, RECORDERS]));
  const address = await ledger.getAddress();
  const word = BigInt(await ethers.provider.getStorage(address, slot));
  await networkHelpers.setStorageAt(address, slot, (word & ~(0xffffffn << 8n)) | (value << 8n));
}
