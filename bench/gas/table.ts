type Figures = Record<string, Record<string, number>>;

interface Results {
  disjoint: Record<string, Figures>;
  floor: Record<string, Figures>;
  oneByOne: Figures;
  random10k: Record<string, number>;
  single: Figures;
  worstPacking: Record<string, number>;
}

/** Prints what a sale costs, by levels and size of batch, and how it compares. */
export function printTable({ disjoint, floor, oneByOne, random10k, single, worstPacking }: Results): void {
  const rows: Record<string, Record<string, string>> = {};
  for (const [way, byLevels] of Object.entries(disjoint)) {
    for (const [levels, bySize] of Object.entries(byLevels)) {
      for (const [size, gas] of Object.entries(bySize)) {
        const bare = floor[way]?.[levels]?.[size];
        const multisend = disjoint.multisend?.[levels]?.[size];
        rows[`${way} ${levels} ${size}`] = {
          gas: whole(gas),
          'to the floor': bare ? ratio(gas, bare) : '',
          'to multisend': multisend && way !== 'multisend' ? ratio(gas, multisend) : '',
        };
      }
    }
  }
  for (const [way, byLevels] of Object.entries({ ...oneByOne, ...prefixed('single', single) })) {
    for (const [levels, gas] of Object.entries(byLevels)) rows[`${way} ${levels}`] = { gas: whole(gas) };
  }
  for (const [way, gas] of Object.entries(random10k)) rows[`random 10k ${way}`] = { gas: whole(gas) };
  for (const [way, gas] of Object.entries(worstPacking)) rows[`worst packing ${way}`] = { gas: whole(gas) };
  console.table(rows);
}

function prefixed(prefix: string, figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([key, each]) => [`${prefix} ${key}`, each]));
}

function whole(gas: number): string {
  return Math.round(gas).toLocaleString('en');
}

function ratio(gas: number, to: number): string {
  return (gas / to).toFixed(2);
}
