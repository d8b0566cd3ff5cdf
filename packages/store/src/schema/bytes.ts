/** The bytes of `0x` hex, as the tables keep hashes and packed records. */
export function toBytes(hex: string): Buffer {
  return Buffer.from(hex.slice(2), 'hex');
}
