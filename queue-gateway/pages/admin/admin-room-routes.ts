import { getConcert, listConcerts } from '../../../shared/contracts/concerts.ts';
import { getCoreLoad } from '../../../shared/contracts/ops.ts';
import { getEntry, getEntryOfAccount } from '../../../shared/contracts/entries.ts';
import { listParkedEvents } from '../../../shared/contracts/events.ts';
import {
  cord,
  getPolicy,
  getRoom,
  listRoomAudit,
  type Policy,
  policy,
  pullCord,
  putPolicy,
  revokeEntries,
} from '../../../shared/contracts/queue.ts';
import { getOwnRecord, type OwnRecord } from '../../../shared/contracts/record.ts';
import { type SaleForecast, simulateSale } from '../../../shared/contracts/simulation.ts';
import { Problem } from '../../../shared/problems.ts';
import { adminMessages } from '../messages/admin.ts';
import { adminParkedMessages } from '../messages/admin-parked.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../page.ts';
import { idOf, type PageBinder } from '../page-binder.ts';
import { bindAdminForm, doneIn, forAdmin, type Note, noteOf } from './admin-binder.ts';
import { tell } from './audit-list.tsx';
import { type ForecastInput, inputNames, toTrial } from './forecast-panel.tsx';
import { changesOf, policyNames, readPolicy } from './policy-fields.ts';
import { RoomDeskPage } from './room-desk-page.tsx';
import { RoomsPage } from './rooms-page.tsx';

type HtmlAnswer = Extract<PageAnswer, { title: string }>;

const pageSize = 50;
const auditSize = 20;
const usual = { visitSeconds: 120, convert: 80, seatsPerOrder: 2, noShow: 10 };
const crowd = { abandon: 20, arriveSeconds: 300 };
const historyMax = 60;

const cursorOf = (visit: PageVisit): { cursor?: string } => {
  const cursor = visit.url.searchParams.get('cursor');
  return cursor === null ? {} : { cursor };
};

async function rooms(visit: PageVisit): Promise<PageAnswer> {
  const t = visit.words(adminMessages);
  const [{ items, nextCursor }, parked] = await Promise.all([
    visit.call(listConcerts, { query: { limit: pageSize, ...cursorOf(visit) } }),
    visit.call(listParkedEvents, { query: { limit: 1 } }),
  ]);
  const found = await Promise.all(
    items.map(async (concert) => {
      const { concertId } = concert;
      return { concert, room: await visit.call(getRoom, { params: { concertId } }) };
    }),
  );
  return {
    title: t('rooms'),
    scripts: ['admin-live'],
    styles: ['admin'],
    body: RoomsPage({
      t,
      p: visit.words(adminParkedMessages),
      format: visit.format,
      hasParked: parked.items.length > 0,
      rooms: found,
      nextCursor,
    }),
  };
}

/** As measured here, where enough people were inside. */
function measured({ visitSeconds, habits }: OwnRecord['recent']): Partial<ForecastInput> {
  const hundredths = (share: number): number => Math.round(share * 100);
  return {
    ...(visitSeconds ? { visitSeconds } : {}),
    ...(habits && {
      convert: hundredths(habits.conversion),
      noShow: hundredths(habits.noShow),
      ...(habits.seatsPerOrder > 0 ? { seatsPerOrder: habits.seatsPerOrder } : {}),
    }),
  };
}

/** What somebody typed; else how things are. */
function forecastInputOf(
  typed: URLSearchParams,
  now: Partial<ForecastInput> & Omit<ForecastInput, keyof typeof usual | keyof typeof crowd>,
): ForecastInput {
  const input: ForecastInput = { ...usual, ...crowd, ...now };
  for (const name of inputNames) {
    const text = typed.get(name) ?? '';
    const value = Number(text);
    if (text !== '' && Number.isFinite(value) && value >= 0) input[name] = value;
  }
  return input;
}

