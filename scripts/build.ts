import { runCommand } from './command/command.ts';
import { buildIndexer } from './stack/build.ts';

await runCommand(
  {
    command: 'npm run build --',
    summary: 'Puts the indexer into one file, as it runs in production, and prints where the file is.',
  },
  async () => {
    console.log(await buildIndexer());
    return 0;
  },
);
