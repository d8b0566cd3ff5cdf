import { type Address, encodeAbiParameters, type Hex, keccak256, numberToHex } from 'viem';

/** Where a ledger keeps what no view shows. Twin of contracts/ledger/LedgerBase.sol. */

const FRAGMENTS = 7n;
const AFTER_FRAGMENTS = FRAGMENTS + (1n << 24n);

const BATCHES = 2n;
const RECORDERS = 4n;
const FLAGS = AFTER_FRAGMENTS;
const QUEUE = AFTER_FRAGMENTS + 2n;
const ERAS = AFTER_FRAGMENTS + 3n;
const CHANGES = AFTER_FRAGMENTS + 4n;
const ACTS = AFTER_FRAGMENTS + 7n;

export const QUEUE_SLOT = numberToHex(QUEUE);

export function batchSlot(batch: number): Hex {
  return slotIn('uint256', BigInt(batch), BATCHES);
}

export function recorderSlot(key: Address): Hex {
  return slotIn('address', key, RECORDERS);
}

export function flagSlot(flag: number): Hex {
  const first = BigInt(keccak256(numberToHex(FLAGS, { size: 32 })));
  return numberToHex(BigInt.asUintN(256, first + BigInt(flag) - 1n), { size: 32 });
}

export function eraSlot(era: number): Hex {
  return slotIn('uint256', BigInt(era), ERAS);
}

export function changeSlot(change: number): Hex {
  return slotIn('uint256', BigInt(change), CHANGES);
}

export function actSlot(act: Hex): Hex {
  return slotIn('bytes32', act, ACTS);
}

function slotIn(type: 'uint256' | 'address' | 'bytes32', key: bigint | Hex, mapping: bigint): Hex {
  return keccak256(encodeAbiParameters([{ type }, { type: 'uint256' }], [key, mapping] as never));
}

/** The bits of a storage word from `at`, so many. */
export function bitsAt(word: bigint, at: number, size: number): bigint {
  return BigInt.asUintN(size, word >> BigInt(at));
}
