import type { Hex } from 'viem';
import { FalseLogsError } from '../errors.ts';
import { blockAt, blockIn } from './answers.ts';
import type { Answer, Call, NodeClient } from './node-client.ts';

/** What a node says of the chain's end. */

/** Which blocks are final: those the chain calls so, those it calls safe, or those with so many blocks above them. */
export type Finality = 'finalized' | 'safe' | number;

export interface ChainView {
  /** The newest block. */
  tip: number;
  tipHash: Hex;
  /** The hash of the block that was asked about; null if the chain does not reach it. */
  positionHash: Hex | null;
  /** The newest final block; undefined if there is none, or the node has no such notion. */
  finalNumber: number | undefined;
}

export async function lookAt(node: NodeClient, position: number, finality: Finality): Promise<ChainView> {
  return readHead(await node.tryAll(headCalls(position, finality)), position, finality);
}

/** Three questions; `readHead` reads the answers. */
export function headCalls(position: number, finality: Finality): [Call, Call, Call] {
  const tag = typeof finality === 'number' ? 'latest' : finality;
  return [blockByTag('latest'), blockCall(Math.max(position, 0)), blockByTag(tag)];
}

export function readHead(answers: readonly Answer[], position: number, finality: Finality): ChainView {
  const [newest, asked, final] = answers;
  for (const answer of [newest, asked]) if (answer && 'error' in answer) throw answer.error;
  const tip = blockIn((newest as { result: unknown }).result);
  if (!tip) throw new FalseLogsError('the node gives no newest block');
  const found = blockAt(Math.max(position, 0), (asked as { result: unknown }).result);
  return {
    tip: tip.number,
    tipHash: tip.hash,
    positionHash: found?.hash ?? null,
    finalNumber: finalNumberOf(tip.number, final, finality),
  };
}

function finalNumberOf(tip: number, answer: Answer | undefined, finality: Finality): number | undefined {
  if (typeof finality === 'number') return tip >= finality ? tip - finality : undefined;
  // Chains without the notion refuse the word.
  if (!answer || 'error' in answer) return undefined;
  const block = blockIn(answer.result);
  return block ? Math.min(block.number, tip) : undefined;
}

export function blockCall(number: number): Call {
  return blockByTag(quantity(number));
}

function blockByTag(tag: string): Call {
  return { method: 'eth_getBlockByNumber', params: [tag, false] };
}

export function quantity(number: number): Hex {
  return `0x${number.toString(16)}`;
}
