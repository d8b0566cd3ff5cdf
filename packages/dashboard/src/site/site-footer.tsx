import type { LedgerResponse } from '@plumbline/protocol/api';
import { count, time } from '../format.ts';
import { Hex } from '../parts/hex.tsx';
import { text } from '../text.ts';

export function SiteFooter({ ledger }: { ledger: LedgerResponse }) {
  return (
    <footer className="site-footer">
      <span>
        {text.journal.ledger} <Hex value={ledger.ledger} />
      </span>
      <span>
        {text.journal.chain} {ledger.chainId}
      </span>
      <span>
        {text.journal.block} {count(ledger.blockNumber)}
        {ledger.blockTime === null ? null : `, ${time(ledger.blockTime)}`}
      </span>
    </footer>
  );
}
