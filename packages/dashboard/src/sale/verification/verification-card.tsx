import type { SaleResponse } from '@plumbline/protocol/api';
import { Card } from '../../parts/card.tsx';
import { NodeField } from '../../parts/node-field.tsx';
import { useVerification } from '../../state/use-verification.ts';
import { text } from '../../text.ts';
import { CheckList } from './check-list.tsx';
import { PayoutTable } from './payout-table.tsx';
import { Verdict } from './verdict.tsx';

const words = text.verification;

/** The recomputation of a sale's payout, check by check, once there is something to verify. */
export function VerificationCard({ sale }: { sale: SaleResponse }) {
  if (sale.ref === null) {
    return (
      <Card heading={words.heading} className="verification">
        <p className="soft">{words.waiting}</p>
      </Card>
    );
  }
  return <Verified sale={sale} />;
}

function Verified({ sale }: { sale: SaleResponse }) {
  const { checks, result, again } = useVerification(sale);
  const button = (
    <button type="button" className="quiet" onClick={again} disabled={!result}>
      {result ? words.again : words.running}
    </button>
  );
  return (
    <Card heading={words.heading} className="verification" aside={button}>
      <Verdict result={result} sale={sale} />
      {result?.payout ? (
        <PayoutTable payout={result.payout} upline={result.upline} plan={result.plan} sale={sale} />
      ) : null}
      <CheckList checks={checks} />
      <p className="soft">{words.about}</p>
      <NodeField />
    </Card>
  );
}
