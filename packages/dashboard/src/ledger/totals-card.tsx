import { count } from '../format.ts';
import { Card } from '../parts/card.tsx';
import { Figure } from '../parts/figure.tsx';
import { Money } from '../parts/money.tsx';
import { useProgramme } from '../state/programme.ts';
import { text } from '../text.ts';

const words = text.totals;

/** How much the programme has sold, net of returns, and credited, by the gateway's books. */
export function TotalsCard() {
  const { ledger, amounts } = useProgramme();
  const { totals } = ledger;
  const net = (gross: string, back: string) => BigInt(gross) - BigInt(back);
  const gross = (amount: string, back: string) =>
    back === '0' ? undefined : words.gross(amounts.cents(amount), amounts.cents(back));
  return (
    <Card heading={words.heading} className="totals">
      <dl className="figures">
        <Figure name={words.distributors} value={count(totals.distributors)} />
        <Figure
          name={words.sales}
          value={count(totals.sales)}
          about={totals.pendingSales > 0 ? words.pending(count(totals.pendingSales)) : undefined}
        />
        <Figure
          name={words.price}
          value={<Money cents={net(totals.priceCents, totals.reversedPriceCents)} />}
          about={gross(totals.priceCents, totals.reversedPriceCents)}
        />
        <Figure
          name={words.volume}
          value={<Money cents={net(totals.volumeCents, totals.reversedVolumeCents)} />}
          about={gross(totals.volumeCents, totals.reversedVolumeCents)}
        />
        <Figure name={words.credited} value={<Money units={totals.creditedUnits} />} />
        {totals.openedUnits === '0' ? null : (
          <Figure name={words.opened} value={<Money units={totals.openedUnits} />} />
        )}
        {totals.lateRefundCents === '0' ? null : (
          <Figure
            name={words.lateRefunds}
            value={<Money cents={totals.lateRefundCents} />}
            about={words.lateRefundsAbout}
          />
        )}
        <Figure name={words.paid} value={<Money units={totals.paidUnits} />} />
      </dl>
    </Card>
  );
}
