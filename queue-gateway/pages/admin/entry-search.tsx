import type { RoomDeskProps } from './room-desk-page.tsx';

const numberPattern = /^[1-9][0-9]{0,14}$/;

function Story({ t, room, entryNumber, at }: RoomDeskProps & { at: string }) {
  if (!numberPattern.test(entryNumber)) return null;
  const n = Number(entryNumber);
  if (n > room.tail) return <p class="notice">{t('entryNone', { n, tail: room.tail })}</p>;
  const isIn = n <= room.front;
  return (
    <>
      <p class="notice">
        {isIn ? t('entryBefore', { n }) : t('entryWaiting', { n, position: n - room.front })}
      </p>
      <form class="stack" method="post" action={`${at}/revoke`}>
        <input type="hidden" name="queueId" value={entryNumber} />
        <label class="field">
          <span>{t('reason')}</span>
          <input name="reason" maxlength={200} />
        </label>
        <p class="fine">{t('revokeSays')}</p>
        <button class="button danger">{t('revoke', { n: entryNumber })}</button>
      </form>
    </>
  );
}

/** An entry by its number: where it stands, and taking it back. */
export function EntrySearch(props: RoomDeskProps & { at: string }) {
  const { t, entryNumber, at } = props;
  return (
    <div class="card stack">
      <form class="charge" method="get" action={at}>
        <label class="field">
          <span>{t('entryNumber')}</span>
          <input name="entry" inputmode="numeric" pattern="[0-9]*" value={entryNumber} />
        </label>
        <button class="button quiet">{t('find')}</button>
      </form>
      <Story {...props} />
    </div>
  );
}
