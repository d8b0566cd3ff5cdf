import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runCommand } from './command/command.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'packages/protocol/src/abi.generated.ts');
/** The ledger's manual has all it can do; the errors that only its parts raise are in their own ABIs. */
const sources: Record<string, string[]> = {
  commissionLedgerAbi: [
    'contracts/interfaces/ICommissionLedger.sol',
    'contracts/CommissionLedger.sol',
    'contracts/LedgerPowers.sol',
    'contracts/LedgerChanges.sol',
  ],
  ledgerFactoryAbi: ['contracts/LedgerFactory.sol'],
  storefrontAbi: ['contracts/Storefront.sol'],
};

interface AbiItem {
  type: string;
}

function readAbi(source: string): AbiItem[] {
  const name = source.replace(/^.*\/|\.sol$/g, '');
  const artifact = join(root, 'artifacts', source, `${name}.json`);
  if (!existsSync(artifact)) {
    throw new Error(`${relative(root, artifact)} is missing: run "npm run setup" first`);
  }
  return (JSON.parse(readFileSync(artifact, 'utf8')) as { abi: AbiItem[] }).abi;
}

/** Nobody calls a constructor or a fallback by name. */
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

await runCommand(
  {
    command: 'npm run generate:abi --',
    summary: 'Writes the ABIs that the packages use, from the compiled contracts.',
    options: {
      check: {
        type: 'boolean',
        default: false,
        help: 'write nothing, and fail if the file is not up to date',
      },
    },
  },
  ({ values }) => {
    const wanted = render();
    const found = existsSync(target) ? readFileSync(target, 'utf8') : '';
    if (!values.check) writeFileSync(target, wanted);
    else if (found !== wanted) {
      throw new Error(`${relative(root, target)} does not match the contracts: run "npm run generate:abi"`);
    }
    return 0;
  },
);
