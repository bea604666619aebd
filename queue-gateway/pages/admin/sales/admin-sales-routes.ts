import { cancelSchedule, getCancellation } from '../../../../shared/contracts/cancellations.ts';
import {
  changeConcert,
  changeSchedule,
  createConcert,
  createSchedule,
  getConcert,
  listAllSchedules,
  listConcerts,
  type OwnSchedule,
  rowStatus,
} from '../../../../shared/contracts/concerts.ts';
import {
  changePrices,
  getReport,
  importSeats,
  setHouseSeats,
} from '../../../../shared/contracts/owners.ts';
import { type FieldError, Problem } from '../../../../shared/problems.ts';
import { adminMessages } from '../../messages/admin.ts';
import { adminSalesMessages } from '../../messages/admin-sales.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../../page.ts';
import { idOf, type PageBinder } from '../../page-binder.ts';
import { bindAdminForm, doneIn, forAdmin, type Note } from '../admin-binder.ts';
import { fromZonedInput } from '../zoned-input-rules.ts';
import { DatePage } from './date-page.tsx';
import { type OwnDate, SalePage } from './sale-page.tsx';
import { type ConcertDraft, SalesPage } from './sales-page.tsx';

const pageSize = 50;
const styles = ['admin'];
const empty: ConcertDraft = {
  concertName: '',
  seatsPerUser: 4,
  refundUntilHours: 24,
  status: 'ACTIVE',
};

const wordsOf = (visit: PageVisit) => ({
  t: visit.words(adminMessages),
  s: visit.words(adminSalesMessages),
  format: visit.format,
});

const doneWords = {
  create: 'createDone',
  change: 'changeDone',
  seats: 'seatsDone',
  prices: 'pricesDone',
  house: 'houseDone',
} as const;

/** What the address says was just done. */
function doneNote(visit: PageVisit): Note | undefined {
  const { searchParams: query } = visit.url;
  const what = doneIn(visit, doneWords);
  if (!what) return undefined;
  const [n, kept] = [Number(query.get('n') ?? 0), Number(query.get('kept') ?? 0)];
  const { s } = wordsOf(visit);
  return { words: s(doneWords[what], { n, kept }), isBad: false };
}

/** Of a form: the API says what may not be. */
const readConcert = (form: URLSearchParams): ConcertDraft => ({
  concertName: form.get('concertName') ?? '',
  seatsPerUser: Number(form.get('seatsPerUser')),
  refundUntilHours: Number(form.get('refundUntilHours')),
  status: rowStatus.catch('ACTIVE').parse(form.get('status')),
});

const readDate = (form: URLSearchParams) => ({
  concertDt: fromZonedInput(form.get('concertDt') ?? ''),
  totalSeat: Number(form.get('totalSeat')),
});

async function sales(visit: PageVisit, note?: Note): Promise<PageAnswer> {
  const cursor = visit.url.searchParams.get('cursor');
  const { items, nextCursor } = await visit.call(listConcerts, {
    query: { limit: pageSize, ...(cursor === null ? {} : { cursor }) },
  });
  const words = wordsOf(visit);
  const body = SalesPage({ ...words, concerts: items, nextCursor, draft: empty, note });
  return { title: words.t('sales'), styles, body };
}

/** A date with what became of calling it off; only what is withdrawn can have been. */
async function withCancellation(
  visit: PageVisit,
  concertId: string,
  date: OwnSchedule,
): Promise<OwnDate> {
  const params = { concertId, scheduleId: date.concertScheduleId };
  try {
    return { ...date, cancellation: await visit.call(getCancellation, { params }) };
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || thrown.problem.status !== 404) throw thrown;
    return { ...date, cancellation: null };
  }
}

async function sale(visit: PageVisit, note?: Note): Promise<PageAnswer> {
  const concertId = idOf(visit, 'concertId');
  const params = { concertId };
  const [concert, { items }, report] = await Promise.all([
    visit.call(getConcert, { params }),
    visit.call(listAllSchedules, { params }),
    visit.call(getReport, { params }),
  ]);
  const dates = await Promise.all(items.map((one) => withCancellation(visit, concertId, one)));
  const body = SalePage({ ...wordsOf(visit), concert, dates, report, note });
  return { title: concert.concertName, styles, body };
}

