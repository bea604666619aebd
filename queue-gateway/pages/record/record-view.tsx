import type { RecordStep, SaleRecord } from '../../../shared/contracts/record.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { RecordWords } from '../messages/record.ts';
import { RecordChart } from './record-chart.tsx';

export type RecordT = Translate<keyof RecordWords>;

export interface RecordViewProps {
  r: RecordT;
  format: Format;
  record: SaleRecord;
}

/** Seconds as people say them. */
export function waitText(r: RecordT, format: Format, seconds: number | null): string {
  if (seconds === null) return r('unknown');
  return seconds < 120
    ? r('secondsText', { n: Math.round(seconds) })
    : r('minutesText', { n: format.number(Math.round(seconds / 6) / 10) });
}

function Tiles({ r, format, record }: RecordViewProps) {
  const { sum, waits } = record;
  const known = r('waitMore', { n: waits.counted });
  const tiles: [string, string, string][] = [
    [r('arrived'), format.number(sum.arrived), r('arrivedMore')],
    [r('admitted'), format.number(sum.admitted), r('admittedMore', { n: sum.returned })],
    [r('sold'), format.number(sum.sold), r('soldMore')],
    [r('waitHalf'), waitText(r, format, waits.p50Seconds), known],
    [r('waitMost'), waitText(r, format, waits.p90Seconds), known],
  ];
  return (
    <dl class="record-tiles">
      {tiles.map(([name, value, more]) => (
        <div>
          <dt>{name}</dt>
          <dd>
            {value}
            <span class="fine">{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A running total. */
function sumsOf(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value) => (total += value));
}

function Charts({ r, format, record }: RecordViewProps) {
  const { steps, stepSeconds } = record;
  const of = (read: (step: RecordStep) => number | null) => steps.map(read);
  const times = steps.map(({ at }) => format.hour(at));
  const count = (value: number): string => format.number(value);
  const shared = { times, tell: count };
  const longest = Math.max(0, ...of(({ waits }) => waits.p90Seconds).map(Number));
  const per = r('flowPer', { minutes: stepSeconds / 60 });
  return (
    <div class="record-charts">
      <RecordChart
        {...shared}
        id="chart-line"
        title={r('lineTitle')}
        series={[
          { name: r('lineWaiting'), values: of(({ waiting }) => waiting) },
          { name: r('lineInside'), values: of(({ inside }) => inside) },
        ]}
      />
      <RecordChart
        {...shared}
        id="chart-flow"
        title={`${r('flowTitle')} (${per})`}
        series={[
          { name: r('arrived'), values: of(({ arrived }) => arrived) },
          { name: r('admitted'), values: of(({ admitted }) => admitted) },
        ]}
      />
      <RecordChart
        {...shared}
        id="chart-waits"
        title={r('waitTitle')}
        unit={longest < 120 ? 1 : 60}
        tell={(seconds) => waitText(r, format, seconds)}
        series={[
          { name: r('half'), values: of(({ waits }) => waits.p50Seconds) },
          { name: r('most'), values: of(({ waits }) => waits.p90Seconds) },
        ]}
      />
      <RecordChart
        {...shared}
        id="chart-sold"
        title={r('soldTitle')}
        series={[{ name: r('sold'), values: sumsOf(steps.map(({ sold }) => sold)) }]}
      />
    </div>
  );
}

function Where({ r, format, record }: RecordViewProps) {
  const { sum, steps } = record;
  const last = steps.at(-1);
  const rows: [string, number][] = [
    [r('turns'), sum.admitted],
    [r('taken'), sum.activated],
    [r('completed'), sum.completed],
    [r('left'), sum.left],
    [r('idle'), sum.idle],
    [r('expired'), sum.expired],
    [r('missed'), sum.missed],
    [r('revoked'), sum.revoked],
    [r('inside'), last?.inside ?? 0],
    [r('passed'), sum.passed],
    [r('waiting'), last?.waiting ?? 0],
  ];
  return (
    <dl class="facts" id="where">
      {rows.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{format.number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

const limits = ['closed', 'slots', 'rate', 'pressure', 'seats'] as const;

function Pace({ r, record }: RecordViewProps) {
  const busy = record.steps.filter(({ limit }) => limit !== 'none');
  const shares = limits.flatMap((limit) => {
    const steps = busy.filter((step) => step.limit === limit).length;
    return steps === 0 ? [] : [{ limit, percent: Math.round((100 * steps) / busy.length) }];
  });
  if (shares.length === 0) return null;
  return (
    <>
      <h2>{r('paceTitle')}</h2>
      <dl class="facts">
        {shares.map(({ limit, percent }) => (
          <div>
            <dt>{r(`limit${limit}`)}</dt>
            <dd>{r('paceText', { percent })}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Table({ r, format, record }: RecordViewProps) {
  const heads = [
    'from',
    'lineWaiting',
    'lineInside',
    'arrived',
    'admitted',
    'half',
    'most',
    'sold',
  ] as const;
  const cells = ({ waiting, inside, arrived, admitted, waits, sold }: RecordStep): string[] => [
    format.number(waiting),
    format.number(inside),
    format.number(arrived),
    format.number(admitted),
    waits.p50Seconds === null ? '–' : waitText(r, format, waits.p50Seconds),
    waits.p90Seconds === null ? '–' : waitText(r, format, waits.p90Seconds),
    format.number(sold),
  ];
  return (
    <details>
      <summary>{r('tableTitle')}</summary>
      <div class="record-table" tabindex={0} role="region" aria-label={r('tableTitle')}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th scope="col">{r(head)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {record.steps.map((step) => (
              <tr>
                <th scope="row">{format.hour(step.at)}</th>
                {cells(step).map((cell) => (
                  <td>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** How a sale went: what everybody may see of it, all people together. */
export function RecordView(props: RecordViewProps) {
  const { r, format, record } = props;
  const { from, until } = record;
  if (from === null || until === null) return <p class="empty">{r('recordNone')}</p>;
  const span = { from: format.moment(from), until: format.moment(until), zone: format.zone };
  return (
    <>
      <p class="fine">{r('recordSpan', span)}</p>
      <Tiles {...props} />
      <Charts {...props} />
      <h2>{r('whereTitle')}</h2>
      <Where {...props} />
      <Pace {...props} />
      <Table {...props} />
      <h2>{r('howTitle')}</h2>
      <p>{r('how')}</p>
    </>
  );
}
