import { decodeLogs, parseLogs, scanLogs } from '@plumbline/indexer/testing';
import { expect } from 'chai';
import { Random } from '../support/random.ts';
import type { RawLog } from './false-node.ts';
import { ADDRESS, answerOf, rawLogs } from './raw-logs.ts';

/** The answer as JSON.parse reads it. */
function parsed(answer: Buffer) {
  return decodeLogs(parseLogs(JSON.parse(answer.toString())[0].result));
}

function parsedOrNothing(answer: Buffer) {
  try {
    return parsed(answer);
  } catch {
    return undefined;
  }
}

/** The logs with their fields in another order. */
function reordered(logs: readonly RawLog[], random: Random): RawLog[] {
  const names = Object.keys(logs[0] ?? {});
  const order = names.map((name) => [random.between(0, 1_000_000), name] as const).sort(([a], [b]) => a - b);
  return logs.map((log) => Object.fromEntries(order.map(([, name]) => [name, log[name]])) as RawLog);
}

describe('the scan of an answer with logs', () => {
  describe('leaves to JSON.parse', () => {
    const [first, second] = rawLogs(1) as [RawLog, RawLog, ...RawLog[]];
    const whole = answerOf([first, second]).toString();
    const cases: [string, string][] = [
      ['an answer with spaces', answerOf([first], (value) => JSON.stringify(value, null, 1)).toString()],
      ['an error', JSON.stringify([{ id: 0, error: { code: -32_000, message: 'too many' } }])],
      ['no list', JSON.stringify([{ id: 0, result: null }])],
      ['a log that is none', answerOf([null as never]).toString()],
      ['an escaped digit', whole.replace('"data":"0x', '"data":"\\u0030x')],
      ['a nested field', answerOf([{ ...first, extra: [1] }]).toString()],
      ['a missing comma', whole.replace('},{', '}{')],
      ['a comma too many', whole.replace(/\}\]\}\]$/, '},]}]')],
      ['a number for a log', answerOf([{ ...first, logIndex: 3 }]).toString()],
      ['a number that is none', answerOf([{ ...first, logIndex: '0x' }]).toString()],
      ['a hash that is none', answerOf([{ ...first, blockHash: '0x12' }]).toString()],
      ['half a topic', answerOf([{ ...first, topics: [first.topics[0]?.slice(0, 20)] }]).toString()],
      ['five topics', answerOf([{ ...first, topics: Array(5).fill(first.topics[0]) }]).toString()],
      ['data without a beginning', answerOf([{ ...first, data: first.data.slice(2) }]).toString()],
    ];
    for (const [what, text] of cases) {
      it(what, () => {
        expect(scanLogs(Buffer.from(text))).to.equal(undefined);
      });
    }

    for (const field of Object.keys(first).filter((name) => !['blockTimestamp', 'removed'].includes(name))) {
      it(`a log without ${field}`, () => {
        expect(scanLogs(answerOf([second, { ...first, [field]: undefined }]))).to.equal(undefined);
      });
    }

    it('an answer that is cut off anywhere', () => {
      const answer = answerOf(rawLogs(2).slice(0, 6));
      for (let length = 0; length < answer.length - 3; length++) {
        expect(scanLogs(answer.subarray(0, length)), `${length} bytes`).to.equal(undefined);
      }
    });

    for (const [what, around] of [
      ['an error beside the logs', { error: { code: -32_000, message: 'some are missing' } }],
      ['the answer to another question', { id: 1 }],
    ] as const) {
      it(what, () => {
        const text = JSON.stringify([{ id: 0, result: [first], ...around }]);
        expect(scanLogs(Buffer.from(text))).to.equal(undefined);
      });
    }

    it('two answers', () => {
      const answer = { id: 0, result: [first] };
      expect(scanLogs(Buffer.from(JSON.stringify([answer, answer])))).to.equal(undefined);
    });
  });

  it('reads what JSON.parse reads, whatever the order of the fields', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const answer = answerOf(reordered(rawLogs(seed, seed % 3 === 0), new Random(seed)));
      const found = scanLogs(answer);
      expect(found, `seed ${seed}`).to.deep.equal(parsed(answer));
      expect(found?.failure, `seed ${seed}`).to.equal(undefined);
      expect(found?.entries.length, `seed ${seed}`).to.be.greaterThan(20);
    }
  });

  it('reads no logs', () => {
    expect(scanLogs(answerOf([]))).to.deep.equal({
      count: 0,
      runs: [],
      entries: [],
      failure: undefined,
    });
  });

  it('reads a writer in capitals, as some nodes write addresses', () => {
    const logs = rawLogs(3).map((log) => ({
      ...log,
      address: ADDRESS.replace(/[a-f]/g, (c) => c.toUpperCase()),
    }));
    const found = scanLogs(answerOf(logs));
    expect(found).to.deep.equal(parsed(answerOf(logs)));
    expect(found?.runs[0]?.place.address).to.equal(ADDRESS);
  });

  it('says what is wrong with a log as JSON.parse would have it, and goes on with the places', () => {
    const logs = rawLogs(4);
    let failed = 0;
    logs.forEach((log, i) => {
      const data = `${log.data.slice(0, 70)}z${log.data.slice(71)}`;
      const answer = answerOf(logs.with(i, { ...log, data }));
      const [found, right] = [scanLogs(answer), parsed(answer)];
      expect(found?.failure, `log ${i}`).to.deep.equal(right.failure);
      expect(found?.runs, `log ${i}`).to.deep.equal(right.runs);
      expect(found?.count).to.equal(logs.length);
      if (found?.failure) failed++;
    });
    expect(failed).to.be.greaterThan(logs.length / 4);
  });

  it('reads every log by itself: a byte changed in one of several alike shows as JSON.parse would show it', () => {
    const alike = rawLogs(5).filter(({ topics }, _, [one]) => topics.length === one?.topics.length);
    const answer = answerOf(alike.slice(0, 3));
    const whole = parsed(answer);
    const random = new Random(6);
    let read = 0;
    for (let at = 36; at < answer.length - 3; at++) {
      const changed = Buffer.from(answer);
      changed[at] = random.pick([0x30, 0x31, 0x66, 0x22, 0x2c, 0x7d]);
      const found = scanLogs(changed);
      if (found === undefined) continue;
      read++;
      const right = parsedOrNothing(changed);
      if (right) expect(found, `byte ${at}`).to.deep.equal(right);
      // JSON.parse rejects a bad byte anywhere; the scan ignores one in a field that it does not read.
      else if (found.failure === undefined) expect(found, `byte ${at}`).to.deep.equal(whole);
    }
    expect(read).to.be.greaterThan(500);
  });
});
