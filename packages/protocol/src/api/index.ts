/** The schemas of the HTTP API and their static types. Only this door needs TypeBox. */

export {
  DistributorResponse,
  DistributorsReceipt,
  DistributorsRequest,
  type PendingChange,
} from './distributors.ts';
export { freeText, ITEM_STATES, type ItemState } from './fields.ts';
export {
  type CreditLine,
  CreditsResponse,
  FiguresResponse,
  PayoutsResponse,
  PeriodsResponse,
} from './figures.ts';
export { LedgerResponse } from './ledger.ts';
export { LevelPageQuery, PageQuery, PeriodPageQuery, PeriodQuery } from './pages.ts';
export { PATTERN_WORDS } from './patterns.ts';
export { Problem } from './problem.ts';
export {
  ReversalReceipt,
  ReversalRequest,
  SaleReceipt,
  SaleRequest,
  SaleResponse,
  SalesReceipt,
  SalesRequest,
} from './sales.ts';
export { SearchQuery, SearchResponse, type SearchResult } from './search.ts';
export { StatusResponse, UpResponse } from './status.ts';
export {
  type Child,
  ChildrenResponse,
  DownlineResponse,
  LeadersResponse,
  TeamResponse,
  type UplineDistributor,
  UplineResponse,
} from './tree.ts';
