import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { request } from 'undici';
import { loadCoreConfig } from '../../core-api/config.ts';
import { startCore } from '../../core-api/server.ts';
import { assertionHeader, nobody, signAssertion } from '../../shared/assertion.ts';
import { prepareKeys } from '../../scripts/stack/key-files.ts';
import { type KeySet, loadSecretKeys } from '../../shared/keys.ts';
import type { RunningService } from '../../shared/service.ts';
import { type FreshNamespace, freshNamespace } from '../harness/fresh-namespace.ts';
import type { TestSchema } from '../harness/empty-schema.ts';
import { freshSchema } from '../harness/fresh-schema.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';
import { adminCaller } from './core-world.ts';
import { patience } from '../harness/patience.ts';

describe('core: an assertion that is heard again', () => {
  let schema: TestSchema;
  let namespace: FreshNamespace;
  let wire: TcpProxy;
  let keysDir: string;
  let keys: KeySet;
  let cores: RunningService[];
  before(async () => {
    schema = await freshSchema();
    namespace = freshNamespace();
    keysDir = mkdtempSync(join(tmpdir(), 'keys-'));
    const keyFiles = prepareKeys(keysDir, {});
    keys = loadSecretKeys(String(keyFiles['ASSERTION_KEYS']));
    // Past the wire all stays the same, the password too.
    const redisUrl = new URL(namespace.redisUrl);
    wire = await createTcpProxy({ host: redisUrl.hostname, port: Number(redisUrl.port) });
    redisUrl.port = String(wire.port);
    const config = loadCoreConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      CORE_PORT: '0',
      DATABASE_URL: schema.databaseUrl,
      REDIS_URL: redisUrl.href,
      REDIS_NAMESPACE: namespace.namespace,
      ...patience,
      ...keyFiles,
    });
    cores = await Promise.all([startCore(config), startCore(config)]);
  });
  after(async () => {
    for (const core of cores) await core.close();
    await wire.close();
    await namespace.clear();
    await schema.drop();
    rmSync(keysDir, { recursive: true });
  });

  const sign = (method: string, target: string, body = '') =>
    signAssertion(
      { keys },
      { audience: 'core-api', method, target, body: Buffer.from(body) },
      { ...nobody, ...adminCaller },
    );
  const send = async (core: number, method: 'GET' | 'POST', target: string, given: Given) => {
    const answer = await request(`${cores[core]?.url}${target}`, {
      method,
      headers: { [assertionHeader]: given.assertion, 'content-type': 'application/json' },
      body: given.body ?? null,
    });
    const text = await answer.body.text();
    return `${answer.statusCode} ${/"code":"([a-z-]+)"/.exec(text)?.[1] ?? ''}`.trim();
  };
  interface Given {
    assertion: string;
    body?: string;
  }

  const target = '/admin/concerts';
  const body = '{"concertName":"Once"}';
  const count = (words: string[]) =>
    Object.fromEntries(
      [...new Set(words)].map((word) => [word, words.filter((one) => one === word).length]),
    );

  it('changes something once, of 60 at the same moment over two processes', async () => {
    const given = { assertion: sign('POST', target, body), body };
    const words = await Promise.all(
      Array.from({ length: 60 }, (_, i) => send(i % 2, 'POST', target, given)),
    );
    expect(count(words)).to.deep.equal({ '201': 1, '401 assertion-invalid': 59 });
  });

  it('is refused by a process that did not hear it the first time', async () => {
    const given = { assertion: sign('POST', target, body), body };
    expect(await send(0, 'POST', target, given)).to.equal('201');
    expect(await send(1, 'POST', target, given)).to.equal('401 assertion-invalid');
  });

  it('may read again and again', async () => {
    const given = { assertion: sign('GET', '/concerts') };
    for (const core of [0, 0, 1])
      expect(await send(core, 'GET', '/concerts', given)).to.equal('200');
  });

  it('is refused by the process that heard it, also while Redis is away', async () => {
    wire.cut();
    try {
      const given = { assertion: sign('POST', target, body), body };
      expect(await send(0, 'POST', target, given)).to.equal('201');
      expect(await send(0, 'POST', target, given)).to.equal('401 assertion-invalid');
    } finally {
      wire.mend();
    }
  });
});
