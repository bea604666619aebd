/**
 * A story in which everything secret comes by and much goes wrong, with both services at their most
 * talkative. Runs in a process of its own, so that what it prints is the log and nothing else; tells
 * its parent what must not be in there.
 */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { forge, nowSeconds } from '../gateway/forge.ts';
import { rawRequest, sendRaw } from '../gateway/raw.ts';
import { secretKeys } from '../gateway/forgeries.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';
import { registerFan } from '../../scripts/client/fan.ts';
import type { Secret } from './logs.test.ts';

const secrets: Secret[] = [];
const secret = (name: string, value = `s${randomBytes(12).toString('hex')}`): string => {
  secrets.push({ name, value });
  return value;
};
/** The signature is what makes a token worth stealing. */
const token = (name: string, value: string): string => {
  secret(name, value.split('.')[2]?.slice(0, 40));
  return value;
};

async function through(url: string): Promise<{ proxy: TcpProxy; url: string }> {
  const target = new URL(url);
  const proxy = await createTcpProxy({ host: target.hostname, port: Number(target.port) });
  target.host = `127.0.0.1:${proxy.port}`;
  return { proxy, url: target.toString() };
}

async function post(
  stack: Stack,
  path: string,
  body: string,
  headers: Record<string, string> = {},
) {
  const type = { 'content-type': 'application/json' };
  const answer = await fetch(`${stack.gatewayUrl}${path}`, {
    method: 'POST',
    headers: { ...type, ...headers },
    body,
  });
  await answer.text();
}

/** Every key of a room becomes of a type that no script expects: its arguments come back in errors. */
async function spoilRoom(redisUrl: string, roomId: string): Promise<void> {
  const redis = new Redis(redisUrl);
  const keys = await redis.keys(`*{room:${roomId}}*`);
  for (const key of keys) await redis.multi().del(key).lpush(key, 'x').exec();
  redis.disconnect();
}

async function wrongInput(stack: Stack, password: string): Promise<void> {
  const login = JSON.stringify({ userName: 'somebody', password });
  await post(stack, '/auth/login', login);
  await post(stack, '/auth/register', login.slice(0, -2));
  await post(stack, '/auth/login', `{"userName":"a","password":${password}}`);
  await post(stack, '/auth/login', `${password}${login}`);
  await post(
    stack,
    '/auth/login',
    JSON.stringify({ userName: { password }, password: [password] }),
  );
  await post(stack, '/points/charges', '{}', { authorization: `Basic ${password}` });
  const forged = forge({
    alg: 'HS256',
    key: secretKeys().signing.key,
    header: { alg: 'HS256', typ: 'waiting+jwt', kid: 'x' },
    payload: { exp: nowSeconds() },
  });
  await post(stack, '/points/charges', '{}', {
    authorization: `Bearer ${token('a forged token', forged)}`,
  });
  const { port } = new URL(stack.gatewayUrl);
  const forgedLine = '%0d%0a{"level":60,"msg":"FORGED"}';
  for (const head of [
    `GET /concerts/${forgedLine} HTTP/1.1`,
    `GET /concerts?x=${forgedLine.replaceAll('"', '%22')} HTTP/1.1`,
    'GET /nowhere/FORGED HTTP/1.1',
  ])
    await sendRaw(
      Number(port),
      rawRequest(head, ['X-Request-Id: a\\r\\nFORGED', 'User-Agent: FORGED']),
    );
}

async function rightWay(stack: Stack, concertId: string, password: string) {
  const userName = `fan-${randomBytes(6).toString('hex')}`;
  const fan = await registerFan(stack.api, { userName, password });
  token('an access token', fan.accessToken);
  const joined = await fan.join(concertId);
  token('a queue token', joined.body.token);
  if (joined.body.status !== 'ACTIVE')
    token('an active token', (await fan.activate(concertId)).body.token);
  await fan.charge(1_000);
  const [schedule] = await fan.schedules(concertId);
  const held = await fan.hold(concertId, {
    scheduleId: String(schedule?.concertScheduleId),
    quantity: 2,
  });
  const [first] = held.body.reservations;
  await fan.pay(concertId, [String(first?.reservationId)], { idempotencyKey: 'k' });
  const [row] = await stack.sql<{ hash: string }>(
    'SELECT password_hash AS hash FROM users WHERE user_id = ?',
    [fan.userId],
  );
  secret('a password hash', String(row?.hash).slice(-40));
  return fan;
}

async function main(): Promise<void> {
  let mysql: TcpProxy | undefined;
  let redis: TcpProxy | undefined;
  let redisUrl = '';
  const stack = await startStack({
    env: { LOG_LEVEL: 'trace' },
    stores: async (urls) => {
      const [a, b] = [await through(urls.databaseUrl), await through(urls.redisUrl)];
      [mysql, redis, redisUrl] = [a.proxy, b.proxy, urls.redisUrl];
      return { databaseUrl: a.url, redisUrl: b.url };
    },
  });
  const { concertId, seatIds } = await stack.createConcert({ seats: 5, price: 10 });
  const password = secret('a password');
  const fan = await rightWay(stack, concertId, password);
  await wrongInput(stack, secret('a password in wrong input'));

  const late = secret('a password while a store is away');
  const register = JSON.stringify({ userName: 'late-one', password: late });
  mysql?.cut();
  await post(stack, '/auth/register', register);
  await fan.hold(concertId, { scheduleId: '1', seatIds: seatIds.slice(3, 4) });
  mysql?.mend();
  redis?.cut();
  await fan.activate(concertId);
  await fan.hold(concertId, { scheduleId: '1', seatIds: seatIds.slice(3, 4) });
  redis?.mend();
  await spoilRoom(redisUrl, concertId);
  for (const call of [fan.activate, fan.join, fan.status, fan.leave]) await call(concertId);
  await fan.hold(concertId, { scheduleId: '1', seatIds: seatIds.slice(3, 4) });

  await stack.close();
  await mysql?.close();
  await redis?.close();
  process.send?.(secrets);
  process.disconnect?.();
}

await main();
