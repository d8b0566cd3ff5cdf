import { useProgramme } from '../state/programme.ts';

/** An amount with its token: units, or cents. */
export function Money(props: { units: bigint | string } | { cents: bigint | string }) {
  const { symbol, amounts } = useProgramme();
  return (
    <span className="money">
      {'units' in props ? amounts.units(props.units) : amounts.cents(props.cents)} <small>{symbol}</small>
    </span>
  );
}
