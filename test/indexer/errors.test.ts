import { JournalRefusedError, NodeUnreachableError } from '@plumbline/indexer';
import { NodesFailedError } from '@plumbline/indexer/testing';
import { expect } from 'chai';

/** URLs that hold a key in every place where nodes take one. */
const urls = [
  'http://me:secret@127.0.0.1:9/',
  'http://127.0.0.1:9/v3/secret',
  'https://127.0.0.1:9/secret,secret/',
  'https://127.0.0.1:9?key=secret',
  'HTTPS://127.0.0.1:9/rpc?key=secret#secret',
  'ws://127.0.0.1:9/secret',
  'http://[secret',
];

/** Failures that repeat a URL, whole or in part, as HTTP clients, proxies and nodes do. */
function listFailures(url: string): unknown[] {
  const { pathname, search, href } = URL.canParse(url)
    ? new URL(url)
    : { pathname: url, search: '', href: url };
  return [
    new Error(`request to ${url} failed`),
    new TypeError('fetch failed', { cause: new Error(`connect ECONNREFUSED ${href}`) }),
    new Error(`HTTP status 404, not JSON: Cannot POST ${pathname}`),
    new Error(`HTTP status 401, not JSON: <a href="${pathname}${search}">`),
    `no answer from ${url}`,
  ];
}

describe('a node that cannot be reached', () => {
  it('is named by the origin of its URL, whatever the failure repeats', async () => {
    const url = 'http://me:secret@127.0.0.1:9/secret';
    const cause = await fetch(url).catch((e) => e);
    expect(cause.message).to.contain(url);
    const failures = [cause, new Error('HTTP status 404, not JSON: Cannot POST /secret')];
    expect(failures.map((failure) => new NodeUnreachableError(url, failure).message)).to.deep.equal([
      `the node at http://127.0.0.1:9 does not answer (${cause.message.replace(url, 'http://127.0.0.1:9')})`,
      'the node at http://127.0.0.1:9 does not answer (HTTP status 404, not JSON: Cannot POST /…)',
    ]);
  });

  for (const url of urls) {
    it(`keeps the key in ${url.replaceAll('secret', 'KEY')} out of every message`, () => {
      for (const cause of listFailures(url)) {
        const error = new NodeUnreachableError(url, cause);
        expect(error).to.include({ code: 'node-unreachable', retryable: true, cause });
        const around = [
          error,
          new NodesFailedError(new Map([['http://127.0.0.1:9', error]])),
          new JournalRefusedError(`0x${'12'.repeat(20)}`, 1, 2, error),
        ];
        for (const { message } of around) expect(message).to.not.contain('secret');
      }
    });
  }
});
