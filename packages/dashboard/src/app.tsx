import { useMemo } from 'react';
import { api } from './api/client.ts';
import { openLedgerChain } from './chain/ledger-chain.ts';
import { amountsOf } from './format.ts';
import { NodeField } from './parts/node-field.tsx';
import { Problem } from './parts/problem.tsx';
import { Skeleton } from './parts/skeleton.tsx';
import { parseRoute, useHash } from './router.ts';
import { RoutedPage } from './site/routed-page.tsx';
import { SiteFooter } from './site/site-footer.tsx';
import { SiteHeader } from './site/site-header.tsx';
import { ProgrammeProvider } from './state/programme.ts';
import { useAsync } from './state/use-async.ts';
import { useRpcUrl } from './state/use-rpc-url.ts';
import { text } from './text.ts';

const POLL_MS = 10_000;
/** Of a unit, if the gateway does not say: the ledger counts in base units of a token of 6 decimals. */
const USUAL_DECIMALS = 6;

/** The page: loads the ledger, opens the reader's node and shows the route. */
export function App() {
  const route = parseRoute(useHash());
  const { value: ledger, error, again } = useAsync('ledger', api.ledger, POLL_MS);
  const [ownUrl, setRpcUrl] = useRpcUrl();
  const rpcUrl = ownUrl ?? ledger?.rpcUrl ?? '';
  const { ledger: address, startBlock = 0 } = ledger ?? {};
  const chain = useMemo(
    () => (address ? openLedgerChain(rpcUrl, address, startBlock) : undefined),
    [rpcUrl, address, startBlock],
  );
  const symbol = useAsync(`symbol ${rpcUrl} ${ledger?.token}`, async () =>
    chain && ledger ? chain.symbolOf(ledger.token) : text.token,
  );

  const unitDecimals = ledger?.unitDecimals ?? USUAL_DECIMALS;
  const amounts = useMemo(() => amountsOf(unitDecimals), [unitDecimals]);

  if (!ledger || !chain) {
    return (
      <>
        <SiteHeader withSearch={false} />
        <main className="page">
          {error ? <Problem error={error} retry={again} /> : <Skeleton lines={6} />}
        </main>
      </>
    );
  }
  return (
    <ProgrammeProvider
      value={{ ledger, chain, rpcUrl, setRpcUrl, symbol: plain(symbol.value) ?? text.token, amounts }}
    >
      <button type="button" className="skip" onClick={focusContent}>
        {text.skip}
      </button>
      <SiteHeader withSearch={route.page !== 'home'} />
      {error ? (
        <p className="stale" role="status">
          {text.stale}
        </p>
      ) : null}
      {rpcUrl === '' ? (
        <section className="page" aria-label={text.noNode}>
          <p role="status">{text.noNode}</p>
          <NodeField />
        </section>
      ) : null}
      <RoutedPage route={route} />
      <SiteFooter ledger={ledger} />
    </ProgrammeProvider>
  );
}

/** The token's contract can return anything as its symbol; only a short plain one is shown. */
function plain(symbol: string | undefined): string | undefined {
  return symbol !== undefined && /^[\w.$+-]{1,12}$/.test(symbol) ? symbol : undefined;
}

/** Not a link, because what follows `#` is the route. */
function focusContent(): void {
  document.querySelector<HTMLElement>('main')?.focus();
}
