import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freshNamespace } from '../../tests/harness/fresh-namespace.ts';
import { createTcpProxy } from '../../tests/harness/tcp-proxy.ts';
import { createLogger } from '../logger.ts';
import { Problem } from '../problems.ts';
import { openRedis, type RedisClient } from './client.ts';
import { defineScript, loadScript } from './script.ts';

const log = createLogger({ service: 'test', level: 'silent' });

describe('redis scripts', () => {
  const { redisUrl, namespace, clear } = freshNamespace();
  const dir = mkdtempSync(join(tmpdir(), 'lua-'));
  let redis: RedisClient;
  before(async () => {
    redis = await openRedis({ url: redisUrl, profile: 'command', log, commandTimeoutMs: 5_000 });
  });
  after(async () => {
    redis.disconnect();
    rmSync(dir, { recursive: true });
    await clear();
  });

  const write = (name: string, text: string): URL => {
    writeFileSync(join(dir, `${name}.lua`), text);
    return pathToFileURL(join(dir, `${name}.lua`));
  };
  const header = (fields: Record<string, string> = {}): string =>
    Object.entries({ REPEAT: 'yes', KEYS: 'a', ARGV: 'b', REPLY: 'ok', INCLUDE: '-', ...fields })
      .map(([name, text]) => `-- ${name}: ${text}\n`)
      .join('');
  const body = "return redis.call('INCRBY', key.a, arg.b)\n";

  const faults: Record<string, [string, RegExp]> = {
    'a field of the header left out': [body, /no REPEAT/],
    'a key used and not declared': [header({ KEYS: '-' }) + body, /KEYS not declared: a/],
    'a key declared and not used': [header({ KEYS: 'a c' }) + body, /declared, not used: c/],
    'an argument used and not declared': [header({ ARGV: '-' }) + body, /ARGV not declared: b/],
    'an argument declared and not used': [header({ ARGV: 'b c' }) + body, /not used: c/],
    'a key declared twice': [header({ KEYS: 'a a' }) + body, /KEYS twice/],
    'a list that is not last': [
      `${header({ ARGV: 'l... b' })}local x = arg.l\n${body}`,
      /only the last/,
    ],
  };
  for (const [what, [text, message]] of Object.entries(faults)) {
    it(`refuses to load ${what}`, () => {
      expect(() => loadScript(write('wrong', text))).to.throw(message);
    });
  }

  it('run by name, lists included, and again after the server forgot them', async () => {
    const file = write(
      'sum',
      `${header({ ARGV: 'first rest...' })}
local sum = tonumber(arg.first)
for i = arg.rest, #ARGV do sum = sum + ARGV[i] end
return redis.call('INCRBY', key.a, sum)
`,
    );
    const sum = defineScript<{ first: number; rest: number[] }, number>(file, Number);
    const keys = { a: `${namespace}{x}:a`, unused: 'x' };
    expect(await sum(redis, keys, { first: 1, rest: [2, 3] })).to.equal(6);
    await redis.script('FLUSH');
    expect(await sum(redis, keys, { first: 1, rest: [] })).to.equal(7);
  });

  it('answer unavailable while the server is away, at once, and work again when it is back', async () => {
    const target = new URL(redisUrl);
    const proxy = await createTcpProxy({ host: target.hostname, port: Number(target.port) });
    target.host = `127.0.0.1:${proxy.port}`;
    const client = await openRedis({ url: target.href, profile: 'command', log });
    const add = defineScript<{ b: number }, number>(write('add', header() + body), Number);
    const call = () => add(client, { a: `${namespace}{x}:b` }, { b: 1 });
    expect(await call()).to.equal(1);
    proxy.cut();
    const startedAt = performance.now();
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Problem).and.to.include({ code: 'unavailable' });
    expect(performance.now() - startedAt).to.be.lessThan(1_000);
    proxy.mend();
    await new Promise((resolve) => client.once('ready', resolve));
    expect(await call()).to.equal(2);
    client.disconnect();
    await proxy.close();
  });

  it('do not fail because this process was busy, but do when the server is', async () => {
    const client = await openRedis({ url: redisUrl, profile: 'command', log });
    const answer = client.get('x');
    const until = performance.now() + 700;
    while (performance.now() < until);
    expect(await answer).to.equal(null);
    await client.get('x'); // Connected, and nothing on the way.
    await redis.client('PAUSE', 900, 'ALL');
    const error = await client.get('x').catch((thrown: Error) => thrown);
    expect(error).to.have.property('message', 'Command timed out');
    client.disconnect();
  });

  it('let a fault of ours through as it is', async () => {
    const bad = defineScript<{ b: number }, number>(write('bad', header() + body), Number);
    await redis.set(`${namespace}{x}:c`, 'text');
    const error = await bad(redis, { a: `${namespace}{x}:c` }, { b: 1 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property('name', 'ReplyError');
  });
});
