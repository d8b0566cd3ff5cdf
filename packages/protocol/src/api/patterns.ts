/** Patterns of fields in requests, and the words with which a mismatch is refused. */

export const CENTS_PATTERN = '^(0|[1-9][0-9]{0,9})$';
/** Not the zero address: the ledger reads it as "no wallet yet", which a request says by leaving the wallet out. */
export const WALLET_PATTERN = '^0x(?!0{40}$)[0-9a-fA-F]{40}$';
export const LIMIT_PATTERN = '^[1-9][0-9]{0,2}$';
export const LEVEL_PATTERN = '^[1-9][0-9]{0,7}$';
export const PERIOD_PATTERN = '^[1-9][0-9]{3}(0[1-9]|1[0-2])$';
/** Matched by code point, so that only half a surrogate pair is refused. */
export const TEXT_PATTERN = '^[^\\u0000\\ud800-\\udfff]*$';

export const PATTERN_WORDS: Readonly<Record<string, string>> = {
  [CENTS_PATTERN]: 'must be a whole number of cents in decimal digits, e.g. "1999"',
  [WALLET_PATTERN]: 'must be an address: 0x and 40 hexadecimal digits, not all of them 0',
  [LIMIT_PATTERN]: 'must be a whole number from 1 to 200',
  [LEVEL_PATTERN]: 'must be a whole number from 1',
  [PERIOD_PATTERN]: 'must be a year and a month, e.g. 202603',
  [TEXT_PATTERN]: 'must be text of whole characters: no U+0000 and no half of a surrogate pair',
};