/** What the API gives, or `null` where that is what a refusal means. */
async function unlessRefused<T>(
  answer: Promise<T>,
  statuses: readonly number[],
): Promise<T | null> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof Refusal && statuses.includes(thrown.problem.status)) return null;
    throw thrown;
  }
}

const numberPattern = /^[1-9][0-9]{0,14}$/;

/** By its number, or by the name of its account. */
function findEntry(visit: PageVisit, concertId: string, text: string) {
  if (text === '') return undefined;
  const found = numberPattern.test(text)
    ? visit.call(getEntry, { params: { concertId, queueId: text } })
    : visit.call(getEntryOfAccount, { params: { concertId, userName: text } });
  return unlessRefused(found, [400, 404]);
}

interface Shown {
  note?: Note | undefined;
  played?: SaleForecast;
  /** Of the forecast; the query where nothing was sent. */
  typed?: URLSearchParams;
  draft?: Partial<Policy>;
}

async function desk(visit: PageVisit, { note, draft, played, typed }: Shown): Promise<HtmlAnswer> {
  const t = visit.words(adminMessages);
  const concertId = idOf(visit, 'concertId');
  const params = { concertId };
  const entryNumber = (visit.url.searchParams.get('entry') ?? '').trim();
  const [{ concertName }, { room, ...setting }, audit, load, story, record] = await Promise.all([
    visit.call(getConcert, { params }),
    visit.call(getPolicy, { params }),
    visit.call(listRoomAudit, { params, query: { limit: auditSize, ...cursorOf(visit) } }),
    unlessRefused(visit.call(getCoreLoad), [502, 503, 504]),
    findEntry(visit, concertId, entryNumber),
    visit.call(getOwnRecord, { params }),
  ]);
  const { format } = visit;
  const forecastInput = forecastInputOf(typed ?? visit.url.searchParams, {
    ...measured(record.recent),
    people: room.waiting,
    seats: room.seatsLeft ?? 0,
    admitPerSecond: setting.admitPerSecond,
    maxActive: setting.maxActive,
  });
  return {
    title: concertName,
    scripts: ['admin-live', 'admin-room'],
    styles: ['admin'],
    data: {
      ...{ language: visit.language, words: adminMessages[visit.language], concertId },
      history: record.steps.slice(-historyMax),
      stepSeconds: record.stepSeconds,
    },
    body: RoomDeskPage({
      ...{ t, format, concertId, concertName, room, setting, audit, forecastInput, note },
      draft: { ...setting, ...draft },
      ...{ entryNumber, story, load, played, recent: record.recent },
    }),
  };
}

const done = (visit: PageVisit, what: string): PageAnswer => ({
  redirect: `/admin/rooms/${idOf(visit, 'concertId')}?done=${what}`,
});

const doneWords = {
  cord: 'cordDone',
  message: 'messageDone',
  policy: 'policyDone',
  revoked: 'revoked',
} as const;

function doneNote(visit: PageVisit): Note | undefined {
  const what = doneIn(visit, doneWords);
  if (!what) return undefined;
  const t = visit.words(adminMessages);
  const n = Number(visit.url.searchParams.get('n') ?? 0);
  if (what === 'revoked' && n === 0) return { words: t('revokedNone'), isBad: true };
  return { words: t(doneWords[what], { n }), isBad: false };
}

/** The policy as it stood when the form was made. @throws Problem `invalid-request`. */
function baseOf(form: URLSearchParams): Policy {
  try {
    return policy.strip().parse(JSON.parse(form.get('base') ?? ''));
  } catch (cause) {
    throw new Problem('invalid-request', { cause });
  }
}

async function changePolicy(visit: PageVisit): Promise<PageAnswer> {
  const form = await visit.form();
  const params = { concertId: idOf(visit, 'concertId') };
  const base = baseOf(form);
  const typed = readPolicy(form);
  const force = form.get('force') !== null;
  try {
    await visit.call(putPolicy, {
      params,
      body: { ...changesOf(base, typed), version: base.version, ...(force ? { force } : {}) },
    });
  } catch (thrown) {
    return refusedPolicy(visit, { thrown, base, typed });
  }
  return done(visit, 'policy');
}

