import type { Webhook } from '../../../../shared/contracts/webhooks.ts';
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/translate.ts';
import type { AdminHooksWords } from '../../messages/admin-hooks.ts';
import type { Note } from '../admin-binder.ts';
import { AdminFrame, type AdminT } from '../admin-frame.tsx';

export type HooksT = Translate<keyof AdminHooksWords>;

export interface HooksProps {
  t: AdminT;
  h: HooksT;
  format: Format;
  hooks: readonly Webhook[];
  nextCursor: string | null;
  eventTypes: readonly string[];
  /** What was typed, where it was refused. */
  url: string;
  note?: Note | undefined;
}

export function HookBadge({ h, hook }: { h: HooksT; hook: Webhook }) {
  const isActive = hook.status === 'ACTIVE';
  return (
    <span class={`badge ${isActive ? 'good' : 'look'}`}>{h(isActive ? 'active' : 'disabled')}</span>
  );
}

function NewHook({ h, eventTypes, url }: HooksProps) {
  return (
    <form class="card stack" method="post" action="/admin/hooks">
      <label class="field">
        <span>{h('url')}</span>
        <input type="url" name="url" required maxlength={2_000} value={url} />
      </label>
      <fieldset class="choices">
        <legend>{h('events')}</legend>
        {eventTypes.map((type) => (
          <label class="row check">
            <input type="checkbox" name="events" value={type} checked />
            <span>{type}</span>
          </label>
        ))}
      </fieldset>
      <button class="button">{h('make')}</button>
    </form>
  );
}

/** Who is told of events, and a new one. */
export function HooksPage(props: HooksProps) {
  const { t, h, hooks, nextCursor, note } = props;
  return (
    <AdminFrame t={t} here="/admin/hooks" title={t('hooks')} note={note}>
      <p class="lead">{h('hooksLead')}</p>
      {hooks.length === 0 ? <p class="empty">{h('hooksNone')}</p> : null}
      <ul class="lines">
        {hooks.map((hook) => (
          <li>
            <span>
              <a href={`/admin/hooks/${hook.webhookId}`}>{hook.url}</a>
              <span class="fine">{h('pendingText', { n: hook.pending })}</span>
            </span>
            <HookBadge h={h} hook={hook} />
          </li>
        ))}
      </ul>
      {nextCursor === null ? null : (
        <p>
          <a class="button quiet" href={`/admin/hooks?cursor=${nextCursor}`}>
            {t('older')}
          </a>
        </p>
      )}
      <h2>{h('newHook')}</h2>
      <NewHook {...props} />
    </AdminFrame>
  );
}

export interface SecretProps {
  t: AdminT;
  h: HooksT;
  hook: Webhook & { secret: string };
}

/** The one time that the secret is told: the answer to the form, kept nowhere. */
export function SecretPage({ t, h, hook }: SecretProps) {
  return (
    <AdminFrame t={t} here="/admin/hooks" title={h('secretTitle')}>
      <p>{h('secretSays')}</p>
      <p class="secret" id="secret">
        {hook.secret}
      </p>
      <p class="fine">{hook.url}</p>
      <p>
        <a class="button" href={`/admin/hooks/${hook.webhookId}`}>
          {h('secretDone')}
        </a>
      </p>
    </AdminFrame>
  );
}
