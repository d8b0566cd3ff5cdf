import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '../..');

/** Runs a command whose work is `body`, and gives its exit code and what it printed as errors. */
function runWith(body: string): Promise<{ code: number; errors: string }> {
  const program = `
    import { createPublicClient, http } from 'viem';
    import { runCommand } from './scripts/command/command.ts';
    await runCommand({ command: 'npm run sample --', summary: 'Fails.' }, async () => { ${body} });`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], { cwd: root }, (error, _, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), errors }),
    );
  });
}

describe('a command that fails', () => {
  it('says in one line why, and at which node, without the request that viem adds', async () => {
    const node = "createPublicClient({ transport: http('http://127.0.0.1:1/v3/KEY', { retryCount: 0 }) })";
    expect(await runWith(`await ${node}.getBlockNumber();`)).to.deep.equal({
      code: 1,
      errors: 'sample: HTTP request failed. (http://127.0.0.1:1)\n',
    });
  });

  it('does not print the key in the URL of a node', async () => {
    expect(await runWith("throw new Error('no answer from https://node.example/v3/KEY');")).to.deep.equal({
      code: 1,
      errors: 'sample: no answer from https://node.example\n',
    });
  });
});
