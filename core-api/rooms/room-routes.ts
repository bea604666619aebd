import {
  changeRoom,
  getRoomSetting,
  listRooms,
  sealDraw,
} from '../../shared/contracts/internal.ts';
import { listRoomAudit } from '../../shared/contracts/queue.ts';
import { getMinutes, saveMinutes } from '../../shared/contracts/record.ts';
import type { Bind } from '../http/bind.ts';
import type { RecordService } from './record-service.ts';
import type { RoomService } from './room-service.ts';

export function roomRoutes(bind: Bind, rooms: RoomService, records: RecordService): void {
  bind(listRooms, () => rooms.list());
  bind(getRoomSetting, ({ params }) => rooms.get(params.concertId));
  bind(listRoomAudit, ({ params, query }) => rooms.audit(params.concertId, query));
  bind(sealDraw, ({ params, body }) => rooms.sealDraw(params.concertId, body));
  bind(saveMinutes, ({ params, body }) => records.save(params.concertId, body.items));
  bind(getMinutes, ({ params }) => records.read(params.concertId));
  bind(changeRoom, ({ params, body, caller }) => rooms.change(params.concertId, body, caller));
}
