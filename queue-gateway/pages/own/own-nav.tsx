import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';

const places = [
  ['/me/tickets', 'ticketsTitle'],
  ['/me/payments', 'paymentsTitle'],
  ['/me/points', 'pointsTitle'],
] as const;

/** Between the pages of what is one's own. */
export function OwnNav({ t, here }: { t: Translate<keyof OwnWords>; here: string }) {
  return (
    <nav class="tabs" aria-label={t(places.find(([path]) => path === here)?.[1] ?? 'ticketsTitle')}>
      {places.map(([path, words]) => (
        <a href={path} aria-current={path === here ? 'page' : undefined}>
          {t(words)}
        </a>
      ))}
    </nav>
  );
}

export interface OlderProps {
  t: Translate<keyof OwnWords>;
  here: string;
  nextCursor: string | null;
}

export function Older({ t, here, nextCursor }: OlderProps) {
  if (nextCursor === null) return null;
  return (
    <p>
      <a class="button quiet" href={`${here}?cursor=${nextCursor}`}>
        {t('older')}
      </a>
    </p>
  );
}
