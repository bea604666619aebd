import { login, register } from '../../../shared/contracts/auth.ts';
import { isLanguage } from '../i18n/language.ts';
import { accountMessages } from '../messages/account.ts';
import { isKnownProblem, problemMessages } from '../messages/problems.ts';
import { type PageAnswer, type PageVisit, Refusal } from '../page.ts';
import { ownPath, type PageBinder } from '../page-binder.ts';
import { joinRoom } from '../room/join-room.ts';
import { AccountForm } from './account-form.tsx';

/** Who had to log in on the way into a line is taken into it with the same click. */
const joinPath = /^\/c\/([1-9][0-9]{0,15})\/join$/;
const yearSeconds = 365 * 24 * 3_600;

type Kind = 'login' | 'register';

interface Sent {
  to: string;
  userName: string;
  refusal?: Refusal;
}

function faultOf(visit: PageVisit, { problem }: Refusal) {
  const t = visit.words(problemMessages);
  const fields = (problem.errors ?? []).map(({ path }) => path.replace('body.', ''));
  const words = isKnownProblem(problem.code) ? t(problem.code) : problem.title;
  return { words, fields: problem.code === 'user-name-taken' ? ['userName'] : fields };
}

function formPage(visit: PageVisit, kind: Kind, sent: Sent): PageAnswer {
  const t = visit.words(accountMessages);
  const { to, userName, refusal } = sent;
  const fault = refusal ? { fault: faultOf(visit, refusal) } : {};
  return {
    title: t(kind === 'login' ? 'loginTitle' : 'registerTitle'),
    status: refusal?.problem.status ?? 200,
    body: AccountForm({ t, kind, to, userName, ...fault }),
  };
}

async function enter(visit: PageVisit, kind: Kind): Promise<PageAnswer> {
  const form = await visit.form();
  const to = ownPath(form.get('to'));
  const body = { userName: form.get('userName') ?? '', password: form.get('password') ?? '' };
  try {
    if (kind === 'register') await visit.call(register, { body });
    const { accessToken, expiresIn } = await visit.call(login, { body });
    visit.remember('session', accessToken, { path: '/', maxAgeSeconds: expiresIn });
    const roomId = joinPath.exec(to)?.[1];
    return roomId === undefined ? { redirect: to } : await joinRoom(visit, roomId);
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || thrown.problem.status >= 500) throw thrown;
    return formPage(visit, kind, { to, userName: body.userName, refusal: thrown });
  }
}

/** Who one is, and in which language. */
export function accountRoutes(pages: PageBinder): void {
  for (const kind of ['login', 'register'] as const) {
    pages.get(`/${kind}`, (visit) => {
      const to = ownPath(visit.url.searchParams.get('to'));
      return visit.user ? { redirect: to } : formPage(visit, kind, { to, userName: '' });
    });
    pages.post(`/${kind}`, (visit) => enter(visit, kind));
  }

  pages.post(
    '/logout',
    (visit) => {
      visit.forget('session', '/');
      // The places in lines too, whose cookies lie under paths of their own: who comes next on this
      // device is somebody else. (W3C Clear Site Data §3.1.)
      return { redirect: '/', headers: { 'clear-site-data': '"cookies"' } };
    },
    () => '/',
  );

  pages.post(
    '/language',
    async (visit) => {
      const form = await visit.form();
      const language = form.get('language') ?? undefined;
      if (isLanguage(language))
        visit.remember('language', language, { path: '/', maxAgeSeconds: yearSeconds });
      return { redirect: ownPath(form.get('to')) };
    },
    () => '/',
  );
}
