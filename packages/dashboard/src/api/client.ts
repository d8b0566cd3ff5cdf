import { PlumblineError } from '@plumbline/protocol';
import type {
  ChildrenResponse,
  CreditsResponse,
  DistributorResponse,
  FiguresResponse,
  LedgerResponse,
  PeriodsResponse,
  SaleResponse,
  SearchResponse,
  UplineResponse,
} from '@plumbline/protocol/api';

/** The gateway refused a request, or could not be reached. `title` and `detail` are its own words if it gave any. */
export class ApiError extends PlumblineError {
  override name = 'ApiError';
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;

  constructor(status: number, title: string, detail: string, cause?: unknown) {
    const code = status === 0 ? 'gateway-unreachable' : 'gateway-refused';
    super(code, `${title}: ${detail}`, { cause, retryable: status === 0 || status >= 500 });
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

/** The gateway's API, as far as the pages need it. Every call rejects with ApiError, or with the signal's reason. */
export const api = {
  ledger: (signal: AbortSignal) => read<LedgerResponse>('ledger', {}, signal),
  search: (q: string, signal: AbortSignal) => read<SearchResponse>('search', { q }, signal),
  /** @param id Distributor id, wallet, or `ref:` and the company's reference. */
  distributor: (id: string, signal: AbortSignal) =>
    read<DistributorResponse>(`distributors/${encodeURIComponent(id)}`, {}, signal),
  figures: (id: string, signal: AbortSignal) =>
    read<FiguresResponse>(`distributors/${encodeURIComponent(id)}/figures`, {}, signal),
  /** The newest month only. */
  newestPeriod: (id: string, signal: AbortSignal) =>
    read<PeriodsResponse>(`distributors/${encodeURIComponent(id)}/periods`, { limit: '1' }, signal),
  upline: (id: string, cursor: string | null, signal: AbortSignal) =>
    read<UplineResponse>(`distributors/${encodeURIComponent(id)}/upline`, { limit: '20', cursor }, signal),
  children: (id: string, cursor: string | null, signal: AbortSignal) =>
    read<ChildrenResponse>(
      `distributors/${encodeURIComponent(id)}/children`,
      { limit: '10', cursor },
      signal,
    ),
  credits: (id: string, cursor: string | null, signal: AbortSignal) =>
    read<CreditsResponse>(`distributors/${encodeURIComponent(id)}/credits`, { limit: '10', cursor }, signal),
  /** @param ref External id or `12-7`. */
  sale: (ref: string, signal: AbortSignal) =>
    read<SaleResponse>(`sales/${encodeURIComponent(ref)}`, {}, signal),
};

async function read<T>(path: string, query: Record<string, string | null>, signal: AbortSignal): Promise<T> {
  const url = new URL(`v1/${path}`, document.baseURI);
  url.hash = '';
  for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, value);
  let response: Response;
  try {
    response = await fetch(url, {
      signal,
      headers: { accept: 'application/json, application/problem+json' },
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(0, 'No answer', 'the gateway could not be reached', cause);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const problem = (body ?? {}) as { title?: string; detail?: string };
  throw new ApiError(response.status, problem.title ?? `HTTP ${response.status}`, problem.detail ?? '');
}
