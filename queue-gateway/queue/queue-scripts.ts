import { defineScript } from '../../shared/redis/script.ts';
import { emptyLeaf } from '../../shared/draw.ts';
import type { AdmissionLimit, EndReason } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type {
  Activation,
  ClosedRegistration,
  Configured,
  CoreChange,
  CountedMinutes,
  EntryClaims,
  Habits,
  JoinedPlace,
  JoinReply,
  PlaceNow,
  RoomReading,
  RoomSnapshot,
} from './queue-types.ts';
import { byTime, toMinute } from './record-rules.ts';

/** The Lua commands of the line by name, their arguments and replies typed. */

/** Redis does not know the room: it is new, or the store came back empty. */
export class RoomUnconfigured extends Error {
  constructor() {
    super('the room is not configured in Redis');
    this.name = 'RoomUnconfigured';
  }
}

const file = (name: string): URL => new URL(`./lua/${name}.lua`, import.meta.url);

/** Replies are flat lists of words and numbers. @throws RoomUnconfigured */
function words(raw: unknown): string[] {
  const list = Array.isArray(raw) ? raw.map(String) : [String(raw)];
  if (list[0] === 'unconfigured') throw new RoomUnconfigured();
  return list;
}

function unknownReply(reply: readonly string[]): Problem {
  return new Problem('internal', {
    cause: new Error(`unknown reply of Redis: ${reply.join(' ')}`),
  });
}

const reasonOf = (word: string | undefined): EndReason => (word ?? 'expired') as EndReason;

/** Zeros, or nothing: a leaf that was lost with Redis. */
const isLeaf = (text: string | undefined): text is string =>
  /^[0-9a-f]{40}$/.test(text ?? '') && text !== emptyLeaf;

function toJoined(line: string): JoinedPlace {
  const [word, age, number, more, last] = line.split(' ');
  if (word === 'closed' || word === 'sold-out' || word === 'full' || word === 'none')
    return { word };
  if (word === 'REGISTERED')
    return { word, isNew: age === 'new', index: Number(number), leaf: isLeaf(more) ? more : '' };
  const base = { isNew: age === 'new', number: Number(number) };
  if (word === 'WAITING') return { word, ...base };
  if (word === 'LATE') return { word, ...base, ahead: Number(more) };
  if (word === 'READY') return { word, ...base, claimEndMs: Number(more), canExtend: last === '1' };
  if (word === 'ACTIVE') return { word, ...base, token: String(more) };
  throw unknownReply([line]);
}

function toPlace([line = '', nowMs, front, tail]: string[]): PlaceNow {
  const [word, more, last] = line.split(' ');
  const base = { nowMs: Number(nowMs), front: Number(front), tail: Number(tail) };
  if (word === 'WAITING') return { word, ...base };
  if (word === 'LATE') return { word, ...base, ahead: Number(more) };
  if (word === 'READY') return { word, ...base, claimEndMs: Number(more), canExtend: last === '1' };
  if (word === 'ACTIVE') return { word, ...base, tokenEndMs: Number(more) };
  if (word === 'ENDED') return { word, ...base, reason: reasonOf(more) };
  throw unknownReply([line]);
}

function toActivation(reply: string[]): Activation {
  const [word, first, second] = reply;
  if (word === 'ACTIVE' && first) return { word, token: first };
  if (word === 'RENEW' && first) return { word, jti: first, untilMs: Number(second) };
  if (word === 'WAITING' || word === 'LATE') return { word };
  if (word === 'ENDED') return { word, reason: reasonOf(first) };
  throw unknownReply(reply);
}

/** What the scripts put before a digest, so that it is never read as a number. */
const plainDigest = (text = ''): string => text.replace(/^h:/, '');

/** So many visits must have ended before what they came to says anything; `admit.lua` too. */
const visitsKnown = 20;

function toHabits(raw: Partial<Habits & { visits: number }>): Habits | undefined {
  const { visits = 0, seatsPerVisit = 0, conversion = 0, noShow = 0 } = raw;
  return visits < visitsKnown ? undefined : { seatsPerVisit, conversion, noShow };
}

function toClosed([count, base, digest]: (string | undefined)[]): ClosedRegistration | undefined {
  if (!Number(count)) return undefined;
  return { registered: Number(count), base: Number(base), digest: plainDigest(digest) };
}

const readingHead = 12;

