import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createConcertRepository } from './concerts/concert-repository.ts';
import { concertRoutes } from './concerts/concert-routes.ts';
import { createConcertService } from './concerts/concert-service.ts';
import { createPointRepository } from './points/point-repository.ts';
import { pointRoutes } from './points/point-routes.ts';
import { createPointService } from './points/point-service.ts';
import { createReportRepository } from './reports/report-repository.ts';
import { reportRoutes } from './reports/report-routes.ts';
import { createReportService } from './reports/report-service.ts';
import { createBypassRepository } from './rooms/bypass-repository.ts';
import { bypassRoutes } from './rooms/bypass-routes.ts';
import { createBypassService } from './rooms/bypass-service.ts';
import { createDrawRepository } from './rooms/draw-repository.ts';
import { createRecordRepository } from './rooms/record-repository.ts';
import { createRecordService } from './rooms/record-service.ts';
import { createRoomRepository } from './rooms/room-repository.ts';
import { roomRoutes } from './rooms/room-routes.ts';
import { createRoomService } from './rooms/room-service.ts';
import { createScheduleRepository } from './schedules/schedule-repository.ts';
import { scheduleRoutes } from './schedules/schedule-routes.ts';
import { createScheduleService } from './schedules/schedule-service.ts';
import { createSeatRepository } from './seats/seat-repository.ts';
import { seatRoutes } from './seats/seat-routes.ts';
import { createHouseRepository } from './seats/house-repository.ts';
import { houseRoutes } from './seats/house-routes.ts';
import { createHouseService } from './seats/house-service.ts';
import { createSeatMapService } from './seats/seat-map-service.ts';
import { createSeatService } from './seats/seat-service.ts';
import { createTicketRepository } from './tickets/ticket-repository.ts';
import { ticketRoutes } from './tickets/ticket-routes.ts';
import { createTicketService } from './tickets/ticket-service.ts';
import { createTicketTokens } from './tickets/ticket-token.ts';
import { createAccessTokenSigner } from './users/access-token.ts';
import { createPasswordHasher } from './users/password-hasher.ts';
import { createUserRepository } from './users/user-repository.ts';
import { userRoutes } from './users/user-routes.ts';
import { createUserService } from './users/user-service.ts';
import type { CoreConfig } from './config.ts';
import type { Database } from './db/database.ts';
import type { Reads } from './db/replica-reads.ts';
import type { Bind } from './http/bind.ts';

/** Password hashes that wait for a thread; the next one is sent away. */
const hasherWaitingMax = 256;
const hashersMax = 4;

function composeTickets({ ticketKeys }: CoreConfig, database: Database): (bind: Bind) => void {
  const tickets = createTicketService({
    tickets: createTicketRepository(database),
    tokens: createTicketTokens(ticketKeys),
  });
  return (bind) => ticketRoutes(bind, tickets);
}

/** Policies of rooms, the codes that go past their challenge, and the records of finished sales. */
function composeRooms(database: Database): (bind: Bind) => void {
  const { transaction } = database;
  const roomRepository = createRoomRepository(database);
  const rooms = createRoomService({
    rooms: roomRepository,
    draws: createDrawRepository(),
    transaction,
    newSecret: () => randomBytes(32).toString('hex'),
  });
  const bypass = createBypassService({
    codes: createBypassRepository(),
    rooms: roomRepository,
    transaction,
    randomBytes,
  });
  const records = createRecordService({
    records: createRecordRepository(database),
    rooms: roomRepository,
    transaction,
  });
  return (bind) => {
    roomRoutes(bind, rooms, records);
    bypassRoutes(bind, bypass);
  };
}

export interface Features {
  routes: readonly ((bind: Bind) => void)[];
  /** After an owner's change: what is kept to be shown is read anew. */
  forgetShown(): void;
}

/**
 * Reads, accounts and the owner's calls. What moves seats and points is in `compose-sales.ts`.
 * @param shown for what is the same for everybody and may be a little old
 */
export function composeFeatures(config: CoreConfig, database: Database, shown: Reads): Features {
  const { transaction } = database;
  const now = () => performance.now();
  const concerts = createConcertService({
    concerts: createConcertRepository(database, shown),
    now,
  });
  const scheduleRepository = createScheduleRepository(database, shown);
  const schedules = createScheduleService({
    schedules: scheduleRepository,
    concerts,
    transaction,
  });
  const seatRepository = createSeatRepository(database, shown);
  const seatMap = createSeatMapService({ seats: seatRepository, now });
  const seats = createSeatService({
    seats: seatRepository,
    schedules: scheduleRepository,
    transaction,
  });
  const house = createHouseService({
    house: createHouseRepository(),
    seats: seatRepository,
    schedules: scheduleRepository,
    transaction,
  });
  const reports = createReportService(createReportRepository(database));
  const users = createUserService({
    users: createUserRepository(database),
    hasher: createPasswordHasher({
      parallel: Math.min(hashersMax, availableParallelism()),
      waitingMax: hasherWaitingMax,
    }),
    signAccessToken: createAccessTokenSigner(config.accessTokenKeys),
  });
  const routes: Features['routes'] = [
    (bind) => userRoutes(bind, users),
    (bind) => pointRoutes(bind, createPointService(createPointRepository(database))),
    (bind) => concertRoutes(bind, concerts),
    (bind) => scheduleRoutes(bind, schedules),
    (bind) => seatRoutes(bind, seats, seatMap),
    (bind) => houseRoutes(bind, seats, house),
    (bind) => reportRoutes(bind, reports),
    composeRooms(database),
    composeTickets(config, database),
  ];
  const forgetShown = () => {
    concerts.forget();
    seatMap.forget();
  };
  return { routes, forgetShown };
}
