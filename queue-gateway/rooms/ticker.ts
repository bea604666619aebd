import type { Inventory } from '../../shared/contracts/internal.ts';
import type { Logger } from '../../shared/logger.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { RoomReading } from '../queue/queue-types.ts';
import type { NewsStore } from './news-store.ts';
import { createPaceMeter, type PaceMeter } from './pace.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomMemory } from './room-memory.ts';
import { type Bulletin, toDocument, toSeats } from './room-rules.ts';

/** Ticks rooms: admission and the document. Any process may tick any room at any time. */
export interface Ticker {
  /** One pass over the rooms that are due, if this process leads. */
  pass(): Promise<void>;
  /** One room now, whoever leads. */
  tickRoom(room: RoomMemory): Promise<void>;
  /** Asks the core for the seats of a room now; never throws. */
  refreshSeats(room: RoomMemory): Promise<void>;
  /** Something happens in this room: tick it at every pass for a while. */
  wake(roomId: string): void;
}

export interface TickerDeps {
  store: QueueStore;
  news: NewsStore;
  rooms: RoomDirectory;
  source: { getInventory(concertId: string): Promise<Inventory> };
  log: Logger;
  /** Monotonic, in ms. */
  now: () => number;
  /** What all gateways hear is told here at once too. */
  onBulletin: (room: RoomMemory, bulletin: Bulletin) => void;
}

/** Longer than a pass and its pauses; when a leader dies the next one waits at most this long. */
const leadMs = 1_000;
/** A room where nothing happens. */
const idleTickMs = 2_000;
const awakeMs = 10_000;
/** How often the core is asked for the seats of a room. */
const seatsEveryMs = { awake: 1_000, soldOut: 5_000, idle: 30_000 };
/** A census of a long line is not taken at every tick. */
const longLine = 10_000;
const longCensusEveryMs = 1_000;

interface Pulse {
  meter: PaceMeter;
  tickedAt: number;
  awakeUntil: number;
  seatsAskedAt: number;
  censusAt: number;
  census: string;
  published: string;
  asking: Promise<void> | undefined;
}

const newPulse = (): Pulse => ({
  meter: createPaceMeter(),
  tickedAt: -Infinity,
  awakeUntil: -Infinity,
  seatsAskedAt: -Infinity,
  censusAt: -Infinity,
  census: '',
  published: '',
  asking: undefined,
});

export function createTicker(deps: TickerDeps): Ticker {
  const { store, news, rooms, source, log, now, onBulletin } = deps;
  const pulses = new Map<string, Pulse>();
  const pulseOf = (roomId: string): Pulse => {
    const known = pulses.get(roomId) ?? newPulse();
    pulses.set(roomId, known);
    return known;
  };
  const isAwake = (pulse: Pulse): boolean => pulse.awakeUntil > now();

  function wantsCensus(room: RoomMemory, pulse: Pulse): boolean {
    return room.tail - room.front < longLine || now() - pulse.censusAt >= longCensusEveryMs;
  }

  function toBulletin(room: RoomMemory, pulse: Pulse, reading: RoomReading): Bulletin {
    if (reading.front === reading.tail) pulse.census = '';
    else if (reading.census !== '') {
      pulse.census = reading.census;
      pulse.censusAt = now();
    }
    const pace = pulse.meter.measure(reading);
    const document = toDocument(room.setting, reading, pace);
    const { epoch, front, tail } = reading;
    return {
      document: JSON.stringify(document),
      epoch,
      front,
      tail,
      speedPerSecond: document.phase === 'OPEN' ? pace.speedPerSecond : null,
      census: pulse.census,
    };
  }

  async function tickRoom(room: RoomMemory): Promise<void> {
    const pulse = pulseOf(room.id);
    pulse.tickedAt = now();
    const withCensus = wantsCensus(room, pulse);
    const reading = await rooms.within(room.id, () => store.tick(room.id, { withCensus }));
    if (reading.slots > 0 || reading.tail > reading.front) pulse.awakeUntil = now() + awakeMs;
    const bulletin = toBulletin(room, pulse, reading);
    const text = JSON.stringify(bulletin);
    if (text !== pulse.published) {
      await news.publish(room.id, bulletin);
      pulse.published = text;
    }
    onBulletin(room, bulletin);
  }

  async function askSeats(room: RoomMemory): Promise<void> {
    try {
      const seats = toSeats(await source.getInventory(room.id));
      await rooms.within(room.id, () => store.setInventory(room.id, seats));
    } catch (error) {
      log.debug({ roomId: room.id, err: error }, 'seats not known');
    }
  }

  function refreshSeats(room: RoomMemory): Promise<void> {
    const pulse = pulseOf(room.id);
    pulse.seatsAskedAt = now();
    pulse.asking ??= askSeats(room).finally(() => {
      pulse.asking = undefined;
    });
    return pulse.asking;
  }

  async function passRoom(room: RoomMemory): Promise<void> {
    const pulse = pulseOf(room.id);
    const awake = isAwake(pulse);
    if (!awake && now() - pulse.tickedAt < idleTickMs) return;
    const soldOut = room.document?.phase === 'SOLD_OUT';
    const seatsMs = awake ? seatsEveryMs.awake : seatsEveryMs[soldOut ? 'soldOut' : 'idle'];
    if (now() - pulse.seatsAskedAt >= seatsMs) void refreshSeats(room);
    try {
      await tickRoom(room);
    } catch (error) {
      log.debug({ roomId: room.id, err: error }, 'room not ticked');
    }
  }

  return {
    async pass() {
      if (!(await news.lead(leadMs))) return;
      await Promise.all(Array.from(rooms.all(), passRoom));
    },
    tickRoom,
    refreshSeats,
    wake(roomId) {
      pulseOf(roomId).awakeUntil = now() + awakeMs;
    },
  };
}
