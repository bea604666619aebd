import type { Policy } from '../../../shared/contracts/queue.ts';
import type { RoomDeskProps } from './room-desk-page.tsx';
import { choiceFields, momentFields, numberFields } from './policy-fields.ts';
import { toZonedInput } from './zoned-input-rules.ts';

type FieldProps = Pick<RoomDeskProps, 't' | 'format'> & { draft: Policy };

function Numbers({ t, draft }: FieldProps) {
  return numberFields.map((name) => (
    <label class="field">
      <span>{t(name)}</span>
      <input
        type="number"
        name={name}
        min="0"
        step={name === 'admitPerSecond' ? 'any' : '1'}
        required
        value={String(draft[name])}
      />
    </label>
  ));
}

function Moments({ t, format, draft }: FieldProps) {
  return momentFields.map((name) => (
    <label class="field">
      <span>{t(name, { zone: format.zone })}</span>
      <input type="datetime-local" name={name} value={toZonedInput(draft[name])} />
    </label>
  ));
}

function Choices({ t, draft }: FieldProps) {
  return (
    <>
      <label class="field">
        <span>{t('order')}</span>
        <select name="order">
          {choiceFields.order.map((one) => (
            <option value={one} selected={draft.order === one}>
              {t(`order${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t('challenge')}</span>
        <select name="challenge">
          {choiceFields.challenge.map((one) => (
            <option value={one} selected={draft.challenge === one}>
              {t(`challenge${one}`)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** The policy of a room, changed at the version that it was read at. */
export function PolicyForm({ t, format, draft, setting, at }: RoomDeskProps & { at: string }) {
  return (
    <form class="card stack" method="post" action={`${at}/policy`} id="policy">
      <input type="hidden" name="base" value={JSON.stringify(setting)} />
      <p class="fine">{t('policyLead', { version: setting.version })}</p>
      <div class="fields">
        <Numbers t={t} format={format} draft={draft} />
        <Moments t={t} format={format} draft={draft} />
        <Choices t={t} format={format} draft={draft} />
      </div>
      <label class="row check">
        <input type="checkbox" name="force" value="1" />
        <span>{t('force')}</span>
      </label>
      <button class="button">{t('save')}</button>
    </form>
  );
}
