import type { Caller } from '../../shared/assertion.ts';
import type { CoreLoad, RoomSetting } from '../../shared/contracts/internal.ts';
import type { EntryStory } from '../../shared/contracts/entries.ts';
import type { Cord, PolicyFields, Room, RoomControl } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { toStory } from './entry-story-rules.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { ServedDocument } from './room-memory.ts';
import type { Ticker } from './ticker.ts';

type PolicyChange = Partial<PolicyFields> & {
  version?: number | undefined;
  force?: boolean | undefined;
};

/** Which entry, all of the room when none is said, and why. */
export interface Revocation {
  queueId?: string | undefined;
  reason?: string | undefined;
}

/** The room document, and the operator's hand. */
export interface RoomService {
  /** @throws Problem `not-found`. */
  document(roomId: string): Promise<ServedDocument>;
  getPolicy(roomId: string): Promise<RoomControl & { room: Room }>;
  /** @throws Problem `version-conflict`, `invalid-request`. */
  putPolicy(roomId: string, change: PolicyChange, caller: Caller): Promise<RoomControl>;
  pullCord(roomId: string, cord: Cord, caller: Caller): Promise<RoomControl>;
  /** Recorded first, then done. */
  revoke(roomId: string, what: Revocation, caller: Caller): Promise<{ revoked: number }>;
  /** @throws Problem `not-found` for a number that was not given. */
  entry(roomId: string, queueId: string): Promise<EntryStory>;
  /** @throws Problem `not-found` for an account that is not there, or has no place with a number. */
  entryOfAccount(roomId: string, userName: string): Promise<EntryStory>;
  coreLoad(): Promise<CoreLoad>;
}

export interface RoomServiceDeps {
  rooms: RoomDirectory;
  ticker: Ticker;
  store: Pick<QueueStore, 'revoke' | 'entryFacts' | 'numberOf'>;
  /** People a second that the core was seen to struggle with; `null` while it never was. */
  capacityPerSecond: () => Promise<number | null>;
  /** Whether rooms can ask for a captcha. */
  hasCaptcha: boolean;
  source: {
    findAccount(userName: string): Promise<{ userId: string }>;
    getLoad(): Promise<CoreLoad>;
    getRoomSetting(concertId: string): Promise<RoomSetting | undefined>;
    changeRoom(
      concertId: string,
      change: {
        version?: number;
        policy?: Partial<PolicyFields>;
        cord?: Cord;
        revoke?: { queueId: string | null; reason: string | null };
      },
      caller: Caller,
    ): Promise<RoomSetting>;
  };
}

/** A rate that the core was seen to struggle with is most often a slip of the finger. */
function refuseRate(admitPerSecond: number | undefined, capacity: number | null): void {
  if (admitPerSecond === undefined || capacity === null || admitPerSecond <= capacity) return;
  const message = `is above the ${capacity} a second that the core was measured to stand; force it`;
  throw new Problem('invalid-request', { errors: [{ path: 'body.admitPerSecond', message }] });
}

const toControl = ({ concertActive: _, draw: __, ...control }: RoomSetting): RoomControl => control;

export function createRoomService(deps: RoomServiceDeps): RoomService {
  const { rooms, ticker, store, capacityPerSecond, hasCaptcha, source } = deps;

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

  async function entry(roomId: string, queueId: string): Promise<EntryStory> {
    const room = JSON.parse((await document(roomId)).body) as Room;
    const number = Number(queueId);
    if (number > room.tail) throw new Problem('not-found');
    return toStory(number, room, await store.entryFacts(roomId, number));
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
    async putPolicy(roomId, { version, force = false, ...policy }, caller) {
      if (policy.challenge === 'captcha' && !hasCaptcha) {
        const errors = [{ path: 'body.challenge', message: 'no captcha provider is configured' }];
        throw new Problem('invalid-request', { errors });
      }
      if (!force) refuseRate(policy.admitPerSecond, await capacityPerSecond());
      const change = { policy, ...(version === undefined ? {} : { version }) };
      return takeEffect(await source.changeRoom(roomId, change, caller));
    },
    pullCord: async (roomId, cord, caller) =>
      takeEffect(await source.changeRoom(roomId, { cord }, caller)),
    async revoke(roomId, { queueId, reason }, caller) {
      const revoke = { queueId: queueId ?? null, reason: reason ?? null };
      await source.changeRoom(roomId, { revoke }, caller);
      const number = queueId === undefined ? 'all' : Number(queueId);
      const revoked = await rooms.within(roomId, () => store.revoke(roomId, number));
      const room = rooms.peek(roomId);
      if (room) await ticker.tickRoom(room);
      return { revoked };
    },
    entry,
    async entryOfAccount(roomId, userName) {
      const { userId } = await source.findAccount(userName);
      const number = await rooms.within(roomId, () => store.numberOf(roomId, userId));
      if (number === undefined) throw new Problem('not-found');
      return entry(roomId, String(number));
    },
    coreLoad: () => source.getLoad(),
  };
}