async function dateOf(
  visit: PageVisit,
  note?: Note,
  rowFaults?: readonly FieldError[],
): Promise<PageAnswer> {
  const [concertId, scheduleId] = [idOf(visit, 'concertId'), idOf(visit, 'scheduleId')];
  const params = { concertId };
  const [concert, { items }, report] = await Promise.all([
    visit.call(getConcert, { params }),
    visit.call(listAllSchedules, { params }),
    visit.call(getReport, { params }),
  ]);
  const found = items.find((one) => one.concertScheduleId === scheduleId);
  if (!found) throw new Problem('not-found');
  const date = await withCancellation(visit, concertId, found);
  const blocks = report.items.flatMap(({ concertScheduleId, block }) =>
    concertScheduleId === scheduleId && block !== null ? [block] : [],
  );
  const words = wordsOf(visit);
  return {
    title: words.format.moment(date.concertDt),
    styles,
    scripts: ['admin-live'],
    body: DatePage({ ...words, concert, date, blocks, rowFaults, note }),
  };
}

const datePath = '/admin/sales/:concertId/dates/:scheduleId';
const dateParams = (visit: PageVisit) => ({
  concertId: idOf(visit, 'concertId'),
  scheduleId: idOf(visit, 'scheduleId'),
});

const toDate = (visit: PageVisit, done: string): PageAnswer => {
  const { concertId, scheduleId } = dateParams(visit);
  return { redirect: `/admin/sales/${concertId}/dates/${scheduleId}?done=${done}` };
};

/** The file of a form as it is, to the core; what is wrong with it comes back by its lines. */
async function upload(visit: PageVisit): Promise<PageAnswer> {
  const file = (await visit.upload()).get('csv');
  const text = typeof file === 'string' ? file : ((await file?.text()) ?? '');
  try {
    const { created } = await visit.call(importSeats, { params: dateParams(visit), body: text });
    return toDate(visit, `seats&n=${created}`);
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || !thrown.problem.errors) throw thrown;
    const { status, errors } = thrown.problem;
    const words = wordsOf(visit).s('csvNone');
    return { ...(await dateOf(visit, { words, isBad: true }, errors)), status } as PageAnswer;
  }
}

function dateForms(pages: PageBinder): void {
  const refused = dateOf;
  bindAdminForm(pages, datePath, {
    refused,
    async run(visit) {
      const form = await visit.form();
      const status = rowStatus.catch('ACTIVE').parse(form.get('status'));
      const body = { ...readDate(form), status };
      await visit.call(changeSchedule, { params: dateParams(visit), body });
      return toDate(visit, 'change');
    },
  });
  bindAdminForm(pages, `${datePath}/seats`, { refused, run: upload });
  bindAdminForm(pages, `${datePath}/prices`, {
    refused,
    async run(visit) {
      const form = await visit.form();
      const prices = [{ block: form.get('block') ?? '', price: Number(form.get('price')) }];
      const params = dateParams(visit);
      const { changed, kept } = await visit.call(changePrices, { params, body: { prices } });
      return toDate(visit, `prices&n=${changed}&kept=${kept}`);
    },
  });
  bindAdminForm(pages, `${datePath}/house`, {
    refused,
    async run(visit) {
      const form = await visit.form();
      const body = { block: form.get('block') ?? '', house: form.get('house') === 'true' };
      const { changed } = await visit.call(setHouseSeats, { params: dateParams(visit), body });
      return toDate(visit, `house&n=${changed}`);
    },
  });
  bindAdminForm(pages, `${datePath}/cancel`, {
    refused,
    async run(visit) {
      await visit.call(cancelSchedule, { params: dateParams(visit) });
      return toDate(visit, 'cancel');
    },
  });
}

/** Concerts, dates, seats and what was sold. */
export function adminSalesRoutes(pages: PageBinder): void {
  pages.get(
    '/admin/sales',
    forAdmin((visit) => sales(visit, doneNote(visit))),
  );
  pages.get(
    '/admin/sales/:concertId',
    forAdmin((visit) => sale(visit, doneNote(visit))),
  );
  pages.get(
    datePath,
    forAdmin((visit) => dateOf(visit, doneNote(visit))),
  );
  dateForms(pages);

  bindAdminForm(pages, '/admin/sales', {
    refused: sales,
    async run(visit) {
      const body = readConcert(await visit.form());
      const { concertId } = await visit.call(createConcert, { body });
      return { redirect: `/admin/sales/${concertId}?done=create` };
    },
  });
  bindAdminForm(pages, '/admin/sales/:concertId', {
    refused: sale,
    async run(visit) {
      const params = { concertId: idOf(visit, 'concertId') };
      await visit.call(changeConcert, { params, body: readConcert(await visit.form()) });
      return { redirect: `/admin/sales/${params.concertId}?done=change` };
    },
  });
  bindAdminForm(pages, '/admin/sales/:concertId/dates', {
    refused: sale,
    async run(visit) {
      const params = { concertId: idOf(visit, 'concertId') };
      const body = readDate(await visit.form());
      const { concertScheduleId } = await visit.call(createSchedule, { params, body });
      const { concertId } = params;
      return { redirect: `/admin/sales/${concertId}/dates/${concertScheduleId}?done=create` };
    },
  });
}
