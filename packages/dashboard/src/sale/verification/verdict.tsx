import type { SaleResponse } from '@plumbline/protocol/api';
import { time } from '../../format.ts';
import { type Tone, ToneIcon } from '../../parts/tone-icon.tsx';
import { text } from '../../text.ts';
import type { Verification } from '../../verify/checks.ts';

const words = text.verification;
const tones: Record<Verification['verdict'], Tone> = { agrees: 'good', disagrees: 'bad', unverified: 'warn' };

/** The final badge, and what it means in a sentence; read out when it changes. */
export function Verdict({ result, sale }: { result: Verification | undefined; sale: SaleResponse }) {
  const tone = result ? tones[result.verdict] : 'calm';
  return (
    <p className={`verdict ${tone}`} role="status" data-verdict={result?.verdict ?? 'running'}>
      <ToneIcon tone={tone} />
      <strong>{result ? words.badges[result.verdict] : words.running}</strong>
      {result ? <span>{sentenceOf(result, sale)}</span> : null}
    </p>
  );
}

function sentenceOf(result: Verification, sale: SaleResponse): string {
  if (result.verdict === 'unverified') return words.unverified;
  if (result.verdict === 'disagrees') {
    const differing = result.checks.filter((check) => check.state === 'differs');
    return words.disagrees(differing.map((check) => words.checks[check.name][0]).join(', '));
  }
  if (result.settled) return words.settledAgrees;
  const until = sale.settlesAt ?? 0;
  return until * 1_000 > Date.now() ? words.openAgrees(time(until)) : words.dueAgrees;
}
