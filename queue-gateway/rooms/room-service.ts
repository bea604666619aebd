import type { Caller } from '../../shared/assertion.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Cord, PolicyFields, Room, RoomControl } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { ServedDocument } from './room-memory.ts';
import type { Ticker } from './ticker.ts';

type PolicyChange = Partial<PolicyFields> & { version?: number | undefined };

/** The room document, and the operator's hand. */
export interface RoomService {
  /** @throws Problem `not-found`. */
  document(roomId: string): Promise<ServedDocument>;
  getPolicy(roomId: string): Promise<RoomControl & { room: Room }>;
  /** @throws Problem `version-conflict`, `invalid-request`. */
  putPolicy(roomId: string, change: PolicyChange, caller: Caller): Promise<RoomControl>;
  pullCord(roomId: string, cord: Cord, caller: Caller): Promise<RoomControl>;
}

export interface RoomServiceDeps {
  rooms: RoomDirectory;
  ticker: Ticker;
  source: {
    getRoomSetting(concertId: string): Promise<RoomSetting | undefined>;
    changeRoom(
      concertId: string,
      change: { version?: number; policy?: Partial<PolicyFields>; cord?: Cord },
      caller: Caller,
    ): Promise<RoomSetting>;
  };
}

const toControl = ({ concertActive: _, ...control }: RoomSetting): RoomControl => control;

export function createRoomService({ rooms, ticker, source }: RoomServiceDeps): RoomService {
  async function document(roomId: string): Promise<ServedDocument> {
    const room = await rooms.ensure(roomId);
    ticker.wake(roomId);
    if (!room.document) await ticker.tickRoom(room);
    if (!room.document) throw new Problem('unavailable');
    return room.document;
  }

  /** In MySQL first; then here at once, and by the news everywhere else. */
  async function takeEffect(setting: RoomSetting): Promise<RoomControl> {
    await rooms.apply(setting);
    const room = rooms.peek(setting.concertId);
    if (room) await ticker.tickRoom(room);
    return toControl(setting);
  }

  return {
    document,
    async getPolicy(roomId) {
      // The operator reads the truth, not what this process heard of it last.
      const setting = await source.getRoomSetting(roomId);
      if (!setting) throw new Problem('not-found');
      await rooms.apply(setting);
      const { body } = await document(roomId);
      return { ...toControl(setting), room: JSON.parse(body) as Room };
    },
    async putPolicy(roomId, { version, ...policy }, caller) {
      if (policy.order === 'draw') {
        const errors = [{ path: 'body.order', message: 'draw is not offered yet' }];
        throw new Problem('invalid-request', { errors });
      }
      const change = { policy, ...(version === undefined ? {} : { version }) };
      return takeEffect(await source.changeRoom(roomId, change, caller));
    },
    pullCord: async (roomId, cord, caller) =>
      takeEffect(await source.changeRoom(roomId, { cord }, caller)),
  };
}
