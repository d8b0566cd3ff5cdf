import { text } from '../text.ts';

/** Stands for content that is being loaded. */
export function Pulse({ lines }: { lines: number }) {
  return (
    <div className="pulse" role="status" aria-label={text.loading}>
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <span key={line} />
      ))}
    </div>
  );
}
