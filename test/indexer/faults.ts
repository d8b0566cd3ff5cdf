import type { ServerResponse } from 'node:http';
import { Random } from '../support/random.ts';
import {
  changeLogs,
  type FalseNode,
  type Lie,
  type RawAnswer,
  type RawCall,
  type RawLog,
} from './false-node.ts';

/** Faults of a node, at random but repeatable: each depends on the request and the seed. */

type Change = (logs: RawLog[], random: Random) => RawLog[];

const byLogs =
  (change: Change) =>
  (random: Random): Lie =>
    changeLogs((logs) => (logs.length === 0 ? logs : change(logs, random)));

const FIELDS = [
  'topics',
  'data',
  'blockHash',
  'blockNumber',
  'transactionHash',
  'transactionIndex',
  'address',
];

/** Another hex digit in one place of `text`, after its `0x`. */
function alterDigit(text: string, random: Random): string {
  const at = 2 + random.below(Math.max(1, text.length - 2));
  const digit = (Number.parseInt(text[at] ?? '0', 16) + 1 + random.below(15)) % 16;
  return text.slice(0, at) + digit.toString(16) + text.slice(at + 1);
}

function alterLog(log: RawLog, random: Random): RawLog {
  const field = random.pick(FIELDS);
  if (field !== 'topics') return { ...log, [field]: alterDigit(String(log[field]), random) };
  const topic = random.below(log.topics.length);
  return { ...log, topics: log.topics.with(topic, alterDigit(log.topics[topic] ?? '0x', random)) };
}

/** Lies about the end of the chain: a block `behind` the newest is the newest, and nothing is known above it. */
function behind(blocks: number): Lie {
  let end = Number.POSITIVE_INFINITY;
  return (call, answer) => {
    const { method, params } = call;
    if (method !== 'eth_getBlockByNumber' || answer.result === null) return answer;
    const block = answer.result as { number: string };
    if (params[0] === 'latest') {
      end = Math.max(0, Number(block.number) - blocks);
      return { ...answer, result: { ...block, number: `0x${end.toString(16)}` } };
    }
    return Number(block.number) > end ? { ...answer, result: null } : answer;
  };
}

/** Every block from number `from` on is another one. */
function otherFork(from: number): Lie {
  const mirror = (hash: string) => `0x${[...hash.slice(2)].reverse().join('')}`;
  return (call: RawCall, answer: RawAnswer) => {
    if (call.method === 'eth_getBlockByNumber' && answer.result) {
      const block = answer.result as { number: string; hash: string };
      if (Number(block.number) < from) return answer;
      return { ...answer, result: { ...block, hash: mirror(block.hash) } };
    }
    return changeLogs((logs) =>
      logs.map((log) =>
        Number(log.blockNumber) < from ? log : { ...log, blockHash: mirror(log.blockHash) },
      ),
    )(call, answer);
  };
}

/** An earlier answer to the same question about the contract, whatever block it was about. */
function oldHead(): Lie {
  const first = new Map<string, unknown>();
  return ({ method, params }, answer) => {
    if (method !== 'eth_call' || answer.error) return answer;
    const { data } = params[0] as { data: string };
    if (!first.has(data)) first.set(data, answer.result);
    return { ...answer, result: first.get(data) };
  };
}

/** The most requests that a lasting fault goes on for. */
const LASTING = 6;

/** False answers. */
const lies: Record<string, (random: Random) => Lie> = {
  'omits a log': byLogs((logs, random) => logs.toSpliced(random.below(logs.length), 1)),
  'alters a digit': byLogs((logs, random) => {
    const at = random.below(logs.length);
    return logs.with(at, alterLog(logs[at] as RawLog, random));
  }),
  'swaps two logs': byLogs((logs, random) => {
    const at = random.below(logs.length);
    const [one, other] = [logs[at] as RawLog, logs[(at + 1) % logs.length] as RawLog];
    return logs.with(at, other).with((at + 1) % logs.length, one);
  }),
  'repeats a log': byLogs((logs, random) => {
    const at = random.below(logs.length);
    return logs.toSpliced(random.below(logs.length + 1), 0, logs[at] as RawLog);
  }),
  'gives a part of the logs': byLogs((logs, random) => logs.slice(0, random.below(logs.length))),
  'gives no logs': byLogs(() => []),
  'is behind': (random) => behind(1 + random.below(20)),
  'is of another fork': (random) => otherFork(random.below(60)),
  'answers nonsense': (random) => (_, answer) => ({
    ...answer,
    result: random.pick([null, 7, 'nothing', {}, [null], [{}], '0x', { number: 'x' }]),
  }),
  refuses:
    () =>
    ({ id }) => ({ id, error: { code: -32_005, message: 'limit exceeded' } }),
};

/** Answers that do not arrive intact. */
const transports: Record<string, (response: ServerResponse, body: string, random: Random) => void> = {
  'cuts its answer off': (response, body, random) => {
    response.writeHead(200).end(body.slice(0, random.below(body.length)));
  },
  'hangs up': (response, body, random) => {
    response.writeHead(200, { 'content-length': String(body.length) });
    response.write(body.slice(0, random.below(body.length)), () => response.destroy());
  },
  'does not answer': () => {},
  'has too many requests': (response, _, random) => {
    response.writeHead(429, random.below(2) === 0 ? { 'retry-after': '0' } : {}).end('slow down');
  },
  'is broken': (response, _, random) => {
    response.writeHead(random.pick([500, 502, 503])).end('<html>');
  },
};

export type FaultName = string;

const OLD_HEAD = 'has an old head';

export const FAULTS: readonly FaultName[] = [...Object.keys(lies), OLD_HEAD, ...Object.keys(transports)];

/** Faults that last for several requests, as they do on real nodes. */
const lasting: readonly FaultName[] = ['is behind', 'is of another fork'];

/**
 * Makes `node` show the faults `names`, in one of `rarity` requests.
 * @returns The faults so far; the list grows.
 */
export function corrupt(
  node: FalseNode,
  names: readonly FaultName[],
  seed: number,
  rarity: number,
): string[] {
  node.reform();
  const honest = node.transport;
  const done: string[] = [];
  const times = new Map<string, number>();
  // Requests run side by side and arrive in any order, so chance depends on the request and how often it came.
  const chanceOf = (asked: string): Random => {
    const time = (times.get(asked) ?? 0) + 1;
    times.set(asked, time);
    return new Random(hashOf(`${seed} ${time} ${asked}`));
  };
  const older = oldHead();
  let begun: { lie: Lie; left: number } | undefined;
  node.transport = (response, body, asked) => {
    const random = chanceOf(asked);
    const calls = JSON.parse(asked) as RawCall[];
    const answers = JSON.parse(body) as RawAnswer[];
    const tell = (name: FaultName, lie: Lie) => {
      const changed = JSON.stringify(answers.map((answer, i) => lie(calls[i] as RawCall, answer)));
      if (changed !== body) done.push(name);
      honest(response, changed, asked);
    };
    const old = answers.map((answer, i) => older(calls[i] as RawCall, answer));
    if (begun && begun.left-- > 0) return tell('goes on', begun.lie);
    begun = undefined;
    if (random.below(rarity) > 0) return honest(response, body, asked);
    const name = random.pick(names);
    if (name === OLD_HEAD) return tell(name, (call) => old[calls.indexOf(call)] as RawAnswer);
    const lie = lies[name]?.(random);
    if (lie && lasting.includes(name)) begun = { lie, left: random.below(LASTING) };
    if (lie) return tell(name, lie);
    done.push(name);
    transports[name]?.(response, body, random);
  };
  return done;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