/** What somebody else changed is told by name; what was typed stands in the form, to be sent again. */
async function refusedPolicy(
  visit: PageVisit,
  { thrown, base, typed }: { thrown: unknown; base: Policy; typed: Partial<Policy> },
): Promise<PageAnswer> {
  const isShown = thrown instanceof Refusal && [400, 409].includes(thrown.problem.status);
  if (!isShown) throw thrown;
  const { status, code } = thrown.problem;
  if (code === 'version-conflict') {
    const t = visit.words(adminMessages);
    const now = await visit.call(getPolicy, { params: { concertId: idOf(visit, 'concertId') } });
    const told = (value: unknown): string => tell({ t, format: visit.format }, value);
    const faults = [...policyNames, 'message' as const]
      .filter((name) => told(base[name]) !== told(now[name]))
      .map((name) => {
        const title = t(name, { zone: visit.format.zone });
        return t('changed', { name: title, before: told(base[name]), after: told(now[name]) });
      });
    const draft = changesOf(base, typed);
    const answer = await desk(visit, {
      note: { words: t('conflict'), isBad: true, faults },
      draft,
    });
    return { ...answer, status };
  }
  const answer = await desk(visit, { note: noteOf(visit, thrown), draft: typed });
  return { ...answer, status };
}

/** Rooms at a glance, and one room. */
export function adminRoomRoutes(pages: PageBinder): void {
  pages.get('/admin', forAdmin(rooms));
  pages.get(
    '/admin/rooms',
    forAdmin(() => ({ redirect: '/admin' })),
  );
  pages.get(
    '/admin/rooms/:concertId',
    forAdmin((visit) => desk(visit, { note: doneNote(visit) })),
  );
  const refused = (visit: PageVisit, note: Note) => desk(visit, { note });

  bindAdminForm(pages, '/admin/rooms/:concertId/cord', {
    refused,
    async run(visit) {
      const wish = cord.safeParse((await visit.form()).get('cord'));
      if (!wish.success) throw new Problem('invalid-request');
      const params = { concertId: idOf(visit, 'concertId'), cord: wish.data };
      await visit.call(pullCord, { params });
      return done(visit, 'cord');
    },
  });

  bindAdminForm(pages, '/admin/rooms/:concertId/message', {
    refused,
    async run(visit) {
      // A text field sends its lines by CRLF; a message is one line.
      const text = ((await visit.form()).get('message') ?? '').replace(/\s+/g, ' ').trim();
      const params = { concertId: idOf(visit, 'concertId') };
      await visit.call(putPolicy, { params, body: { message: text === '' ? null : text } });
      return done(visit, 'message');
    },
  });

  bindAdminForm(pages, '/admin/rooms/:concertId/simulation', {
    refused: async (visit, note) => desk(visit, { note, typed: await visit.form() }),
    async run(visit) {
      const typed = await visit.form();
      const params = { concertId: idOf(visit, 'concertId') };
      const body = toTrial(
        forecastInputOf(typed, { people: 0, seats: 0, admitPerSecond: 0, maxActive: 0 }),
      );
      return desk(visit, { typed, played: await visit.call(simulateSale, { params, body }) });
    },
  });

  bindAdminForm(pages, '/admin/rooms/:concertId/policy', { refused, run: changePolicy });

  bindAdminForm(pages, '/admin/rooms/:concertId/revoke', {
    refused,
    async run(visit) {
      const form = await visit.form();
      const queueId = form.get('queueId') ?? '';
      const reason = (form.get('reason') ?? '').trim();
      const params = { concertId: idOf(visit, 'concertId') };
      const body = { queueId, ...(reason === '' ? {} : { reason }) };
      const { revoked } = await visit.call(revokeEntries, { params, body });
      return done(visit, `revoked&n=${revoked}`);
    },
  });
}
