import type { ReactNode } from 'react';
import { type Amounts, duration, rate, time } from '../../format.ts';
import { Hex } from '../../parts/hex.tsx';
import { useProgramme } from '../../state/programme.ts';
import { text } from '../../text.ts';
import type { FactName } from '../../verify/checks.ts';

const inCents = (value: string, amounts: Amounts) => amounts.cents(value);
const inUnits = (value: string, amounts: Amounts) => amounts.units(value);
const asRate = (value: string) => rate(Number(value));
const asTime = (value: string) => time(Number(value));
const asSpan = (value: string) => duration(Number(value));
const asAnswer = (value: string) => (value === 'true' ? text.yes : text.no);
const asDistributor = (value: string) => (value === '0' ? text.noDistributor : text.distributorName(value));

const forms: Partial<Record<FactName, (value: string, amounts: Amounts) => string>> = {
  bps: asRate,
  capPeriod: asSpan,
  class: (value) => text.sale.classes[value as keyof typeof text.sale.classes] ?? value,
  compact: asAnswer,
  counted: inCents,
  delay: asSpan,
  lastChange: (value) => (value === '0' ? text.nothing : text.change(value)),
  movedFrom: asDistributor,
  payee: asDistributor,
  planNotice: asSpan,
  price: inCents,
  proof: asAnswer,
  recordedAt: asTime,
  returnWindow: asSpan,
  reversedPrice: inCents,
  reversedVolume: inCents,
  seller: asDistributor,
  settled: asAnswer,
  settlesAt: asTime,
  startsAt: asTime,
  status: (value) => text.statuses[Number(value)] ?? value,
  total: inUnits,
  units: inUnits,
  upline: asDistributor,
  volume: inCents,
  weight: asRate,
};

/** The value of a fact in the format of its kind; a value that does not fit the format is shown as it is. */
export function FactValue({ what, value }: { what: FactName; value: string }): ReactNode {
  const { amounts } = useProgramme();
  if (value === '') return <em>{text.nothing}</em>;
  if (value.startsWith('0x')) return <Hex value={value} whole />;
  const form = forms[what];
  if (!form) return value;
  try {
    return form(value, amounts);
  } catch {
    return value;
  }
}
