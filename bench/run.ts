/** `npm run bench -- NAME`: runs one benchmark; its figures are JSON on the last line. */
const benches: Record<string, () => Promise<{ run(): Promise<unknown> }>> = {
  gas: () => import('./gas.ts'),
  import: () => import('./import.ts'),
  indexer: () => import('./indexer.ts'),
};

const [name = ''] = process.argv.slice(2);
const load = benches[name];
if (!load) {
  console.error(`bench: name one of ${Object.keys(benches).join(', ')}, not ${JSON.stringify(name)}`);
  process.exit(2);
}
const { run } = await load();
console.log(JSON.stringify({ [name]: await run() }));
process.exit(0);
