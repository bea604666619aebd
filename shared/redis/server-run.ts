import type { Redis } from 'ioredis';

/**
 * Which run of the server this is: another one after a restart or a failover, when it may know
 * less than it did before.
 */
export interface ServerRun {
  /** `undefined` while not connected, and until it is known which run this is. */
  current(): string | undefined;
}

/** Asks at once and again after every loss of the connection. */
export async function followServerRun(
  client: Pick<Redis, 'on' | 'info' | 'status'>,
): Promise<ServerRun> {
  let run: string | undefined;
  async function ask(): Promise<void> {
    const info = await client.info('server').catch(() => '');
    const id = /^run_id:(\w+)/m.exec(info)?.[1];
    if (id !== undefined && client.status === 'ready') run = id;
  }
  client.on('close', () => {
    run = undefined;
  });
  client.on('ready', () => void ask());
  if (client.status === 'ready') await ask();
  return { current: () => run };
}
