import { api } from '../api/client.ts';
import { month } from '../format.ts';
import { Card } from '../parts/card.tsx';
import { Figure } from '../parts/figure.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Money } from '../parts/money.tsx';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';

const words = text.distributor;

/** Commissions less own purchases, and the volumes of the newest month. */
export function NetCard({ id }: { id: number }) {
  const loaded = useAsync(`figures ${id}`, async (signal) => {
    const [{ lifetime }, { periods }] = await Promise.all([
      api.figures(String(id), signal),
      api.newestPeriod(String(id), signal),
    ]);
    return { lifetime, newest: periods[0] };
  });
  return (
    <Card heading={words.net}>
      <LoadedView of={loaded} lines={2}>
        {({ lifetime, newest }) => (
          <dl className="figures">
            <Figure name={words.net} value={<Money units={lifetime.netUnits} />} about={words.netAbout} />
            <Figure name={words.purchases} value={<Money cents={lifetime.purchasesCents} />} />
            {newest ? (
              <>
                <Figure
                  name={words.retailIn(month(newest.period))}
                  value={<Money cents={difference(newest.soldCents.retail, newest.reversedCents.retail)} />}
                />
                <Figure
                  name={words.teamIn(month(newest.period))}
                  value={<Money cents={difference(newest.teamCents, newest.reversedTeamCents)} />}
                />
              </>
            ) : null}
          </dl>
        )}
      </LoadedView>
    </Card>
  );
}

function difference(amount: string, less: string): bigint {
  return BigInt(amount) - BigInt(less);
}
