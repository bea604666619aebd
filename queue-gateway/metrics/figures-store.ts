import { Problem } from '../../shared/problems.ts';
import { defineScript } from '../../shared/redis/script.ts';
import type { ServerRun } from '../../shared/redis/server-run.ts';
import { roomKeys } from '../queue/queue-keys.ts';

/** What has come of a room since it was made. */
export interface RoomFigures {
  /** READY and ACTIVE. */
  slots: number;
  ready: number;
  /** Late, and in line again. */
  returners: number;
  /** By name: `admitted`, `activated`, `returned`, and `ended_<reason>`. */
  counters: ReadonlyMap<string, number>;
}

export interface FiguresStore {
  /** @throws Problem `unavailable` */
  read(roomId: string): Promise<RoomFigures>;
}

const figuresScript = defineScript<object, RoomFigures>(
  new URL('./lua/figures.lua', import.meta.url),
  (raw) => {
    const [slots, ready, returners, ...rest] = (raw as (string | number)[]).map(String);
    const counters = new Map<string, number>();
    for (let at = 0; at < rest.length; at += 2) counters.set(rest[at] ?? '', Number(rest[at + 1]));
    return { slots: Number(slots), ready: Number(ready), returners: Number(returners), counters };
  },
);

export function createFiguresStore(options: {
  namespace: string;
  server: ServerRun;
}): FiguresStore {
  const { namespace, server } = options;
  return {
    async read(roomId) {
      const keys = roomKeys(namespace, roomId);
      const found = server.of(keys.state);
      if (!found) throw new Problem('unavailable', { retryAfterSeconds: 2 });
      return figuresScript(found.client, { ...keys }, {});
    },
  };
}
