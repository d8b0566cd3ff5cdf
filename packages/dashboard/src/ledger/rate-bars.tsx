import { rate } from '../format.ts';
import { text } from '../text.ts';

/** The rate of each level as a bar; the widest is the highest rate. */
export function RateBars({ rates }: { rates: readonly number[] }) {
  const highest = Math.max(1, ...rates);
  const rungs = rates.map((bps, level) => ({
    name: level === 0 ? text.plan.seller : text.plan.level(level),
    bps,
  }));
  return (
    <ol className="rate-bars" aria-label={text.plan.rates}>
      {rungs.map(({ name, bps }) => (
        <li key={name}>
          <span>{name}</span>
          <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect width={(100 * bps) / highest} height="4" />
          </svg>
          <span className="numeric">{rate(bps)}</span>
        </li>
      ))}
    </ol>
  );
}
