import type { Room } from '../../shared/contracts/queue.ts';
import type { RoomMemory } from '../rooms/room-memory.ts';
import { createDeadMan } from './dead-man.ts';
import type { RoomFigures } from './figures-store.ts';
import { type GatewayMetrics, roomsMax } from './gateway-metrics.ts';

/** What can be looked at of the line. */
export interface LineView {
  rooms(): Iterable<RoomMemory>;
  figures(roomId: string): Promise<RoomFigures>;
  streams(): number;
}

/** Fills the gauges of the line when somebody asks: nothing is kept up to date for nobody. */
export function createLineCollector(
  metrics: GatewayMetrics,
  view: LineView,
  now: () => number,
): () => Promise<void> {
  const { rooms: gauges, roomLabel } = metrics;
  const stillnessOf = createDeadMan(now);

  function noteDocument(room: string, shown: Room): void {
    gauges.waiting.set({ room }, shown.waiting);
    if (shown.seatsLeft !== null) gauges.seatsLeft.set({ room }, shown.seatsLeft);
    gauges.limit.set({ room, limit: shown.limit }, 1);
  }

  function noteFigures(room: string, memory: RoomMemory, isOpen: boolean, found: RoomFigures) {
    const { slots, ready, returners, counters } = found;
    const [admitted, activated, returned] = ['admitted', 'activated', 'returned'].map(
      (name) => counters.get(name) ?? 0,
    ) as [number, number, number];
    const { front, tail } = memory;
    gauges.leases.set({ room }, slots);
    gauges.ready.set({ room }, ready);
    gauges.active.set({ room }, slots - ready);
    gauges.returners.set({ room }, returners);
    gauges.admissions.set({ room }, admitted);
    gauges.arrivals.set({ room }, activated);
    gauges.returned.set({ room }, returned);
    gauges.passed.set({ room }, Math.max(0, front - (admitted - returned)));
    for (const [name, count] of counters)
      if (name.startsWith('ended_'))
        gauges.ended.set({ room, reason: name.slice('ended_'.length) }, count);
    const still = stillnessOf(room, { isOpen, front, tail, admitted, activated });
    gauges.frontStuck.set({ room }, still.frontStuckSeconds);
    gauges.noArrival.set({ room }, still.noArrivalSeconds);
  }

  async function note(memory: RoomMemory): Promise<void> {
    const room = memory.id;
    const shown = memory.document && (JSON.parse(memory.document.body) as Room);
    gauges.front.set({ room }, memory.front);
    gauges.tail.set({ room }, memory.tail);
    if (shown) noteDocument(room, shown);
    const found = await view.figures(room).catch(() => undefined);
    if (found) noteFigures(room, memory, shown?.phase === 'OPEN', found);
  }

  return async () => {
    for (const gauge of Object.values(gauges)) gauge.reset();
    const all = [...view.rooms()];
    metrics.known.set(all.length);
    metrics.streams.set(view.streams());
    const shown = all.filter(({ id }) => roomLabel(id) === id).slice(0, roomsMax);
    await Promise.all(shown.map(note));
  };
}
