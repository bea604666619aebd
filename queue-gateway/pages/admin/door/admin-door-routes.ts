import { type Admission, checkIn } from '../../../../shared/contracts/tickets.ts';
import { adminMessages } from '../../messages/admin.ts';
import { adminSalesMessages } from '../../messages/admin-sales.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../../page.ts';
import type { PageBinder } from '../../page-binder.ts';
import { bindAdminForm, forAdmin, type Note, noteOf } from '../admin-binder.ts';
import { DoorPage } from './door-page.tsx';

interface Shown {
  concertId?: string;
  admission?: Admission;
  note?: Note;
}

async function door(visit: PageVisit, { concertId = '', admission, note }: Shown) {
  const t = visit.words(adminMessages);
  const s = visit.words(adminSalesMessages);
  const body = DoorPage({ t, s, format: visit.format, concertId, admission, note });
  return { title: t('door'), styles: ['admin'], body };
}

/** When the first one came in with it, where that is what was refused. */
function refusalNote(visit: PageVisit, refusal: Refusal): Note {
  const note = noteOf(visit, refusal);
  const at = refusal.problem['checkedInAt'];
  if (typeof at !== 'string') return note;
  const words = visit.words(adminSalesMessages)('already', { moment: visit.format.moment(at) });
  return { ...note, faults: [words] };
}

/** Says what became of it on the same page: the next one in the line is waiting. */
async function letIn(visit: PageVisit): Promise<PageAnswer> {
  const form = await visit.form();
  const concertId = form.get('concertId') ?? '';
  const body = {
    code: (form.get('code') ?? '').trim(),
    ...(concertId === '' ? {} : { concertId }),
  };
  try {
    return await door(visit, { concertId, admission: await visit.call(checkIn, { body }) });
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || ![400, 404, 409].includes(thrown.problem.status))
      throw thrown;
    const note = refusalNote(visit, thrown);
    return { ...(await door(visit, { concertId, note })), status: thrown.problem.status };
  }
}

export function adminDoorRoutes(pages: PageBinder): void {
  pages.get(
    '/admin/door',
    forAdmin((visit) => door(visit, {})),
  );
  bindAdminForm(pages, '/admin/door', {
    run: letIn,
    refused: (visit, note) => door(visit, { note }),
  });
}
