import type { Hex } from 'viem';
import { InvalidLogsError } from '../errors.ts';
import { parseBlock, parseBlockAt } from './answers.ts';
import type { Answer, Call, NodeClient } from './node-client.ts';

/** The head of the chain as a node sees it. */

/** Which blocks are final: those tagged `finalized` or `safe`, or those with this many blocks above them. */
export type Finality = 'finalized' | 'safe' | number;

export interface ChainHead {
  /** The newest block. */
  tip: number;
  tipHash: Hex;
  /** Hash of the block at the requested position; null if the chain does not reach it. */
  positionHash: Hex | null;
  /** The newest final block; undefined if there is none or the node does not know the tag. */
  finalNumber: number | undefined;
}

export async function fetchChainHead(
  node: NodeClient,
  position: number,
  finality: Finality,
): Promise<ChainHead> {
  return parseChainHead(await node.tryAll(headCalls(position, finality)), position, finality);
}

/** The calls whose answers `parseChainHead` takes. */
export function headCalls(position: number, finality: Finality): [Call, Call, Call] {
  const tag = typeof finality === 'number' ? 'latest' : finality;
  return [blockByTag('latest'), blockCall(Math.max(position, 0)), blockByTag(tag)];
}

export function parseChainHead(answers: readonly Answer[], position: number, finality: Finality): ChainHead {
  const [newest, asked, final] = answers;
  for (const answer of [newest, asked]) if (answer && 'error' in answer) throw answer.error;
  const tip = parseBlock((newest as { result: unknown }).result);
  if (!tip) throw new InvalidLogsError('the node gives no newest block');
  const found = parseBlockAt(Math.max(position, 0), (asked as { result: unknown }).result);
  return {
    tip: tip.number,
    tipHash: tip.hash,
    positionHash: found?.hash ?? null,
    finalNumber: parseFinalNumber(tip.number, final, finality),
  };
}

function parseFinalNumber(tip: number, answer: Answer | undefined, finality: Finality): number | undefined {
  if (typeof finality === 'number') return tip >= finality ? tip - finality : undefined;
  // Chains without finality refuse the tag.
  if (!answer || 'error' in answer) return undefined;
  const block = parseBlock(answer.result);
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
