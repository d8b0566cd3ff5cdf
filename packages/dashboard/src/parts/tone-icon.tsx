export type Tone = 'good' | 'bad' | 'warn' | 'calm';

const PATHS: Record<Tone, string> = {
  good: 'M3.5 8.5l3 3 6-7',
  bad: 'M4 4l8 8M12 4l-8 8',
  warn: 'M8 3v6M8 12.2v.6',
  calm: 'M4 8h8',
};

/** A tick, a cross, an exclamation mark or a dash. */
export function ToneIcon({ tone }: { tone: Tone }) {
  return (
    <svg
      className="tone-icon"
      viewBox="0 0 16 16"
      width="14"
      height="14"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[tone]} fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
