/** The tables of docs/capacity.md, worked out from the figures of docs/benchmarks.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf } from './compare.ts';
import { round, table } from './figures.ts';
import { writeReport } from './report.ts';

/** A cell of the last run: which bench, which row and column. */
interface Source {
  bench: string;
  figure: string;
}

const sources = {
  joinNew: { bench: 'join', figure: 'ours, token never seen: CPU µs each' },
  joinKnown: { bench: 'join', figure: 'ours, token seen before: CPU µs each' },
  status: { bench: 'status', figure: 'ours: CPU µs each' },
  forward: { bench: 'forward', figure: 'ours: CPU µs' },
  hold: { bench: 'sales', figure: 'holds: CPU µs of the core' },
  pay: { bench: 'sales', figure: 'payments: CPU µs of the core' },
  holdsPerSecond: { bench: 'sales', figure: 'holds: core/s' },
  paysPerSecond: { bench: 'sales', figure: 'payments: core/s' },
  seatMap: { bench: 'seat-map', figure: 'core: CPU µs each' },
  seatMapSame: { bench: 'seat-map', figure: 'core, unchanged (304): CPU µs each' },
  listenerKb: { bench: 'sse', figure: 'memory of a listener' },
  bytesWaiting: { bench: 'room-size', figure: 'Redis memory for each who waits' },
  redisJoin: { bench: 'flat', figure: 'gateways 4: of which Redis' },
  gatewayMb: { bench: 'startup', figure: 'gateway: MB then' },
  coreMb: { bench: 'startup', figure: 'core: MB then' },
  commit: { bench: 'limits', figure: 'COMMIT of one row, flushed: µs' },
} satisfies Record<string, Source>;
type SourceName = keyof typeof sources;

/** A call as something else grows: a row of `flat` at the first size and at the last. */
interface Slope {
  /** Head of the first column. */
  grows: string;
  from: number;
  to: number;
  call: string;
  column: string;
}

const slopes: readonly Slope[] = [
  { grows: 'entries in the room', from: 1_000, to: 1_000_000, calls: ['join', 'status'] },
  { grows: 'rooms', from: 1, to: 1_000, calls: ['join in one of them'] },
  { grows: 'seats', from: 50, to: 50_000, calls: ['hold by id', 'pay', 'hold best'] },
  {
    grows: 'reservations',
    from: 0,
    to: 1_000_000,
    calls: ['hold by id', 'pay', 'hold best', 'own reservations', 'seat map'],
  },
]
  .flatMap(({ calls, ...size }) =>
    calls.map((call) => ({ ...size, call, column: `${call}, CPU µs` })),
  )
  .concat({ grows: 'gateways', from: 1, to: 4, call: 'join', column: 'join, CPU µs of all' });

/** Figures of each bench in a report. */
function readReport(document: string): Map<string, Map<string, number>> {
  const sections = document.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      const [text = ''] = section.slice(end).split('<!-- end of the last run -->');
      return [section.slice(0, end).trim(), figuresOf(text)];
    }),
  );
}

type Figures = Record<SourceName, number>;
type Report = ReturnType<typeof readReport>;

/** @throws Error naming a figure that the document does not have. */
function figureOf(report: Report, { bench, figure }: Source): number {
  const value = report.get(bench)?.get(figure);
  if (value === undefined) throw new Error(`docs/benchmarks.md has no "${figure}" of ${bench}`);
  return value;
}

function readFigures(report: Report): Figures {
  const found = Object.entries(sources).map(([name, source]) => [name, figureOf(report, source)]);
  return Object.fromEntries(found) as Figures;
}

/** What a call takes at the first size and at the last. */
function slopesTable(report: Report): string {
  const rows = slopes.map(({ grows, from, to, call, column }) => {
    const at = (size: number): number =>
      figureOf(report, { bench: 'flat', figure: `${grows} ${size}: ${column}` });
    const [first, last] = [at(from), at(to)];
    const sizes = `${from.toLocaleString('en')} → ${to.toLocaleString('en')}`;
    return [grows, sizes, call, first, last, round((100 * last) / first)];
  });
  return table(['what grows', 'from → to', 'call', 'µs of CPU', 'then', '% of that'], rows);
}

