import type { EndReason } from '../../shared/contracts/queue.ts';
import type { EndedEntry } from '../queue/queue-types.ts';
import type { Bulletin } from './room-rules.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';

/** What gateways tell each other of a room, as `tell` in `parts/room.lua` and the leader say it. */
export type RoomNews =
  | { what: 'front'; roomId: string; front: number; tail: number; epoch: number }
  | { what: 'ended'; roomId: string; entry: EndedEntry }
  | { what: 'gone'; roomId: string; number: number }
  | { what: 'gap'; roomId: string; from: number }
  | { what: 'quit'; roomId: string; index: number }
  | { what: 'setting'; roomId: string; setting: RoomSetting }
  | { what: 'bulletin'; roomId: string; bulletin: Bulletin };

export const bulletinNews = (roomId: string, bulletin: Bulletin): string =>
  `room:${roomId} bulletin ${JSON.stringify(bulletin)}`;

/** `undefined` for what this version does not understand. */
export function parseNews(message: string): RoomNews | undefined {
  const [, roomId = '', what = '', rest = ''] = /^room:(\d+) (\w+) (.*)$/s.exec(message) ?? [];
  const words = rest.split(' ');
  switch (what) {
    case 'front':
      return {
        what,
        roomId,
        front: Number(words[0]),
        tail: Number(words[1]),
        epoch: Number(words[2] ?? 0),
      };
    case 'ended': {
      const entry = {
        number: Number(words[0]),
        reason: words[1] as EndReason,
        untilMs: Number(words[2]),
      };
      return { what, roomId, entry };
    }
    case 'gone':
      return { what, roomId, number: Number(words[0]) };
    case 'gap':
      return { what, roomId, from: Number(words[0]) };
    case 'quit':
      return { what, roomId, index: Number(words[0]) };
    case 'setting':
      return { what, roomId, setting: JSON.parse(rest) as RoomSetting };
    case 'bulletin':
      return { what, roomId, bulletin: JSON.parse(rest) as Bulletin };
    default:
      return undefined;
  }
}
