/**
 * What this machine takes for the steps that no change of ours can leave out: system calls, round
 * trips, signatures, flushes; one after the other, in turn. `npm run bench -- limits`
 */
import { createHmac, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { isMain } from '../is-main.ts';
import { openServices } from '../stack/open-services.ts';
import { lowerQuartile, median, round, spreadPercent, table } from './figures.ts';
import { scaled } from './scale.ts';
import { turns } from './turns.ts';

const rounds = scaled(25, 9);

interface Step {
  name: string;
  /** Done so often in a round. */
  times: number;
  once(): unknown;
}

const inParallel = 100;

/** Nothing between a caller and the kernel: bytes to /dev/null, and to a file that is kept. */
function fileSteps(dir: string, close: (() => unknown)[]): Step[] {
  const nothing = openSync('/dev/null', 'w');
  const file = openSync(join(dir, 'flushed'), 'w');
  close.push(
    () => closeSync(nothing),
    () => closeSync(file),
  );
  const [byte, page] = [Buffer.alloc(1), Buffer.alloc(4_096)];
  return [
    {
      name: 'system call (write of 1 byte to /dev/null)',
      times: 20_000,
      once: () => writeSync(nothing, byte),
    },
    {
      name: 'fdatasync after 4 KB',
      times: 20,
      once: () => {
        writeSync(file, page);
        fdatasyncSync(file);
      },
    },
  ];
}

function signatureSteps(): Step[] {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = randomBytes(300);
  const secret = randomBytes(32);
  const signature = sign('sha256', text, privateKey);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const rsaSignature = sign('sha256', text, rsa.privateKey);
  return [
    {
      name: 'RS256 check',
      times: 1_000,
      once: () => verify('sha256', text, rsa.publicKey, rsaSignature),
    },
    { name: 'ES256 check', times: 300, once: () => verify('sha256', text, publicKey, signature) },
    { name: 'ES256 signature', times: 300, once: () => sign('sha256', text, privateKey) },
    {
      name: 'HMAC-SHA-256',
      times: 3_000,
      once: () => createHmac('sha256', secret).update(text).digest(),
    },
  ];
}

/** A socket that gets back what it says, in this very process: both ends are counted. */
async function socketSteps(close: (() => unknown)[]): Promise<Step[]> {
  const server = createServer((socket) => socket.setNoDelay(true).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  close.push(
    () => socket.destroy(),
    () => server.close(),
  );
  const byte = Buffer.alloc(1);
  const echo = async (): Promise<void> => {
    socket.write(byte);
    await once(socket, 'data');
  };
  return [{ name: 'write to a socket and back, one process', times: 300, once: echo }];
}

async function storeSteps(dir: string, close: (() => unknown)[]): Promise<Step[]> {
  const { databaseUrl, redisUrl, stop } = await openServices({
    dataDir: dir,
    profile: 'durable',
    env: { PATH: process.env['PATH'] },
    log: () => undefined,
  });
  close.push(stop);
  const redis = new Redis(redisUrl, { enableAutoPipelining: true });
  const db = await createConnection({ uri: databaseUrl });
  close.push(
    () => redis.disconnect(),
    () => db.end(),
  );
  await db.query('CREATE TABLE flushed (id INT PRIMARY KEY, n INT NOT NULL)');
  await db.query('INSERT INTO flushed VALUES (1, 0)');
  return [
    { name: 'Redis round trip (PING)', times: 300, once: () => redis.ping() },
    {
      name: `Redis, ${inParallel} PING in one pipeline, all`,
      times: 20,
      once: () => Promise.all(Array.from({ length: inParallel }, () => redis.ping())),
    },
    {
      name: 'MariaDB round trip (SELECT 1, prepared)',
      times: 200,
      once: () => db.execute('SELECT 1'),
    },
    {
      name: 'COMMIT of one row, flushed',
      times: 30,
      once: () => db.execute('UPDATE flushed SET n = n + 1 WHERE id = 1'),
    },
  ];
}

async function microsEach({ times, once: step }: Step): Promise<number> {
  const startedAt = performance.now();
  for (let at = 0; at < times; at += 1) await step();
  return ((performance.now() - startedAt) * 1_000) / times;
}

export interface LimitFound {
  name: string;
  /** Round by round. */
  micros: number[];
}

export async function measureLimits(): Promise<LimitFound[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const close: (() => unknown)[] = [];
  try {
    const steps = [
      ...fileSteps(dir, close),
      ...signatureSteps(),
      ...(await socketSteps(close)),
      ...(await storeSteps(dir, close)),
    ];
    const took = steps.map((): number[] => []);
    // The first round warms up.
    for (const { round: at, which, one } of turns(steps, rounds + 1)) {
      const micros = await microsEach(one);
      if (at > 0) took[which]?.push(micros);
    }
    return steps.map(({ name }, at) => ({ name, micros: took[at] ?? [] }));
  } finally {
    for (const one of close.reverse()) await one();
    rmSync(dir, { recursive: true, force: true });
  }
}

export async function benchLimits(): Promise<string> {
  const rows = (await measureLimits()).map(({ name, micros }) => [
    name,
    round(median(micros), 1),
    round(lowerQuartile(micros), 1),
    spreadPercent(micros),
  ]);
  return table(['step', 'µs', 'lower quartile µs', 'spread %'], rows);
}

if (isMain(import.meta.url)) console.log(await benchLimits());
