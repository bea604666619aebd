import type { Concert } from '../../../../shared/contracts/concerts.ts';
import type { FieldError } from '../../../../shared/problems.ts';
import type { Format } from '../../i18n/format.ts';
import type { Note } from '../admin-binder.ts';
import { AdminFrame, type AdminT } from '../admin-frame.tsx';
import { toZonedInput } from '../zoned-input-rules.ts';
import type { OwnDate } from './sale-page.tsx';
import type { SalesT } from './sales-page.tsx';

export interface DateProps {
  t: AdminT;
  s: SalesT;
  format: Format;
  concert: Concert;
  date: OwnDate;
  blocks: readonly string[];
  /** Of a file that was refused. */
  rowFaults?: readonly FieldError[] | undefined;
  note?: Note | undefined;
}

const rowPath = /^body\.(\d+)(?:\.(\w+))?$/;

/** Each fault by the line of the file. */
function RowFaults({ s, rowFaults = [] }: DateProps) {
  if (rowFaults.length === 0) return null;
  return (
    <table class="table" id="row-faults">
      <thead>
        <tr>
          <th scope="col">{s('csvLine')}</th>
          <th scope="col">{s('csvFault')}</th>
        </tr>
      </thead>
      <tbody>
        {rowFaults.map(({ path, message }) => {
          const [, number = '–', field] = rowPath.exec(path) ?? [];
          return (
            <tr>
              <th scope="row">{number}</th>
              <td data-label={s('csvFault')}>
                {field === undefined ? message : s('csvField', { field, fault: message })}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function FileForm(props: DateProps & { at: string }) {
  const { s, at } = props;
  return (
    <form class="card stack" method="post" action={`${at}/seats`} enctype="multipart/form-data">
      <RowFaults {...props} />
      <label class="field">
        <span>{s('csvFile')}</span>
        <input type="file" name="csv" accept=".csv,text/csv" required aria-describedby="csv-hint" />
        <small id="csv-hint">{s('seatsHint')}</small>
      </label>
      <button class="button">{s('upload')}</button>
    </form>
  );
}

function BlockField({ s, blocks }: Pick<DateProps, 's' | 'blocks'>) {
  return (
    <label class="field">
      <span>{s('block')}</span>
      <select name="block">
        {blocks.map((block) => (
          <option>{block}</option>
        ))}
      </select>
    </label>
  );
}

function BlockForms({ s, blocks, at }: DateProps & { at: string }) {
  if (blocks.length === 0) return null;
  return (
    <>
      <h2>{s('prices')}</h2>
      <form class="card stack" method="post" action={`${at}/prices`}>
        <div class="fields">
          <BlockField s={s} blocks={blocks} />
          <label class="field">
            <span>{s('price')}</span>
            <input type="number" name="price" min="0" required />
          </label>
        </div>
        <button class="button">{s('setPrice')}</button>
      </form>
      <h2>{s('house')}</h2>
      <form class="card stack" method="post" action={`${at}/house`}>
        <BlockField s={s} blocks={blocks} />
        <p class="row">
          <button class="button" name="house" value="true">
            {s('houseKeep')}
          </button>
          <button class="button quiet" name="house" value="false">
            {s('houseGive')}
          </button>
        </p>
      </form>
    </>
  );
}

function ChangeForm({ s, format, date, at }: DateProps & { at: string }) {
  return (
    <form class="card stack" method="post" action={at}>
      <div class="fields">
        <label class="field">
          <span>{s('concertDt', { zone: format.zone })}</span>
          <input
            type="datetime-local"
            name="concertDt"
            required
            value={toZonedInput(date.concertDt)}
          />
        </label>
        <label class="field">
          <span>{s('totalSeat')}</span>
          <input type="number" name="totalSeat" min="1" required value={String(date.totalSeat)} />
        </label>
        <label class="field">
          <span>{s('status')}</span>
          <select name="status">
            {(['ACTIVE', 'INACTIVE'] as const).map((one) => (
              <option value={one} selected={date.status === one}>
                {s(`status${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <button class="button">{s('change')}</button>
    </form>
  );
}

function CancelForm({ s, at }: DateProps & { at: string }) {
  return (
    <details class="card">
      <summary>{s('cancelDate')}</summary>
      <form class="stack" method="post" action={`${at}/cancel`}>
        <p>{s('cancelSays')}</p>
        <button class="button danger">{s('cancelConfirm')}</button>
      </form>
    </details>
  );
}

/** One date: its seats, and calling it off. */
export function DatePage(props: DateProps) {
  const { t, s, format, concert, date, note } = props;
  const at = `/admin/sales/${concert.concertId}/dates/${date.concertScheduleId}`;
  const { cancellation } = date;
  return (
    <AdminFrame t={t} here="/admin/sales" title={format.moment(date.concertDt)} note={note}>
      <p>
        <a href={`/admin/sales/${concert.concertId}`}>← {concert.concertName}</a>
      </p>
      <p>{s('seatsLeftOf', { left: date.seatsLeft, total: date.totalSeat })}</p>
      {cancellation ? (
        <p class="notice" id="cancellation" data-live role="status">
          {s(`cancel${cancellation.state}`, {
            refunded: cancellation.refunded,
            released: cancellation.released,
            left: cancellation.left,
          })}
        </p>
      ) : (
        <div class="desk-sides">
          <div class="stack">
            <h2>{s('seatsByFile')}</h2>
            <FileForm {...props} at={at} />
            <BlockForms {...props} at={at} />
          </div>
          <div class="stack">
            <h2>{s('details')}</h2>
            <ChangeForm {...props} at={at} />
            <CancelForm {...props} at={at} />
          </div>
        </div>
      )}
    </AdminFrame>
  );
}
