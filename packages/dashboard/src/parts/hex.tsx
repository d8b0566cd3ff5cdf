import { short } from '../format.ts';

/** A hash or an address: shortened, with all of it in the tooltip. `whole` shows all of it. */
export function Hex({ value, whole = false }: { value: string; whole?: boolean }) {
  return (
    <code className="hex" title={value}>
      {whole ? value : short(value)}
    </code>
  );
}
