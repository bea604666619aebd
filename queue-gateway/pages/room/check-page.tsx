import type { ChallengeOffer } from '../../../shared/contracts/challenges.ts';
import type { Translate } from '../i18n/translate.ts';
import type { LineWords } from '../messages/line.ts';

export interface CheckPageProps {
  t: Translate<keyof LineWords>;
  concertId: string;
  offer: ChallengeOffer;
  isAgain: boolean;
}

/** A puzzle that the page's script solves, or a code instead of it. */
export function CheckPage({ t, concertId, offer, isAgain }: CheckPageProps) {
  const action = `/c/${concertId}/join`;
  return (
    <section class="narrow stack">
      <h1>{t('checkTitle')}</h1>
      {isAgain ? <p class="notice">{t('checkAgain')}</p> : null}
      {offer.kind === 'pow' ? (
        <form
          class="card stack"
          method="post"
          action={action}
          id="puzzle"
          data-prefix={offer.prefix}
          data-difficulty={String(offer.difficulty)}
        >
          <p>{t('checkLead')}</p>
          <input type="hidden" name="challenge" value={offer.challenge} />
          <input type="hidden" name="solution" value="" />
          <p role="status" class="fine" data-working={t('checkWorking')}></p>
          <noscript>
            <p class="notice">{t('checkScript')}</p>
          </noscript>
        </form>
      ) : null}
      <form class="card stack" method="post" action={action}>
        <label class="field">
          <span>{t('checkCode')}</span>
          <input name="bypassCode" required maxlength={64} autocomplete="off" />
          <small>{t('checkCodeLead')}</small>
        </label>
        <button class="button quiet">{t('checkJoin')}</button>
      </form>
    </section>
  );
}
