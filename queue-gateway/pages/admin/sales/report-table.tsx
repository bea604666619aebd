import type { SaleProps } from './sale-page.tsx';

const counts = [
  ['total', 'total'],
  ['sold', 'sold'],
  ['held', 'held'],
  ['house', 'houseSeats'],
] as const;

/** What was sold, by date and block, and in all. */
export function ReportTable({ s, format, concert, report }: SaleProps) {
  if (report.items.length === 0) return <p class="empty">{s('reportNone')}</p>;
  const cells = (row: SaleProps['report']['sum']) => (
    <>
      {counts.map(([name, words]) => (
        <td class="num" data-label={s(words)}>
          {format.number(row[name])}
        </td>
      ))}
      <td class="num" data-label={s('revenue')}>
        {format.won(row.revenue)}
      </td>
    </>
  );
  return (
    <>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{s('date')}</th>
            <th scope="col">{s('block')}</th>
            {[...counts.map(([, words]) => words), 'revenue' as const].map((words) => (
              <th scope="col" class="num">
                {s(words)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.items.map((row) => (
            <tr>
              <th scope="row">{format.moment(row.concertDt)}</th>
              <td data-label={s('block')}>{row.block ?? '–'}</td>
              {cells(row)}
            </tr>
          ))}
          <tr>
            <th scope="row">{s('sum')}</th>
            <td data-label={s('block')}>–</td>
            {cells(report.sum)}
          </tr>
        </tbody>
      </table>
      <p>
        <a
          class="button quiet"
          href={`/api/admin/concerts/${concert.concertId}/report.csv`}
          download
        >
          {s('reportCsv')}
        </a>
      </p>
    </>
  );
}
