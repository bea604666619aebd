/**
 * What the calls so far have shown: ids by the name they have in answers, so that later calls are
 * about things that exist. Which of them a call takes is a number of its own, the same in a replay.
 */
export interface Pool {
  /** Keeps every id in an answer, and that it was told to this account. */
  harvest(answer: unknown, owner: string): void;
  add(name: string, value: string): void;
  /** What most calls shall be about from now on. */
  focus(things: Record<string, string>): void;
  /** One of the ids that a parameter or member of this name can stand for. */
  pick(name: string, dice: number, owner: string): string | undefined;
  /** The value with its ids replaced by known ones, one dice for each. */
  fill(value: unknown, dice: () => number, owner: string): unknown;
}

const keptMax = 40;
/** What is new is what can still be held, paid or given back. */
const newMax = 12;

/** The same thing under another name. */
const sameAs: Record<string, string> = {
  scheduleId: 'concertScheduleId',
  reservationIds: 'reservationId',
  seatIds: 'seatId',
  paymentIds: 'paymentId',
};

const isPersonal = new Set(['reservationId', 'paymentId', 'chargeId']);
const isKept = (name: string): boolean => /Id$/.test(name) && name !== 'requestId';

export function createPool(): Pool {
  const known = new Map<string, string[]>();
  let focused: Record<string, string> = {};

  function add(name: string, value: string): void {
    const values = known.get(name) ?? [];
    if (values.includes(value)) return;
    known.set(name, [...values, value].slice(-keptMax));
  }

  function pick(given: string, dice: number, owner: string): string | undefined {
    const name = sameAs[given] ?? given;
    const isUsual = dice % 4 !== 0;
    if (isUsual && focused[name] !== undefined) return focused[name];
    const own = isUsual ? known.get(`${owner} ${name}`) : undefined;
    const values = (own ?? known.get(name) ?? []).slice(isUsual ? -newMax : 0);
    return values.length === 0 ? undefined : values[dice % values.length];
  }

  function focus(things: Record<string, string>): void {
    focused = things;
    for (const [name, value] of Object.entries(things)) add(name, value);
  }

  function harvest(answer: unknown, owner: string): void {
    if (Array.isArray(answer)) return answer.slice(0, 50).forEach((one) => harvest(one, owner));
    if (typeof answer !== 'object' || answer === null) return;
    for (const [name, member] of Object.entries(answer)) {
      if (typeof member !== 'string') harvest(member, owner);
      else if (isKept(name)) {
        add(name, member);
        if (isPersonal.has(name)) add(`${owner} ${name}`, member);
      }
    }
  }

  function fill(value: unknown, dice: () => number, owner: string, name = ''): unknown {
    // Most lists of ids take none twice.
    if (Array.isArray(value)) return [...new Set(value.map((one) => fill(one, dice, owner, name)))];
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, member]) => [key, fill(member, dice, owner, key)]),
      );
    return typeof value === 'string' ? (pick(name, dice(), owner) ?? value) : value;
  }

  return { harvest, add, focus, pick, fill };
}
