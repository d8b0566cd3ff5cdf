/** Gas by two keys. */
export type Figures = Record<string, Record<string, number>>;

interface Results {
  disjoint: Record<string, Figures>;
  ranked: Record<string, Figures>;
  differential: Record<string, Figures>;
  floor: Record<string, Figures>;
  oneByOne: Figures;
  random10k: Record<string, number>;
  single: Figures;
  worstPacking: Record<string, number>;
  return: Record<string, number>;
  walks: Record<string, Figures>;
  createLedger?: number;
  enrol?: number;
  withdraw?: number;
  payOut100?: number;
}

/** Prints what a sale costs, by levels and size of batch, how it compares, and what else is measured. */
export function printTable(results: Results): void {
  const { disjoint, floor } = results;
  const rows: Record<string, Record<string, string>> = {};
  for (const [way, levels, size, gas] of listSales(disjoint)) {
    const bare = floor[way]?.[levels]?.[size];
    const multisend = disjoint.multisend?.[levels]?.[size];
    rows[`${way} ${levels} ${size}`] = {
      gas: whole(gas),
      'to the floor': bare ? ratio(gas, bare) : '',
      'to multisend': multisend && way !== 'multisend' ? ratio(gas, multisend) : '',
    };
  }
  for (const plan of ['ranked', 'differential'] as const) {
    for (const [way, levels, size, gas] of listSales(results[plan])) {
      rows[`${plan} ${way} ${levels} ${size}`] = { gas: whole(gas) };
    }
  }
  const byWay = {
    ...results.oneByOne,
    ...prefixed('single', results.single),
    ...prefixed('plain walk', results.walks.plain),
    ...prefixed('walk of levels', results.walks.levels),
    'random 10k': results.random10k,
    'worst packing': results.worstPacking,
    return: results.return,
  };
  for (const [way, figures] of Object.entries(byWay)) {
    for (const [key, gas] of Object.entries(figures)) rows[`${way} ${key}`] = { gas: whole(gas) };
  }
  for (const call of ['createLedger', 'enrol', 'withdraw', 'payOut100'] as const) {
    rows[call] = { gas: whole(results[call] ?? 0) };
  }
  console.table(rows);
}

/** Way, levels, size of batch, gas. */
function listSales(figures: Record<string, Figures>): [string, string, string, number][] {
  return Object.entries(figures).flatMap(([way, byLevels]) =>
    Object.entries(byLevels).flatMap(([levels, bySize]) =>
      Object.entries(bySize).map(([size, gas]): [string, string, string, number] => [way, levels, size, gas]),
    ),
  );
}

function prefixed(prefix: string, figures: Figures = {}): Figures {
  return Object.fromEntries(Object.entries(figures).map(([key, each]) => [`${prefix} ${key}`, each]));
}

function whole(gas: number): string {
  return Math.round(gas).toLocaleString('en');
}

function ratio(gas: number, to: number): string {
  return (gas / to).toFixed(2);
}
