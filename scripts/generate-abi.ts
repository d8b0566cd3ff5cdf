/**
 * Writes the ABIs that the packages use, from the compiled contracts.
 *   npm run generate:abi              writes
 *   npm run generate:abi -- --check   fails if the file is not what the contracts say
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const target = join(root, 'packages/protocol/src/abi.generated.ts');
/** The ledger's manual has all it can do; the errors of its two parts' libraries are only in their own ABIs. */
const sources: Record<string, string[]> = {
  commissionLedgerAbi: [
    'contracts/interfaces/ICommissionLedger.sol',
    'contracts/CommissionLedger.sol',
    'contracts/LedgerPowers.sol',
  ],
  ledgerFactoryAbi: ['contracts/LedgerFactory.sol'],
  storefrontAbi: ['contracts/Storefront.sol'],
  testDollarAbi: ['contracts/mocks/TestDollar.sol'],
};

interface AbiItem {
  type: string;
}

function readAbi(source: string): AbiItem[] {
  const name = source.replace(/^.*\/|\.sol$/g, '');
  const artifact = join(root, 'artifacts', source, `${name}.json`);
  if (!existsSync(artifact)) {
    throw new Error(`${relative(root, artifact)} is missing: write ${source} and run "npm run build" first.`);
  }
  return (JSON.parse(readFileSync(artifact, 'utf8')) as { abi: AbiItem[] }).abi;
}

/** A contract's constructor and fallback are nobody's to call. */
function isPublic(item: AbiItem): boolean {
  return item.type === 'function' || item.type === 'event' || item.type === 'error';
}

function render(): string {
  const header = '// Generated from the compiled contracts by "npm run generate:abi". Do not edit.\n';
  const parts = Object.entries(sources).map(([name, files]) => {
    const items = new Set(
      files
        .flatMap(readAbi)
        .filter(isPublic)
        .map((item) => `  ${JSON.stringify(item)},\n`),
    );
    return `\n/** The ABI of \`${files[0]}\`. */\nexport const ${name} = [\n${[...items].join('')}] as const;\n`;
  });
  return header + parts.join('');
}

try {
  const wanted = render();
  const found = existsSync(target) ? readFileSync(target, 'utf8') : '';
  if (!process.argv.includes('--check')) writeFileSync(target, wanted);
  else if (found !== wanted) {
    throw new Error(`${relative(root, target)} is not what the contracts say: run "npm run generate:abi".`);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