const rowOf = (name: SourceName): string => `\`${sources[name].bench}\`, ${sources[name].figure}`;

/** Of a core that still answers at once when a wave comes. */
const busyShare = 0.6;
/** Streams of one process: below what it takes at most (25,000), so that it may lose a neighbour. */
const streamsEach = 20_000;
const perCore = (micros: number): number => Math.floor((busyShare * 1_000_000) / micros);

/** What one core carries when it is busy for the share above. */
function oneProcess(figures: Figures): string {
  const names = [
    ['joins of accounts never seen', 'joinNew', 'gateway'],
    ['joins of accounts seen', 'joinKnown', 'gateway'],
    ['questions of who waits', 'status', 'gateway'],
    ['forwarded calls of who is inside', 'forward', 'gateway'],
    ['holds', 'hold', 'core'],
    ['payments', 'pay', 'core'],
    ['seat maps of 20,000 seats', 'seatMap', 'core'],
    ['the same, unchanged', 'seatMapSame', 'core'],
    ['joins of one room', 'redisJoin', 'Redis'],
  ] as const;
  const rows = names.map(([what, name, where]) => [
    what,
    where,
    round(figures[name]),
    perCore(figures[name]),
    rowOf(name),
  ]);
  return table(['what', 'process', 'µs of CPU', 'a second on a core 60 % busy', 'from'], rows);
}

/** The sale that is planned for. */
const sale = {
  fans: 500_000,
  seats: 50_000,
  /** Half of everybody in this time: the first minute. */
  halfSeconds: 60,
  listenShare: 0.5,
  /** Of those who ask: seconds between two questions, the longest that the line tells. */
  pollSeconds: 34.5,
  seatsPerOrder: 2,
  admitPerSecond: 60,
  insideSeconds: 150,
  buyShare: 0.75,
  mapsPerFan: 8,
  readsPerFan: 6,
};

interface Need {
  what: string;
  perSecond: number;
  gateway?: number;
  core?: number;
  how: string;
}

function needsOf(figures: Figures): Need[] {
  const joins = sale.fans / 2 / sale.halfSeconds;
  const polls = (sale.fans * (1 - sale.listenShare)) / sale.pollSeconds;
  const { admitPerSecond: inside, buyShare, mapsPerFan, readsPerFan } = sale;
  const through = { gateway: figures.forward };
  return [
    {
      what: 'joins',
      perSecond: joins,
      gateway: figures.joinNew,
      how: 'half of the fans in a minute',
    },
    {
      what: 'questions',
      perSecond: polls,
      gateway: figures.status,
      how: `those who do not listen, every ${sale.pollSeconds} s`,
    },
    {
      what: 'seat maps',
      perSecond: inside * mapsPerFan,
      ...through,
      core: figures.seatMap,
      how: `${mapsPerFan} for each who is let in`,
    },
    {
      what: 'other reads',
      perSecond: inside * readsPerFan,
      ...through,
      core: figures.seatMapSame,
      how: `${readsPerFan} for each who is let in`,
    },
    {
      what: 'holds',
      perSecond: inside,
      ...through,
      core: figures.hold,
      how: 'one for each who is let in',
    },
    {
      what: 'payments',
      perSecond: inside * buyShare,
      ...through,
      core: figures.pay,
      how: `${100 * buyShare} % of them`,
    },
  ];
}

const cores = ({ perSecond }: Need, micros = 0): number => (perSecond * micros) / 1_000_000;

function needsTable(figures: Figures): string {
  const rows = needsOf(figures).map((need) => [
    need.what,
    round(need.perSecond),
    need.how,
    round(cores(need, need.gateway), 2),
    round(cores(need, need.core), 2),
  ]);
  return table(['at the peak', 'a second', 'because', 'gateway cores', 'core-api cores'], rows);
}

