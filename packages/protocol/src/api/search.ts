import { type Static, Type } from 'typebox';
import { freeText } from './fields.ts';

export const SearchQuery = Type.Object({ q: freeText({ minLength: 1, maxLength: 200 }) });

const SearchResult = Type.Union([
  Type.Object({ type: Type.Literal('distributor'), id: Type.Integer(), label: Type.String() }),
  Type.Object({ type: Type.Literal('sale'), ref: Type.String(), label: Type.String() }),
]);

/** A distributor, or a sale: its `ref` is the external id or its place on the ledger, such as `12-7`. */
export type SearchResult = Static<typeof SearchResult>;

export const SearchResponse = Type.Object({ results: Type.Array(SearchResult) });
export type SearchResponse = Static<typeof SearchResponse>;
