import type { RoomDeskProps } from './room-desk-page.tsx';

const numberPattern = /^[0-9]+$/;

function Story({ t, format, room, story, entryNumber, at }: RoomDeskProps & { at: string }) {
  if (story === undefined) return null;
  if (story === null)
    return (
      <p class="notice">
        {numberPattern.test(entryNumber)
          ? t('entryNone', { n: entryNumber, tail: room.tail })
          : t('accountNone', { name: entryNumber })}
      </p>
    );
  const { queueId: n, status, position, reason, leaseUntil } = story;
  return (
    <>
      <div class="notice">
        <p>
          {t(`story${status}`, {
            n,
            position,
            reason: reason === null ? '' : t(`reason${reason}`),
          })}
        </p>
        {leaseUntil === null ? null : (
          <p class="fine">{t('slotUntil', { moment: format.moment(leaseUntil) })}</p>
        )}
      </div>
      {status === 'ENDED' ? null : (
        <form class="stack" method="post" action={`${at}/revoke`}>
          <input type="hidden" name="queueId" value={n} />
          <label class="field">
            <span>{t('reason')}</span>
            <input name="reason" maxlength={200} />
          </label>
          <p class="fine">{t('revokeSays')}</p>
          <button class="button danger">{t('revoke', { n })}</button>
        </form>
      )}
    </>
  );
}

/** An entry by its number or its account: where it stands, and taking it back. */
export function EntrySearch(props: RoomDeskProps & { at: string }) {
  const { t, entryNumber, at } = props;
  return (
    <div class="card stack">
      <form class="charge" method="get" action={at}>
        <label class="field">
          <span>{t('entryNumber')}</span>
          <input name="entry" maxlength={64} autocomplete="off" value={entryNumber} />
        </label>
        <button class="button quiet">{t('find')}</button>
      </form>
      <Story {...props} />
    </div>
  );
}
