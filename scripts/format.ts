import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runCommand } from './command/command.ts';

const root = join(import.meta.dirname, '..');
const tool = (path: string) => join(root, 'node_modules', path);

const formatters = [
  [tool('@biomejs/biome/bin/biome'), 'check', '--write', '.'],
  [tool('prettier/bin/prettier.cjs'), '--write', 'contracts/**/*.sol', 'test/contracts/**/*.sol'],
];

await runCommand(
  { command: 'npm run format --', summary: "Formats everything, and applies the linter's safe fixes." },
  () => {
    const run = (args: string[]) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status;
    return formatters.map(run).every((status) => status === 0) ? 0 : 1;
  },
);
