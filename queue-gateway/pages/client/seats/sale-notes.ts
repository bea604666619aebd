import type { Translate } from '../../i18n/translate.ts';
import type { SeatWords } from '../../messages/seats.ts';
import type { ApiAnswer } from '../api.ts';
import { element } from '../page-data.ts';

export interface Notes {
  /** Only heard. */
  say(words: string): void;
  tell(words: string): void;
  offer(words: string, label: string, run: () => void): void;
  /** What the API would not do, and the way on from there. */
  refuse(answer: Extract<ApiAnswer<unknown>, { ok: false }>): void;
  /** Stands apart: the link comes and goes without wiping what is being said or offered. */
  link(isThere: boolean): void;
  clear(): void;
}

/** What is said above the map. */
export function createNotes(t: Translate<keyof SeatWords>, concertId: string): Notes {
  const note = element('#note');
  const said = element('#said');
  const linkLost = element('#link-lost');

  function tell(words: string, action?: HTMLElement): void {
    note.textContent = words;
    if (action) note.append(' ', action);
    note.hidden = false;
    note.scrollIntoView({ block: 'nearest' });
  }

  function way(label: string, href: string): HTMLAnchorElement {
    const link = document.createElement('a');
    link.href = href;
    link.textContent = label;
    return link;
  }

  const clear = (): void => {
    note.hidden = true;
    note.textContent = '';
  };

  return {
    say: (words) => (said.textContent = words),
    tell: (words) => tell(words),
    offer(words, label, run) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button quiet';
      button.textContent = label;
      button.addEventListener('click', run);
      tell(words, button);
    },
    refuse({ problem }) {
      const code = problem?.code ?? '';
      const room = `/c/${concertId}/room`;
      const login = `/login?to=${encodeURIComponent(`/c/${concertId}/seats`)}`;
      if (code.startsWith('access-token')) tell(t('loginAgain'), way('→', login));
      else if (code.startsWith('queue-token')) tell(t('over'), way(t('toRoom'), room));
      else tell(problem ? t('failed') : t('lost'));
    },
    link: (isThere) => (linkLost.hidden = isThere),
    clear,
  };
}
