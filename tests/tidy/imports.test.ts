import { expect } from 'chai';
import { files, type Import, importsOf, isTest } from './tree.ts';

/** The floors of docs/architecture.md, as rules over the import graph. */

const sources = files('*.ts', '*.tsx').filter((path) => !isTest(path));
const imports = sources.flatMap(importsOf);

const floorOf = (path: string): string => path.split('/')[0] ?? '';

const allowedFloors: Record<string, string[]> = {
  shared: ['shared'],
  'core-api': ['core-api', 'shared'],
  'queue-gateway': ['queue-gateway', 'shared'],
  scripts: ['scripts', 'core-api', 'queue-gateway', 'shared', 'tests'],
};

/** Inside a service: main -> server -> compose -> app -> routes -> service -> the leaves. */
const roles: [RegExp, number][] = [
  [/\/(db|redis|lock)\//, 7],
  [/\/main\.ts$/, 0],
  [/\/server\.ts$/, 1],
  [/\/compose\.ts$/, 2],
  [/\/app\.ts$/, 3],
  [/-routes\.ts$/, 4],
  [/-service\.ts$/, 5],
  [/-(rules|repository|store)\.ts$/, 6],
];
const roleOf = (path: string): number | undefined =>
  roles.find(([pattern]) => pattern.test(path))?.[1];

/** Who may know a package. Types count too: a type is knowledge. */
const keepers: Record<string, RegExp> = {
  express: /^core-api\/(http\/|app\.ts|server\.ts|.*-routes\.ts)/,
  hono: /^(queue-gateway\/(http\/|app\.ts|server\.ts|forward\/|docs\/|pages\/|.*-routes\.ts)|scripts\/bench\/)/,
  '@hono/node-server':
    /^(queue-gateway\/(http\/|app\.ts|server\.ts|forward\/|.*-routes\.ts)|scripts\/bench\/)/,
  sequelize: /^(core-api\/(db\/|.*-repository\.ts)|scripts\/)/,
  mysql2: /^(core-api\/db\/|scripts\/)/,
  umzug: /^core-api\/db\//,
  ioredis: /^(shared\/redis\/|.*-store\.ts|core-api\/lock\/|scripts\/)/,
  redlock: /^core-api\/lock\/lock\.ts$/,
  jsonwebtoken: /^(core-api|queue-gateway)\/.*-token\.ts$/,
  'prom-client': /^(shared\/metrics\.ts|(core-api|queue-gateway)\/metrics\/)/,
  pino: /^shared\/logger\.ts$/,
};

/** Core features call only earlier ones; what stands before `users` is for all of them. */
const featureOrder = [
  'http db lock idempotency outbox'.split(' '),
  ['users'],
  ['points'],
  ['charges'],
  ['concerts'],
  ['schedules'],
  ['seats'],
  ['rooms'],
  ['reservations'],
  ['payments'],
  ['tickets'],
  ['cancellations'],
  ['webhooks'],
  ['reports'],
  ['health'],
  ['jobs'],
];
const featureRank = (path: string): number => {
  const folder = /^core-api\/([^/]+)\//.exec(path)?.[1] ?? '';
  return featureOrder.findIndex((names) => names.includes(folder));
};

const show = ({ from, to }: Import): string => `${from} -> ${to}`;

describe('imports', () => {
  it('were read from every source file of the four floors', () => {
    for (const floor of Object.keys(allowedFloors)) {
      expect(sources.filter((path) => floorOf(path) === floor).length, floor).to.be.greaterThan(5);
    }
    expect(imports.length).to.be.greaterThan(sources.length);
  });

  it('never go sideways between services or up to scripts and tests', () => {
    const wrong = imports.filter(
      ({ from, to, relative }) => relative && !allowedFloors[floorOf(from)]?.includes(floorOf(to)),
    );
    expect(wrong.map(show)).to.deep.equal([]);
  });

  it('only go down inside a service', () => {
    const wrong = imports.filter(({ from, to, relative }) => {
      const [above, below] = [roleOf(from), roleOf(to)];
      if (!relative || above === undefined || below === undefined) return false;
      return floorOf(from) === floorOf(to) && below < above;
    });
    expect(wrong.map(show)).to.deep.equal([]);
  });

  it('of a core feature reach only earlier features', () => {
    const features = imports.filter(
      ({ from, to }) => featureRank(from) >= 0 && featureRank(to) >= 0,
    );
    expect(features.length).to.be.greaterThan(20);
    const wrong = features.filter(({ from, to }) => featureRank(to) > featureRank(from));
    expect(wrong.map(show)).to.deep.equal([]);
  });

  it('leave each library to the files that keep it', () => {
    const wrong = imports.filter(({ from, to, relative }) => {
      const keeper = keepers[to];
      return !relative && keeper !== undefined && !keeper.test(from);
    });
    expect(wrong.map(show)).to.deep.equal([]);
    for (const name of Object.keys(keepers)) {
      expect(
        imports.some(({ to }) => to === name),
        `nobody imports ${name}`,
      ).to.equal(true);
    }
  });

  it('of redlock stand in exactly one file', () => {
    expect(imports.filter(({ to }) => to === 'redlock').map(({ from }) => from)).to.deep.equal([
      'core-api/lock/lock.ts',
    ]);
  });
});
