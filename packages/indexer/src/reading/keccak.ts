import type { Keccak } from '@plumbline/protocol';
import { createKeccak } from 'hash-wasm';

/** Keccak-256 in WebAssembly: several times as fast as the one that runs everywhere, and folding is mostly hashing. */
const hasher = await createKeccak(256);

export const keccak: Keccak = (bytes) => hasher.init().update(bytes).digest('binary');
