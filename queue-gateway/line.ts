import { randomBytes } from 'node:crypto';
import type { Logger } from '../shared/logger.ts';
import { openRedis, serversOf } from '../shared/redis/client.ts';
import { memoryFault, readServerMemory } from '../shared/redis/server-memory.ts';
import { followServerRun } from '../shared/redis/server-run.ts';
import type { GatewayConfig } from './config.ts';
import { createCaptcha } from './challenges/captcha.ts';
import { createChallenges } from './challenges/challenge-service.ts';
import { type ChallengeStore, createChallengeStore } from './challenges/challenge-store.ts';
import { createChallengeTokens } from './challenges/challenge-token.ts';
import { createTollService } from './challenges/toll-service.ts';
import type { CoreClient } from './core-client/core-client.ts';
import type { LineLease } from './forward/forward-routes.ts';
import type { Bind } from './http/bind.ts';
import type { LineGate } from './http/guard.ts';
import { createFiguresStore } from './metrics/figures-store.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { createLineCollector } from './metrics/line-collector.ts';
import { meterQueue, meterTicks } from './metrics/meter.ts';
import { createEntryAnswers } from './queue/entry-answers.ts';
import { createJoinBatcher } from './queue/join-batcher.ts';
import { createGivenEntries } from './queue/given-entries.ts';
import { createJoinService } from './queue/join-service.ts';
import { createLifeBuffer, type LifeBuffer } from './queue/life-buffer.ts';
import { createPollGuard } from './queue/poll-guard.ts';
import { queueRoutes } from './queue/queue-routes.ts';
import { createQueueService } from './queue/queue-service.ts';
import {
  createQueueStore,
  joinBatchMax,
  type QueueStore,
  touchBatchMax,
} from './queue/queue-store.ts';
import { createTurnService } from './queue/turn-service.ts';
import { createCapacityStore } from './rooms/capacity-store.ts';
import { createMinuteBringer } from './rooms/minute-bringer.ts';
import { createRecordService } from './rooms/record-service.ts';
import { openHeartbeat } from './rooms/heartbeat.ts';
import { createLoadWatch } from './rooms/load-watch.ts';
import { createNewsStore } from './rooms/news-store.ts';
import { createRoomDirectory, type RoomDirectory } from './rooms/room-directory.ts';
import { createRoomOpener } from './rooms/room-opener.ts';
import { roomRoutes } from './rooms/room-routes.ts';
import { createRoomService } from './rooms/room-service.ts';
import { createRoomStreams, streamLimits } from './rooms/room-streams.ts';
import { createDrawSealer } from './rooms/draw-sealer.ts';
import { createDrawService } from './rooms/draw-service.ts';
import { createSeatWatch } from './rooms/seat-watch.ts';
import { createTicker, type Ticker } from './rooms/ticker.ts';
import { simulationRoutes } from './simulation/simulation-routes.ts';
import { createSimulationService } from './simulation/simulation-service.ts';
import { createSimulationStore } from './simulation/simulation-store.ts';
import type { AccessTokens } from './tokens/access-token.ts';
import type { ActiveTokens } from './tokens/active-token.ts';
import type { Receipts } from './tokens/receipts.ts';
import type { QueueTokens } from './tokens/queue-tokens.ts';
import type { WaitingTokens } from './tokens/waiting-token.ts';

/** The line, as far as the rest of the gateway knows it. */
export interface Line {
  gate: LineGate & LineLease;
  /** Binds the calls of the queue, its operator and the core's events. */
  routes: (bind: Bind) => void;
  pingRedis: () => Promise<unknown>;
  /** Brings the gauges of the metrics up to date. */
  collect: () => Promise<void>;
  /** Ends the streams with a hint to come back. */
  drain(): void;
  close(): Promise<void>;
}

export interface LineDeps {
  config: GatewayConfig;
  log: Logger;
  core: CoreClient;
  metrics: GatewayMetrics;
  tokens: {
    access: AccessTokens;
    waiting: WaitingTokens;
    active: ActiveTokens;
    receipts: Receipts;
    queue: QueueTokens;
  };
}

export type OpenLine = (deps: LineDeps) => Promise<Line>;

const monotonic = (): number => performance.now();
const unlimitedStreams = { perProcess: 50_000, perAddress: Infinity };

interface Parts {
  store: QueueStore;
  challenges: ChallengeStore;
  rooms: RoomDirectory;
  ticker: Ticker;
  life: LifeBuffer;
}

