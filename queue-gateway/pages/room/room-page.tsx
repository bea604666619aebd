import { roomMessages } from '../messages/room.ts';
import type { PageVisit } from '../page.ts';
import type { RoomState } from './room-scene-rules.ts';
import { RoomView } from './room-view.tsx';

export interface RoomPageProps {
  visit: PageVisit;
  state: RoomState;
  /** Of the page without scripts: when it asks again. */
  renewSeconds?: number;
}

/** The frame around the waiting room; its script takes over what is in `#room`. */
export function RoomPage({ visit, state, renewSeconds }: RoomPageProps) {
  const t = visit.words(roomMessages);
  return (
    <article class="room-page">
      <header>
        <a class="eyebrow" href={`/c/${state.concertId}`}>
          {state.concertName}
        </a>
        <h1>{t('roomTitle')}</h1>
        {renewSeconds === undefined ? (
          <div class="room-state">
            <p id="link"></p>
            <button class="button quiet" id="tell" type="button" hidden>
              {t('tellMe')}
            </button>
          </div>
        ) : (
          <p class="fine">{t('plainNote', { n: renewSeconds })}</p>
        )}
      </header>
      <div id="room">
        <RoomView state={state} t={t} format={visit.format} />
      </div>
      <p class="only-heard" role="status" id="said"></p>
    </article>
  );
}
