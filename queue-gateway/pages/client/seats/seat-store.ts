import type { HallSeat, HallTier } from '../../seats/hall-rules.ts';
import { type ApiAnswer, ask } from '../api.ts';

export interface HallLayout {
  layoutVersion: number;
  tiers: HallTier[];
  seats: HallSeat[];
}

type SeatChar = 'A' | 'H' | 'S';
type StateReply =
  | { version: string; layoutVersion: number; seats: string }
  | { version: string; layoutVersion: number; changes: [number, SeatChar][] };

export interface SeatStoreEvents {
  /** Seats that changed; every seat when `undefined`. */
  onChange(changed: readonly number[] | undefined): void;
  /** The API no longer answers us, and why. */
  onRefused(answer: Extract<ApiAnswer<unknown>, { ok: false }>): void;
  onLink(isThere: boolean): void;
}

export interface SeatStore {
  readonly layout: HallLayout;
  stateOf(index: number): SeatChar;
  isFree(index: number): boolean;
  /** Seats somebody was faster with: shown at once, before the next state comes. */
  markTaken(indexes: readonly number[]): void;
  stop(): void;
}

/** With the age of what is answered, a quarter of a second, news is told within one. */
const pollMs = 650;
const lostMs = 3_000;

/** The seats of one date, as fresh as a second. @returns the refusal when there is none to be had. */
export async function openSeatStore(
  path: string,
  events: SeatStoreEvents,
): Promise<SeatStore | Extract<ApiAnswer<unknown>, { ok: false }>> {
  const [layoutAnswer, first] = await Promise.all([
    ask<HallLayout>(`${path}?view=layout`),
    ask<StateReply>(`${path}?view=state`),
  ]);
  if (!layoutAnswer.ok) return layoutAnswer;
  if (!first.ok) return first;
  const layout = layoutAnswer.body;
  let version = first.body.version;
  let states = toChars(first.body) ?? [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function apply(reply: StateReply): void {
    version = reply.version;
    const whole = toChars(reply);
    if (whole) {
      states = whole;
      events.onChange(undefined);
    } else if ('changes' in reply && reply.changes.length > 0) {
      for (const [index, char] of reply.changes) states[index] = char;
      events.onChange(reply.changes.map(([index]) => index));
    }
  }

  async function poll(): Promise<void> {
    clearTimeout(timer);
    // Nobody looks: no sign of life either, so that a forgotten tab does not keep a slot.
    if (stopped || document.visibilityState === 'hidden') return;
    const answer = await ask<StateReply>(`${path}?view=state&since=${version}`);
    if (stopped) return;
    if (answer.ok) apply(answer.body);
    else if (answer.problem && answer.problem.status < 500 && answer.problem.status !== 429) {
      stopped = true;
      events.onRefused(answer);
      return;
    }
    events.onLink(answer.ok);
    timer = setTimeout(() => void poll(), answer.ok ? pollMs : lostMs);
  }

  timer = setTimeout(() => void poll(), pollMs);
  document.addEventListener('visibilitychange', () => void poll());
  return {
    layout,
    stateOf: (index) => states[index] ?? 'S',
    isFree: (index) => states[index] === 'A',
    markTaken(indexes) {
      for (const index of indexes) states[index] = 'H';
      events.onChange(indexes);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

const toChars = (reply: StateReply): SeatChar[] | undefined =>
  'seats' in reply ? ([...reply.seats] as SeatChar[]) : undefined;
