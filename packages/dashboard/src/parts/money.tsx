import { cents, units } from '../format.ts';
import { useProgramme } from '../state/programme.ts';

/** An amount with its token: base units, or cents. */
export function Money(props: { units: bigint | string } | { cents: bigint | string }) {
  const { symbol } = useProgramme();
  return (
    <span className="money">
      {'units' in props ? units(props.units) : cents(props.cents)} <small>{symbol}</small>
    </span>
  );
}
