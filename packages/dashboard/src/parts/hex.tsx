import { short } from '../format.ts';

/** A hash or an address: shortened to the eye, whole to a pointer, a copy and a screen reader. */
export function Hex({ value, whole = false }: { value: string; whole?: boolean }) {
  return (
    <code className="hex" title={value}>
      {whole ? value : short(value)}
    </code>
  );
}
