import type { Logger } from '../../shared/logger.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { NewsStore } from './news-store.ts';
import { createPulse, type Pulse } from './pulse.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomMemory } from './room-memory.ts';
import type { Bulletin } from './room-rules.ts';
import type { SeatWatch } from './seat-watch.ts';

/** Ticks rooms: admission and the document. Any process may tick any room at any time. */
export interface Ticker {
  /** One pass over the rooms that are due, if this process leads. */
  pass(): Promise<void>;
  /** One room now, whoever leads. */
  tickRoom(room: RoomMemory): Promise<void>;
  /** Asks the core for the seats of a room now; never throws. */
  refreshSeats(room: RoomMemory): Promise<void>;
  /** People let in per second now, over all rooms this process ticks. */
  speedPerSecond(): number;
  /** Something happens in this room: tick it at every pass for a while. */
  wake(roomId: string): void;
}

export interface TickerDeps {
  store: QueueStore;
  news: NewsStore;
  rooms: RoomDirectory;
  seats: SeatWatch;
  /** What the core can take, asked for by who leads. */
  pressure: { share(): number; ask(): Promise<void> };
  log: Logger;
  /** Monotonic, in ms. */
  now: () => number;
  /**
   * What all gateways hear is told here at once too. `minutesKept`: minutes of the record that who
   * leads has to bring to the core.
   */
  onBulletin: (room: RoomMemory, bulletin: Bulletin, minutesKept: number) => void;
}

/** Longer than a pass and its pauses; when a leader dies the next one waits at most this long. */
const leadMs = 1_000;

export function createTicker(deps: TickerDeps): Ticker {
  const { store, news, rooms, seats, pressure, log, now, onBulletin } = deps;
  const pulses = new Map<string, Pulse>();

  function pulseOf(room: RoomMemory): Pulse {
    const known = pulses.get(room.id);
    if (known) return known;
    const pulse = createPulse(room, now);
    pulses.set(room.id, pulse);
    return pulse;
  }

  async function tickAs(room: RoomMemory, share: number | undefined): Promise<void> {
    const pulse = pulseOf(room);
    pulse.ticked();
    const withCensus = pulse.wantsCensus();
    const reading = await rooms.within(room.id, () =>
      store.tick(room.id, { withCensus, pressure: share }),
    );
    const bulletin = pulse.toBulletin(reading);
    const text = JSON.stringify(bulletin);
    if (pulse.isNew(text)) {
      await news.publish(room.id, bulletin);
      pulse.published(text);
    }
    onBulletin(room, bulletin, share === undefined ? 0 : reading.minutesKept);
  }

  function refreshSeats(room: RoomMemory): Promise<void> {
    pulseOf(room).seatsAsked();
    return seats.refresh(room);
  }

  async function passRoom(room: RoomMemory): Promise<void> {
    const due = pulseOf(room).isDue();
    if (due.seats) void refreshSeats(room);
    if (!due.tick) return;
    try {
      await tickAs(room, pressure.share());
    } catch (error) {
      log.debug({ roomId: room.id, err: error }, 'room not ticked');
    }
  }

  return {
    async pass() {
      if (!(await news.lead(leadMs))) return;
      void pressure.ask();
      await Promise.all(Array.from(rooms.all(), passRoom));
    },
    speedPerSecond() {
      let sum = 0;
      for (const room of rooms.all()) sum += room.speedPerSecond ?? 0;
      return sum;
    },
    tickRoom: (room) => tickAs(room, undefined),
    refreshSeats,
    wake(roomId) {
      const room = rooms.peek(roomId);
      if (room) pulseOf(room).wake();
    },
  };
}
