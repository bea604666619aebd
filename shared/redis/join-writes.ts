import type { Redis } from 'ioredis';

/**
 * Commands that are sent in one turn of the event loop leave in one write. Each write is a system
 * call that wakes Redis, and under load that costs more than the command: calls that came in
 * together ask together. Alone, a command leaves at the end of its turn.
 */
export function joinWrites(client: Pick<Redis, 'sendCommand' | 'stream'>): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, into) => {
    const { stream } = client;
    if (!into && stream && stream.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return send(command, into);
  };
}
