import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LedgerChain, openLedgerChain } from '@plumbline/dashboard';
import { expect } from 'chai';
import { Programme } from './programme.ts';
import { sharedChain } from './stage.ts';

describe('openLedgerChain', () => {
  let programme: Programme;
  let node: BoundedNode;
  let chain: LedgerChain;

  before(async () => {
    const anvil = await sharedChain();
    programme = await Programme.open(anvil, false);
    await anvil.rpc('anvil_mine', ['0x5dc']);
    node = await BoundedNode.start(anvil.rpcUrl);
    chain = openLedgerChain(node.url, programme.ledger.ledger, programme.ledger.startBlock);
  });

  after(() => {
    node.stop();
  });

  it('passes on what the node refuses even for a short range', async () => {
    node.longest = 0;
    const refused = await chain.listLogs('BatchRecorded', 1).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(refused?.message).to.include('at most 0 blocks');
  });

  it('rejects every question until a node is named', async () => {
    const { ledger, startBlock } = programme.ledger;
    const refused = await openLedgerChain('', ledger, startBlock)
      .solvency()
      .then(
        () => undefined,
        (error: Error) => error,
      );
    expect(refused?.message).to.include('no node is named');
  });

  it('says which ids nobody has', async () => {
    expect(await chain.findAccount(9)).to.equal(undefined);
    expect(await chain.findAccount(8)).to.deep.equal({ sponsor: 6, rank: 0, status: 1, movedTo: 0 });
  });

  it('asks in smaller ranges when the node bounds them, and finds every log once and in order', async () => {
    node.longest = 10_000;
    const whole = await chain.listLogs('Enrolled');
    expect(whole).to.have.length(4);
    node.longest = 700;
    node.refusals = 0;
    expect(await chain.listLogs('Enrolled')).to.deep.equal(whole);
    expect(node.refusals).to.be.greaterThan(0);
  });

  it('reads what the ledger holds and what it is called', async () => {
    const { held, float, reserved, owed } = await chain.solvency();
    expect(held).to.equal(100_000_000_000_000n);
    expect(float + reserved + owed).to.equal(held);
    expect(reserved).to.equal((10_001n + 3_333n + 3_200n) * 3_200n);
    expect(await chain.symbolOf(programme.ledger.token)).to.equal('TUSD');
    expect(await chain.owedTo(8)).to.equal(0n);
  });
});

/** A real node behind a door that, as many public ones do, answers for so many blocks at a time and not more. */
class BoundedNode {
  longest = Number.POSITIVE_INFINITY;
  refusals = 0;
  readonly #server: Server;

  static async start(rpcUrl: string): Promise<BoundedNode> {
    const node = new BoundedNode(rpcUrl);
    await new Promise<void>((resolve) => {
      node.#server.listen(0, '127.0.0.1', resolve);
    });
    return node;
  }

  private constructor(rpcUrl: string) {
    this.#server = createServer(async (request, response) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const body = Buffer.concat(chunks);
      response.setHeader('content-type', 'application/json');
      response.end(this.#refusal(body.toString()) ?? (await forward(rpcUrl, body)));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #refusal(body: string): string | undefined {
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
    if (method !== 'eth_getLogs') return undefined;
    const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string };
    if (Number(toBlock) - Number(fromBlock) < this.longest) return undefined;
    this.refusals++;
    const error = { code: -32_602, message: `at most ${this.longest} blocks` };
    return JSON.stringify({ jsonrpc: '2.0', id, error });
  }
}

async function forward(rpcUrl: string, body: Buffer): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(rpcUrl, { method: 'POST', headers, body: new Uint8Array(body) })).text();
}
