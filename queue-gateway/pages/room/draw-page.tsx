import type { Draw } from '../../../shared/contracts/queue.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { LineWords } from '../messages/line.ts';

export interface DrawPageProps {
  t: Translate<keyof LineWords>;
  format: Format;
  concertId: string;
  concertName: string;
  draw: Draw | null;
  hasReceipt: boolean;
}

function Facts({ t, format, draw }: DrawPageProps & { draw: Draw }) {
  const rows: [string, string | null][] = [
    [t('registered'), format.number(draw.registered)],
    [t('commitment'), draw.commitment],
    [t('digest'), draw.digest],
    [t('secret'), draw.secret],
    [t('base'), draw.base === null ? null : format.number(draw.base)],
  ];
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value === null ? <span class="fine">{t('notYet')}</span> : <code>{value}</code>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The draw as everybody can see it, and how to check it. */
export function DrawPage(props: DrawPageProps) {
  const { t, concertId, concertName, draw, hasReceipt } = props;
  return (
    <article class="room-page stack">
      <a class="eyebrow" href={`/c/${concertId}/room`}>
        {concertName}
      </a>
      <h1>{t('drawTitle')}</h1>
      {draw === null ? (
        <p class="empty">{t('drawNone')}</p>
      ) : (
        <>
          <p class="lead">{t('drawLead')}</p>
          <p>
            <span class={`badge ${draw.state === 'DRAWN' ? 'good' : 'look'}`}>
              {t(`state${draw.state}`)}
            </span>
          </p>
          <Facts {...props} draw={draw} />
          <h2>{t('howTitle')}</h2>
          <div class="stack">
            <button class="button" id="check-now" type="button" hidden>
              {t('checkNow')}
            </button>
            <ul id="checks"></ul>
            <p class="fine" id="said" role="status"></p>
          </div>
          <ol class="steps">
            <li>{t('how1')}</li>
            <li>{t('how2')}</li>
            <li>{t('how3')}</li>
          </ol>
          <p class="row">
            {hasReceipt ? (
              <a class="button quiet" href={`/c/${concertId}/receipt`}>
                {t('receipt')}
              </a>
            ) : (
              <span class="fine">{t('noReceipt')}</span>
            )}
            <a class="button quiet" href={`/queue/${concertId}/draw`}>
              {t('raw')}
            </a>
          </p>
        </>
      )}
      <p>
        <a href={`/c/${concertId}/room`}>← {t('back')}</a>
      </p>
    </article>
  );
}