function machinesTable(figures: Figures): string {
  const needs = needsOf(figures);
  const busy = (which: 'gateway' | 'core'): number =>
    Math.ceil(needs.reduce((all, need) => all + cores(need, need[which]), 0) / busyShare);
  const [gateways, coreCores] = [busy('gateway'), busy('core')];
  const { admitPerSecond: inside, buyShare, insideSeconds, seatsPerOrder } = sale;
  const listeners = sale.fans * sale.listenShare;
  const streams = Math.ceil(listeners / streamsEach);
  const orders = sale.seats / seatsPerOrder;
  const joins = sale.fans / 2 / sale.halfSeconds;
  const { listenerKb, gatewayMb, coreMb, redisJoin, bytesWaiting, commit } = figures;
  const gigabytes = round((listeners * listenerKb) / 2 ** 20, 1);
  const did = `${round(figures.holdsPerSecond)} and ${round(figures.paysPerSecond)}`;
  const rows = [
    [
      'gateway processes',
      Math.max(gateways, streams),
      `${gateways} for the CPU; ${streams} for ${listeners.toLocaleString('en')} streams, ${streamsEach.toLocaleString('en')} each`,
    ],
    [
      'their streams, GB in all',
      gigabytes,
      `${listenerKb} KB a stream (${rowOf('listenerKb')}); ${gatewayMb} MB a process besides (${rowOf('gatewayMb')})`,
    ],
    [
      'core-api processes',
      Math.max(2, coreCores),
      `${coreCores} for the CPU, two at least so that one may end; ${coreMb} MB each (${rowOf('coreMb')})`,
    ],
    [
      'Redis of the room, % of a core',
      round((joins * redisJoin) / 10_000),
      `${round(joins)} joins a second × ${redisJoin} µs (${rowOf('redisJoin')})`,
    ],
    [
      'its memory for the line, MB',
      round((sale.fans * bytesWaiting) / 2 ** 20),
      `${bytesWaiting} bytes for each who waits (${rowOf('bytesWaiting')})`,
    ],
    [
      'transactions a second',
      round(inside * (1 + buyShare)),
      `holds and payments; one process did ${did} (\`sales\`), where a commit takes ${round(commit)} µs (${rowOf('commit')})`,
    ],
    [
      'minutes to the last seat, at least',
      round(orders / (inside * buyShare) / 60),
      `${orders.toLocaleString('en')} orders at ${inside} × ${buyShare} a second`,
    ],
    [
      '`maxActive`',
      inside * insideSeconds,
      `${inside} a second who stay ${insideSeconds} s (Little’s law)`,
    ],
  ];
  return table(['what', 'how much', 'because'], rows);
}

function capacityTables(report: Report, from: string): string {
  const figures = readFigures(report);
  return [
    `Worked out from the last run in [benchmarks](benchmarks.md): ${from}.`,
    '### What one core carries',
    oneProcess(figures),
    `### ${sale.fans.toLocaleString('en')} fans and ${sale.seats.toLocaleString('en')} seats`,
    needsTable(figures),
    machinesTable(figures),
    '### How cost grew',
    'Of all processes a call touches (`flat`, with the sizes between and what may grow).',
    slopesTable(report),
  ].join('\n\n');
}

const notYet = 'Not yet run with `--write`.';

/**
 * @param benchmarks docs/benchmarks.md
 * @returns what docs/capacity.md says between its marks
 * @throws Error naming a figure that the run did not come to
 */
export function capacityOf(benchmarks: string): string {
  if (benchmarks.includes(notYet)) return notYet;
  const [, when = 'on an unknown day'] = /, (\d{4}-\d\d-\d\d \d\d:\d\d UTC)/.exec(benchmarks) ?? [];
  const [, commit = 'unknown'] = /^- commit (\w+)/m.exec(benchmarks) ?? [];
  return capacityTables(readReport(benchmarks), `${when}, commit ${commit}`);
}

export function writeCapacity(docsDir: string): void {
  const benchmarks = readFileSync(join(docsDir, 'benchmarks.md'), 'utf8');
  writeReport(join(docsDir, 'capacity.md'), capacityOf(benchmarks));
}