/** The calls of the line: joins by the batch, signs of life by the batch, polls by the clock. */
function openQueue(line: LineDeps, { store, rooms, ticker, life, ...parts }: Parts) {
  const { config, tokens, core } = line;
  const joinBatches = createJoinBatcher({
    batchMax: joinBatchMax,
    send: (roomId, userIds) =>
      rooms.within(roomId, async (room) => {
        const reply = await store.join(roomId, userIds);
        room.noteFront(reply);
        room.noteRegistration(reply);
        return reply.places;
      }),
  });
  const now = Date.now;
  const newJti = (): string => randomBytes(16).toString('base64url');
  const polls = createPollGuard({ now: monotonic, enforced: config.rateLimits });
  const answers = createEntryAnswers({ polls, random: Math.random, now: Date.now });
  const { active, waiting } = tokens;
  const turns = createTurnService({ store, rooms, tokens: active, answers, now, newJti });
  const { receipts } = tokens;
  const given = createGivenEntries({ turns, tokens: waiting, receipts, answers, now });
  const joins = createJoinService({ store, rooms, joins: joinBatches, given, now });
  const challenges = createChallenges({
    tokens: createChallengeTokens({ keys: config.waitingTokenKeys, now }),
    store: parts.challenges,
    captcha: config.captcha && createCaptcha(config.captcha),
    redeemBypass: core.redeemBypass,
    newNonce: newJti,
    now,
  });
  const tolls = createTollService({ rooms, challenges, joins });
  const deps = { store, rooms, ticker, joins: tolls, turns, answers, life, polls };
  return createQueueService(deps);
}

type Stores = Awaited<ReturnType<typeof openStores>>;

/** Redis, and what is kept in it. */
async function openStores({ config, log }: LineDeps) {
  const { redisUrl: url, redisNamespace: namespace, redisTimeoutMs: commandTimeoutMs } = config;
  const [redis, subscriber] = await Promise.all([
    openRedis({ url, profile: 'command', commandTimeoutMs, log }),
    openRedis({ url, profile: 'subscriber', log }),
  ]);
  const server = await followServerRun(redis);
  const process = randomBytes(8).toString('base64url');
  return {
    store: createQueueStore({ redis, namespace, server }),
    challenges: createChallengeStore({ redis, namespace }),
    news: createNewsStore({ redis, subscriber, namespace, process }),
    capacity: createCapacityStore({ redis, namespace }),
    simulations: createSimulationStore({ redis, namespace, server }),
    figures: createFiguresStore({ namespace, server }),
    ping: () => Promise.all(serversOf(redis).map((server) => server.ping())),
    fault: async () => memoryFault(await readServerMemory(redis)),
    close() {
      subscriber.disconnect();
      redis.disconnect();
    },
  };
}

/** What a process knows of the rooms, and what it does for them by itself. */
function openRooms(
  { config, log, core: source, metrics }: LineDeps,
  { store, news, capacity }: Stores,
) {
  const opener = createRoomOpener({ store, source, log, isListening: news.isListening });
  const rooms = createRoomDirectory({ store, source, opener, log });
  const life = createLifeBuffer({
    batchMax: touchBatchMax,
    send: (roomId, marks) => rooms.within(roomId, () => store.touch(roomId, marks)),
  });
  const streams = createRoomStreams({
    limits: config.rateLimits ? streamLimits(config.webConcurrency) : unlimitedStreams,
    random: Math.random,
    onAlive: life.noteWaiting,
  });
  const pressure = createLoadWatch({
    source,
    now: monotonic,
    onCut: () => {
      const perSecond = ticker.speedPerSecond();
      if (perSecond > 0) capacity.write(perSecond).catch(() => undefined);
    },
  });
  const draws = createDrawSealer({ rooms, source, log });
  const records = createRecordService({ rooms, store, source, log, now: Date.now });
  const minutes = createMinuteBringer({ flush: records.flush, now: monotonic, log });
  const ticker: Ticker = createTicker({
    ...meterTicks({ store, news }, metrics),
    rooms,
    seats: createSeatWatch({ store, rooms, source, log }),
    pressure,
    log,
    now: monotonic,
    onBulletin: (room, bulletin, minutesKept) => {
      draws.note(room, bulletin.closed);
      if (minutesKept > 0) minutes.bring(room.id);
      if (room.noteBulletin(bulletin) && room.document) streams.broadcast(room.id, room.document);
    },
  });
  return { rooms, life, streams, ticker, records };
}

/** Opens Redis and wires the line. */
export const openLine: OpenLine = async (deps) => {
  const { log, core: source, tokens } = deps;
  const stores = await openStores(deps);
  const { store, news, capacity } = stores;
  const parts = openRooms(deps, stores);
  const { rooms, ticker, streams, records } = parts;
  const service = meterQueue(openQueue(deps, { ...stores, ...parts }), deps.metrics, Date.now);
  const capacityPerSecond = capacity.read;
  const roomService = createRoomService({
    rooms,
    ticker,
    store,
    source,
    capacityPerSecond,
    hasCaptcha: deps.config.captcha !== undefined,
  });
  const heartbeat = await openHeartbeat({ ...parts, news, storeFault: stores.fault, log });
  return {
    gate: service,
    routes(bind) {
      queueRoutes(bind, service);
      const draws = createDrawService({ rooms, store });
      simulationRoutes(
        bind,
        createSimulationService({ store: stores.simulations, rooms, now: monotonic }),
      );
      roomRoutes(bind, {
        service: roomService,
        draws,
        records,
        streams,
        queueTokens: tokens.queue,
      });
    },
    pingRedis: stores.ping,
    collect: createLineCollector(
      deps.metrics,
      { rooms: rooms.all, figures: stores.figures.read, streams: streams.count },
      monotonic,
    ),
    drain: streams.drain,
    async close() {
      await heartbeat.stop();
      await streams.close();
      stores.close();
    },
  };
};
