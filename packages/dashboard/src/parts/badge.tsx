import type { ReactNode } from 'react';
import { type Tone, ToneIcon } from './tone-icon.tsx';

/** A short verdict: colour, icon and words all say the same. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`badge ${tone}`}>
      <ToneIcon tone={tone} />
      {children}
    </span>
  );
}
