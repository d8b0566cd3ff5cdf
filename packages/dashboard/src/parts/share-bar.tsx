import type { ReactNode } from 'react';

interface Part {
  name: string;
  amount: bigint;
  value: ReactNode;
}

const WIDTH = 1_000;

/** A part that is not 0 is at least this wide, so that it can be seen. */
const MIN_WIDTH = 6;

/** Parts of a whole as one bar, with a legend that says the same in figures. */
export function ShareBar({ parts }: { parts: Part[] }) {
  const whole = parts.reduce((sum, part) => sum + part.amount, 0n);
  const widths = parts.map(({ amount }) =>
    amount === 0n ? 0 : Math.max(MIN_WIDTH, Number((amount * BigInt(WIDTH)) / whole)),
  );
  return (
    <div className="share">
      <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {parts.map((part, i) => (
          <rect
            key={part.name}
            className={`share-${i}`}
            x={widths.slice(0, i).reduce((sum, width) => sum + width, 0)}
            width={i === parts.length - 1 ? WIDTH : widths[i]}
            height="10"
          />
        ))}
      </svg>
      <dl>
        {parts.map((part, i) => (
          <div key={part.name} className={`share-${i}`}>
            <dt>{part.name}</dt>
            <dd>{part.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