function toReading(reply: string[]): RoomReading {
  const [, nowMs, epoch, front, tail, slots, admitted, living, sellable, soldOut, census, limit] =
    reply;
  const [registered, chain, count, base, digest, ...measured] = reply.slice(readingHead);
  const [visits, seatsPerVisit, conversion, noShow, holding, kept, minutesKept] =
    measured.map(Number);
  return {
    nowMs: Number(nowMs),
    epoch: Number(epoch),
    front: Number(front),
    tail: Number(tail),
    slots: Number(slots),
    admitted: Number(admitted),
    living: Number(living),
    sellable: Number(sellable) < 0 ? null : Number(sellable),
    soldOut: soldOut === '1',
    census: census ?? '',
    limit: limit as AdmissionLimit,
    registered: Number(registered),
    chain: plainDigest(chain),
    closed: toClosed([count, base, digest]),
    habits: toHabits({ visits, seatsPerVisit, conversion, noShow }),
    holding: holding ?? 0,
    kept: kept ?? 0,
    minutesKept: minutesKept ?? 0,
  };
}

const snapshotHead = 10;

function toSnapshot(reply: string[]): RoomSnapshot {
  const [, nowMs, epoch, front, tail, setting, document, registered, chain, gaps] = reply;
  const ended = [];
  for (let at = snapshotHead; at < reply.length; at += 3) {
    const [number, reason, untilMs] = reply.slice(at, at + 3);
    ended.push({ number: Number(number), reason: reasonOf(reason), untilMs: Number(untilMs) });
  }
  return {
    nowMs: Number(nowMs),
    epoch: Number(epoch),
    front: Number(front),
    tail: Number(tail),
    setting: setting ?? '',
    document: document ?? '',
    registered: Number(registered),
    chain: plainDigest(chain),
    gaps: (gaps ?? '').split(' ').filter(Boolean).map(Number),
    ended,
  };
}

export const joinScript = defineScript<{ salt: string; userIds: string[] }, JoinReply>(
  file('join'),
  (raw) => {
    const [, nowMs, epoch, front, tail, registered, chain, ...lines] = words(raw);
    return {
      nowMs: Number(nowMs),
      epoch: Number(epoch),
      front: Number(front),
      tail: Number(tail),
      registered: Number(registered),
      chain: plainDigest(chain),
      places: lines.map(toJoined),
    };
  },
);

export const unregisterScript = defineScript<
  { userId: string; index: number; epoch: number },
  EndReason | undefined
>(file('unregister'), (raw) => {
  const [word, reason] = (words(raw)[0] ?? '').split(' ');
  return word === 'left' ? undefined : reasonOf(reason);
});

type EntryArgs = EntryClaims & { index: number };

export const statusScript = defineScript<EntryArgs, PlaceNow>(file('status'), (raw) =>
  toPlace(words(raw)),
);

export const extendScript = defineScript<EntryArgs, PlaceNow>(file('extend'), (raw) =>
  toPlace(words(raw)),
);

export const activateScript = defineScript<
  EntryArgs & { newJti: string; newToken: string; newEnd: number },
  Activation
>(file('activate'), (raw) => toActivation(words(raw)));

export const leaveScript = defineScript<EntryArgs, EndReason | undefined>(file('leave'), (raw) => {
  const [word, reason] = (words(raw)[0] ?? '').split(' ');
  return word === 'left' ? undefined : reasonOf(reason);
});

export const checkLeaseScript = defineScript<EntryArgs, EndReason | undefined>(
  file('check-lease'),
  (raw) => {
    const [word] = words(raw);
    return word === 'live' ? undefined : reasonOf(word);
  },
);

export const revokeScript = defineScript<{ number: number }, number>(file('revoke'), (raw) =>
  Number(words(raw)[1]),
);

export const touchScript = defineScript<
  { firstByte: number; bitmap: Buffer; active: number[] },
  void
>(file('touch'), (raw) => {
  words(raw);
});

export const applyEventsScript = defineScript<{ events: (string | number)[] }, number>(
  file('apply-events'),
  (raw) => Number(words(raw)[1]),
);

export const tickScript = defineScript<{ withCensus: 0 | 1; pressure: number | '' }, RoomReading>(
  file('tick'),
  (raw) => toReading(words(raw)),
);

export const recordScript = defineScript<object, CountedMinutes>(file('record'), (raw) => {
  const [, running = '', ...closed] = words(raw);
  return {
    closed: closed.map(toMinute).sort(byTime),
    running: running === '' ? undefined : toMinute(running),
  };
});

export const snapshotScript = defineScript<object, RoomSnapshot>(file('snapshot'), (raw) =>
  toSnapshot(words(raw)),
);

export const setInventoryScript = defineScript<{ sellable: number; soldOut: 0 | 1 }, void>(
  file('set-inventory'),
  (raw) => {
    words(raw);
  },
);

export const configureScript = defineScript<
  Record<string, string | number | (string | number)[]>,
  Configured
>(file('configure'), (raw) => String(raw) as Configured);

export const leadScript = defineScript<{ process: string; leaseMs: number }, boolean>(
  file('lead'),
  (raw) => raw === 'leader',
);

/** A change of the core as the six arguments of `apply-events`. */
export const toEventArgs = (change: CoreChange): (string | number)[] => [
  change.eventId,
  change.what,
  change.number,
  change.userId,
  change.value,
  change.seats,
];
