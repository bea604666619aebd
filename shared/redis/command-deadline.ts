import { Command, type Redis } from 'ioredis';

type Send = Redis['sendCommand'];
type Sent = Parameters<Send>[0];
type LimitedClient = Pick<Redis, 'sendCommand' | 'status' | 'on'>;

export interface CommandLimit {
  /** Given up between this and a quarter more, as far as this process was awake. */
  timeoutMs: number;
  /** Told when the server has gone silent, and when it answers again. */
  onSilent?: (isSilent: boolean) => void;
}

/** In a quarter of the time everything that has arrived is read at least once. */
const turns = 4;

/**
 * Gives up on a command that was not answered in time, and then refuses at once until the server
 * has been heard of again: replies come in the order of the commands, so nothing sent after a
 * silent one would be answered before it. A PING behind the last of them asks when that is.
 *
 * Time counts only while this process is awake: it goes by in four turns, and input is read between
 * two of them. However busy we are, a pause of ours is never taken for a failure of Redis, as the
 * `commandTimeout` of ioredis does, whose timers come before input in a turn of the event loop.
 */
export function limitCommands(client: LimitedClient, { timeoutMs, onSilent }: CommandLimit): void {
  const send: Send = client.sendCommand.bind(client);
  const waiting: { command: Sent; since: number; isAnswered: boolean }[] = [];
  let turn = 0;
  let isTurning = false;
  let isSilent = false;

  function setSilent(now: boolean): void {
    if (isSilent === now) return;
    isSilent = now;
    onSilent?.(now);
  }

  function listen(): void {
    if (isSilent || client.status !== 'ready') return;
    setSilent(true);
    const ping = new Command('ping', [], { replyEncoding: 'utf8' });
    // An error reply is an answer too; a connection that ends has its own event.
    const heard = (): void => setSilent(false);
    ping.promise.then(heard, heard);
    void send(ping);
  }

  function onTurn(): void {
    turn += 1;
    for (let first = waiting[0]; first; first = waiting[0]) {
      const isLate = turn - first.since > turns;
      if (!first.isAnswered && !isLate) break;
      waiting.shift();
      if (first.isAnswered) continue;
      first.command.reject(new Error('Command timed out'));
      listen();
    }
    isTurning = waiting.length > 0;
    if (isTurning) nextTurn();
  }

  /** Input comes after timers and before `setImmediate`. */
  function nextTurn(): void {
    setTimeout(() => setImmediate(onTurn), timeoutMs / turns);
  }

  client.on('close', () => setSilent(false));
  client.sendCommand = (command, stream) => {
    if (isSilent) {
      command.reject(new Error('Redis is silent'));
      return command.promise;
    }
    const sent = { command, since: turn, isAnswered: false };
    // An error is an answer too. Who asked hears of it; of ioredis' own commands, as it connects,
    // nobody needs to, and a rejection that nobody hears of would end the process.
    const onAnswer = (): void => {
      sent.isAnswered = true;
    };
    command.promise.then(onAnswer, onAnswer);
    waiting.push(sent);
    if (!isTurning) {
      isTurning = true;
      nextTurn();
    }
    return send(command, stream);
  };
}
