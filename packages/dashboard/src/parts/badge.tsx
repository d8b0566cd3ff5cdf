import type { ReactNode } from 'react';
import { Sign, type Tone } from './tone-icon.tsx';

/** A short judgement: its colour, its sign and its words all say the same. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`badge ${tone}`}>
      <Sign tone={tone} />
      {children}
    </span>
  );
}
