import { Badge } from '../parts/badge.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Money } from '../parts/money.tsx';
import { useProgramme } from '../state/programme.ts';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';

const words = text.distributor;

/** What a distributor is owed by the ledger's storage, beside what the gateway claims. */
export function OwedNow({ id, claimed }: { id: number; claimed: bigint }) {
  const { chain, rpcUrl, symbol, amounts } = useProgramme();
  // Read again whenever the gateway's figure changes, so that both are of the same time.
  const owed = useAsync(`owed ${rpcUrl} ${id} ${claimed}`, () => chain.owedTo(id));
  return (
    <LoadedView of={owed} lines={2}>
      {(amount) => (
        <p className="owed-now" role="status">
          <span className="owed-amount">
            <Money units={amount} />
          </span>
          {amount === claimed ? (
            <Badge tone="good">{words.equal}</Badge>
          ) : (
            <Badge tone="bad">{words.differs(`${amounts.units(claimed)} ${symbol}`)}</Badge>
          )}
          <span className="source">{words.owedAbout}</span>
        </p>
      )}
    </LoadedView>
  );
}
