import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { RoomWords } from '../messages/room.ts';
import { isKnown, type RoomState, secondsLeft } from './room-scene-rules.ts';

export interface RoomViewProps {
  state: RoomState;
  t: Translate<keyof RoomWords>;
  format: Format;
}

interface FormButtonProps {
  action: string;
  label: string;
  kind?: string;
}

/** A form with nothing but its button: works with scripts and without. */
export function FormButton({ action, label, kind = 'wide' }: FormButtonProps) {
  return (
    <form method="post" action={action}>
      <button class={`button ${kind}`}>{label}</button>
    </form>
  );
}

export function Countdown({ state, t, format }: RoomViewProps) {
  const opensAt = state.room?.opensAt;
  if (!isKnown(opensAt) || Date.parse(opensAt) <= state.nowMs) return null;
  return (
    <div class="countdown">
      <p class="eyebrow">{t('opensIn')}</p>
      <p class="figure">{format.clock(secondsLeft(opensAt, state.nowMs))}</p>
      <p>{t('opensAt', { moment: format.moment(opensAt) })}</p>
    </div>
  );
}

/** Giving the place up takes two clicks: it cannot be had back. */
export function Leave({ state, t }: RoomViewProps) {
  return (
    <details class="leave">
      <summary>{t('leave')}</summary>
      <p>{t('leaveSure')}</p>
      <FormButton action={`/c/${state.concertId}/leave`} label={t('leave')} kind="danger" />
    </details>
  );
}
