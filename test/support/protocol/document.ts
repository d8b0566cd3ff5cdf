import { readFileSync } from 'node:fs';

/** The page that says to the bit what a ledger stores and logs. */
export const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** The values of the page's example blocks by name. */
export function examplesOf(text: string): Map<string, string> {
  const blocks = [...text.matchAll(/^```example\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  const lines = blocks.flatMap((block) => block.trimEnd().split('\n'));
  return new Map(
    lines.map((line) => {
      const at = line.indexOf(' = ');
      return [line.slice(0, at), line.slice(at + 3)];
    }),
  );
}
