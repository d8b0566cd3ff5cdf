import { hideSecrets, MalformedError, PlumblineError } from '@plumbline/protocol';
import { expect } from 'chai';

describe('errors', () => {
  it('carry a code, whether to try again, and their cause', () => {
    const cause = new Error('because');
    const error = new PlumblineError('node-unreachable', 'no answer', { cause, retryable: true });
    expect(error).to.include({ code: 'node-unreachable', retryable: true, message: 'no answer', cause });
    expect(new MalformedError('cursor', 'is not one')).to.include({ code: 'malformed', retryable: false });
  });

  it('never repeat what a URL may hold of keys and passwords', () => {
    const error = new PlumblineError('x', 'asked https://node.example:8545/v2/s3cret?key=s3cret, twice');
    expect(error.message).to.equal('asked https://node.example:8545, twice');
  });

  for (const [text, hidden] of [
    ['postgresql://me:s3cret@db:5432/books?sslmode=off', 'postgresql://db:5432'],
    ['wss://node.example/ws/s3cret', 'wss://node.example'],
    ['(http://u:p@[::1]:8545/s3cret)', '(http://[::1]:8545)'],
    ['HTTP://NODE/s3cret "https://b/s3cret"', 'HTTP://NODE "https://b"'],
    ['no address here: a/b?c', 'no address here: a/b?c'],
  ] as const) {
    it(`cut ${text}`, () => {
      expect(hideSecrets(text)).to.equal(hidden);
    });
  }
});
