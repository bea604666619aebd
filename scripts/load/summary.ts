import type { CallName, CountName, GaugeName, SpanName } from './io.ts';
import { type LoadPlan, offeredPerSecond } from './plan.ts';

export interface Distribution {
  count: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** What a run found, the same from both drivers. What never happened is left out. */
export interface LoadSummary {
  driver: 'k6' | 'native';
  plan: LoadPlan;
  seconds: number;
  calls: Partial<Record<CallName, Distribution>>;
  spans: Partial<Record<SpanName, Distribution>>;
  counts: Partial<Record<CountName, number>>;
  gauges: Partial<Record<GaugeName, number>>;
}

/** One thing that has to hold at the end of a run. */
export interface Limit {
  kind: 'counts' | 'gauges' | 'joins';
  name: CountName | GaugeName | 'p99Ms';
  is: '==' | '<=' | '>=';
  value: number;
  says: string;
}

const noSuch = (name: CountName, says: string): Limit => ({
  kind: 'counts',
  name,
  is: '==',
  value: 0,
  says,
});

/** Long enough for the speed to be told within two per cent of a tick. */
const rateBoundMinMs = 5_000;
const admissionErrorMax = 0.02;

const atTheRate: readonly Limit[] = [
  {
    kind: 'counts',
    name: 'rate_bound_ms',
    is: '>=',
    value: rateBoundMinMs,
    says: 'the rate was what bound for 5 s or more',
  },
  {
    kind: 'gauges',
    name: 'admission_error',
    is: '<=',
    value: admissionErrorMax,
    says: 'people are let in at the rate of the policy, within 2 %',
  },
];

function soldOut({ seats, fans, soldOutSeconds }: LoadPlan): Limit[] {
  const all: Limit = {
    kind: 'counts',
    name: 'seats_sold',
    is: '==',
    value: Math.min(seats, fans),
    says: 'every seat is sold',
  };
  const inTime: Limit = {
    kind: 'gauges',
    name: 'seconds_to_last_sale',
    is: '<=',
    value: soldOutSeconds,
    says: 'the last seat is paid in time',
  };
  return soldOutSeconds > 0 ? [all, inTime] : [all];
}

export function limitsOf(plan: LoadPlan): Limit[] {
  const { scenario, fans, joinP99Ms } = plan;
  const limits: Limit[] = [
    noSuch('unexpected', 'every answer has a status that was expected'),
    noSuch('passed_over', 'nobody waits whose number the front has passed'),
    noSuch('position_went_back', 'no position ever grows'),
  ];
  if (scenario === 'queue-admission') limits.push(...atTheRate);
  if (scenario === 'queue-admission' || scenario === 'flash-crowd' || scenario === 'seat-rush') {
    limits.push({
      kind: 'counts',
      name: 'fans_done',
      is: '==',
      value: fans,
      says: 'every fan came to an end',
    });
  }
  if (scenario === 'seat-rush') limits.push(...soldOut(plan));
  // A breakpoint looks for the moment at which this is broken.
  if (joinP99Ms > 0 && scenario !== 'breakpoint') {
    limits.push({
      kind: 'joins',
      name: 'p99Ms',
      is: '<=',
      value: joinP99Ms,
      says: '99 % of the joins are answered in time',
    });
  }
  return limits;
}

function valueOf(summary: LoadSummary, { kind, name }: Limit): number | undefined {
  if (kind === 'joins') return summary.calls.join?.p99Ms;
  if (kind === 'gauges') return summary.gauges[name as GaugeName];
  return summary.counts[name as CountName] ?? 0;
}

export interface Verdict extends Limit {
  found: number | undefined;
  ok: boolean;
}

/** What was never measured does not hold. */
export function judge(summary: LoadSummary): Verdict[] {
  return limitsOf(summary.plan).map((limit) => {
    const found = valueOf(summary, limit);
    if (found === undefined) return { ...limit, found, ok: false };
    const { is, value } = limit;
    const ok = is === '==' ? found === value : is === '<=' ? found <= value : found >= value;
    return { ...limit, found, ok };
  });
}

/** What a breakpoint was run for. */
function kneeText({ plan, calls, gauges }: LoadSummary): string[] {
  if (plan.scenario !== 'breakpoint') return [];
  const offeredLast = gauges.offered_per_second ?? 0;
  const hasEndedEarly = offeredLast < offeredPerSecond(plan, (plan.joinSeconds - 1) * 1_000);
  const isFound = hasEndedEarly || (calls.join?.p99Ms ?? Infinity) > plan.joinP99Ms;
  const offered = number(offeredLast);
  const within = `99 % of the joins within ${number(plan.joinP99Ms)} ms`;
  return [
    '',
    isFound ? `  knee: ${within} until ${offered}/s` : `  no knee: ${within} up to ${offered}/s`,
  ];
}

const lateMs = 50;

/** A run whose driver was too busy says less than it seems to. */
function lateText({ spans }: LoadSummary): string[] {
  const p99Ms = spans.start_delay?.p99Ms ?? 0;
  return p99Ms > lateMs
    ? [`  fans set off ${number(p99Ms)} ms late (p99): the driver itself was too busy`]
    : [];
}

const number = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 3 : 1);

/** The summary as lines for a person. */
export function summaryText(summary: LoadSummary): string {
  const { plan } = summary;
  const head = `${plan.scenario} (${summary.driver}): ${summary.seconds.toFixed(1)} s, ${number(plan.joinsPerSecond)} fans/s`;
  const row = ([name, spread]: [string, Distribution]): string =>
    [
      name.padEnd(16),
      ...[spread.count, spread.p50Ms, spread.p95Ms, spread.p99Ms, spread.maxMs].map((value) =>
        number(value).padStart(9),
      ),
    ].join(' ');
  const columns = ['', 'count', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'];
  const plain = { ...summary.counts, ...summary.gauges };
  return [
    '',
    head,
    columns.map((name, i) => (i === 0 ? name.padEnd(16) : name.padStart(9))).join(' '),
    ...Object.entries(summary.calls).map(row),
    ...Object.entries(summary.spans).map(row),
    '',
    ...Object.entries(plain).map(([name, value]) => `  ${name.padEnd(22)} ${number(value)}`),
    ...lateText(summary),
    ...kneeText(summary),
    '',
    ...judge(summary).map(
      ({ ok, says, found }) =>
        `  ${ok ? 'ok  ' : 'NOT '} ${says} (${found === undefined ? 'never measured' : number(found)})`,
    ),
    '',
  ].join('\n');
}
