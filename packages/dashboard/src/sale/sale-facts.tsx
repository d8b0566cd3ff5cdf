import type { SaleResponse } from '@plumbline/protocol/api';
import type { ReactNode } from 'react';
import { Card } from '../parts/card.tsx';
import { Definitions } from '../parts/definitions.tsx';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { Hex } from '../parts/hex.tsx';
import { Money } from '../parts/money.tsx';
import { text } from '../text.ts';

const words = text.sale;

/** What the gateway says about the sale. */
export function SaleFacts({ sale }: { sale: SaleResponse }) {
  const rows: [string, ReactNode][] = [
    [
      words.seller,
      sale.seller === null ? (
        sale.sellerReference
      ) : (
        <DistributorLink key="seller" id={sale.seller} reference={sale.sellerReference} />
      ),
    ],
    [words.buyer, words.classes[sale.class]],
    [words.price, <Money key="price" cents={sale.priceCents} />],
    [words.volume, <Money key="volume" cents={sale.volumeCents} />],
  ];
  if (sale.reversed.priceCents !== '0') {
    rows.push([words.reversed, <Money key="reversed" cents={sale.reversed.priceCents} />]);
  }
  if (sale.countedCents !== null) {
    rows.push([words.counted, <Money key="counted" cents={sale.countedCents} />]);
  }
  if (sale.transactionHash) {
    rows.push([words.transaction, <Hex key="transaction" value={sale.transactionHash} />]);
  }
  return (
    <Card heading={words.facts}>
      <Definitions rows={rows} />
    </Card>
  );
}
