import { lookup } from 'node:dns/promises';
import type { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';
import { whenLetGo } from './let-go.ts';

/** Less than a second is written to a primary that is none any more. */
const everyMs = 500;

/** Whether the socket leads to that host and port; `undefined` when nobody can say. */
async function leadsTo(socket: Redis['stream'], host: string, port: number) {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined) return undefined;
  if (remotePort !== port) return false;
  const found = await lookup(host, { all: true }).catch(() => []);
  if (found.length === 0) return undefined;
  return found.some(({ address }) => address === remoteAddress.replace(/^::ffff:/, ''));
}

/**
 * A primary that was stopped until another one took its place goes on taking writes when it wakes,
 * until the sentinels make it a replica some ten seconds later: then all of them are lost. So they
 * are asked, twice a second, who is primary, and a connection to another one is made anew.
 * @param sentinel connected to one of them; let go together with `client`.
 */
export function watchPrimary(client: Redis, sentinel: Redis, name: string, log: Logger): void {
  async function check(): Promise<void> {
    const { stream } = client;
    if (client.status !== 'ready') return;
    const [host, port] = (await sentinel.call('SENTINEL', 'get-master-addr-by-name', name)) as [
      string,
      string,
    ];
    const isPrimary = await leadsTo(stream, host, Number(port));
    if (isPrimary !== false || client.stream !== stream) return;
    log.warn({ primary: `${host}:${port}` }, 'redis has another primary');
    client.disconnect(true);
  }
  let isChecking = false;
  const timer = setInterval(() => {
    if (isChecking) return;
    isChecking = true;
    check()
      .catch(() => undefined) // No sentinel says anything: the next one is tried.
      .finally(() => (isChecking = false));
  }, everyMs).unref();
  sentinel.on('error', () => undefined);
  whenLetGo(client, () => {
    clearInterval(timer);
    sentinel.disconnect();
  });
}
