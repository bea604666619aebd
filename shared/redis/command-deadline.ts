import type { Redis } from 'ioredis';

type Send = Redis['sendCommand'];
type Sent = Parameters<Send>[0];

/**
 * Gives up on a command that was not answered in time, as the `commandTimeout` of ioredis does,
 * but never because this process was busy: when the time is over, what has arrived meanwhile is
 * read first. Timers come before input in a turn of the event loop, so the timeout of ioredis
 * turns every pause of ours into a failure of Redis.
 * @throws Error 'Command timed out', like ioredis.
 */
export function limitCommands(client: Pick<Redis, 'sendCommand'>, timeoutMs: number): void {
  const send: Send = client.sendCommand.bind(client);

  function limit(command: Sent): void {
    const giveUp = (): void => {
      if (!command.isResolved) command.reject(new Error('Command timed out'));
    };
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    const clear = (): void => clearTimeout(timer);
    command.promise.then(clear, clear);
  }

  client.sendCommand = (command, stream) => {
    limit(command);
    return send(command, stream);
  };
}
