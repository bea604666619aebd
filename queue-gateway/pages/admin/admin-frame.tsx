import type { Child } from 'hono/jsx';
import type { Translate } from '../i18n/translate.ts';
import type { CommonKey } from '../messages/common.ts';
import type { AdminWords } from '../messages/admin.ts';
import type { Note } from './admin-binder.ts';

export type AdminT = Translate<keyof AdminWords | CommonKey>;

const places = [
  ['/admin', 'rooms'],
  ['/admin/sales', 'sales'],
  ['/admin/door', 'door'],
  ['/admin/hooks', 'hooks'],
] as const;

export type AdminPlace = (typeof places)[number][0];

export interface AdminFrameProps {
  t: AdminT;
  here: AdminPlace;
  title: string;
  note?: Note | undefined;
  children?: Child;
}

function NoteText({ words, isBad, faults = [] }: Note) {
  return (
    <div class={`notice ${isBad ? 'bad' : 'good'}`} role={isBad ? 'alert' : 'status'}>
      <p>{words}</p>
      {faults.length === 0 ? null : (
        <ul class="faults">
          {faults.map((fault) => (
            <li>{fault}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What all of the desk has around it. */
export function AdminFrame({ t, here, title, note, children }: AdminFrameProps) {
  return (
    <section class="stack desk">
      <nav class="tabs" aria-label={t('desk')}>
        {places.map(([path, words]) => (
          <a href={path} aria-current={path === here ? 'page' : undefined}>
            {t(words)}
          </a>
        ))}
      </nav>
      <h1>{title}</h1>
      {note ? <NoteText {...note} /> : null}
      {children}
    </section>
  );
}
