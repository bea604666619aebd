import type { RoomReading } from '../queue/queue-types.ts';
import { createPaceMeter } from './pace.ts';
import type { RoomMemory } from './room-memory.ts';
import { type Bulletin, toDemand, toDocument } from './room-rules.ts';

/** What the leader keeps of a room between two ticks. */
export interface Pulse {
  /** When it is due again, and whether the seats are. */
  isDue(): { tick: boolean; seats: boolean };
  wake(): void;
  wantsCensus(): boolean;
  /** A reading as news for everybody. */
  toBulletin(reading: RoomReading): Bulletin;
  /** False when just this was published before. */
  isNew(text: string): boolean;
  published(text: string): void;
  ticked(): void;
  seatsAsked(): void;
}

/** A room where something happens stays awake this long after the last of it. */
const awakeMs = 10_000;
const idleTickMs = 2_000;
/** How often the core is asked for the seats of a room. */
const seatsEveryMs = { awake: 1_000, soldOut: 5_000, idle: 30_000 };
/** A census of a long line is not taken at every tick. */
const longLine = 10_000;
const longCensusEveryMs = 1_000;

/** @param now monotonic, in ms. */
export function createPulse(room: RoomMemory, now: () => number): Pulse {
  const meter = createPaceMeter();
  const at = { ticked: -Infinity, awakeUntil: -Infinity, seats: -Infinity, census: -Infinity };
  let census = '';
  let last = '';

  function keepCensus(reading: RoomReading): void {
    if (reading.front === reading.tail) census = '';
    if (reading.census === '') return;
    census = reading.census;
    at.census = now();
  }

  const wake = (): void => {
    at.awakeUntil = now() + awakeMs;
  };

  return {
    isDue() {
      const awake = at.awakeUntil > now();
      const soldOut = room.document?.phase === 'SOLD_OUT';
      const seatsMs = awake ? seatsEveryMs.awake : seatsEveryMs[soldOut ? 'soldOut' : 'idle'];
      return {
        tick: awake || now() - at.ticked >= idleTickMs,
        seats: now() - at.seats >= seatsMs,
      };
    },
    wake,
    wantsCensus: () => room.tail - room.front < longLine || now() - at.census >= longCensusEveryMs,
    toBulletin(reading) {
      keepCensus(reading);
      if (reading.slots > 0 || reading.tail > reading.front) wake();
      const pace = meter.measure(reading);
      const document = toDocument(room.setting, reading, pace);
      const { epoch, front, tail, registered, chain, closed } = reading;
      const speedPerSecond = document.phase === 'OPEN' ? pace.speedPerSecond : null;
      const registration = { registered, chain, ...(closed && { closed }) };
      const demand = toDemand(reading);
      const line = { epoch, front, tail, speedPerSecond, spread: pace.spread, census };
      return {
        document: JSON.stringify(document),
        ...line,
        ...registration,
        ...(demand && { demand }),
        ...(reading.kept > 0 && { kept: reading.kept }),
      };
    },
    isNew: (text) => text !== last,
    published(text) {
      last = text;
    },
    ticked() {
      at.ticked = now();
    },
    seatsAsked() {
      at.seats = now();
    },
  };
}
