/**
 * What a page brings at its first look, compressed, and what the waiting room costs the gateway beside
 * the room document. `npm run bench -- pages`
 */
import { makeConcert } from '../client/make-concert.ts';
import { isMain } from '../is-main.ts';
import { aimLine, round, table } from './figures.ts';
import { openPageWorld, type PageWorld } from './page-world.ts';
import { scaled } from './scale.ts';
import { interleave, standingHead, standingRow } from './windows.ts';
import { cycle } from './wire-load.ts';

const rounds = scaled(15, 5);
const windowMs = scaled(700, 300);
const connections = 8;
const roomLimitKb = 40;
const kb = (bytes: number): number => round(bytes / 1_024, 1);

/** What came over the wire, uncompressed by nobody. */
async function bytesOf(url: string): Promise<{ bytes: number; text: string }> {
  const headers = { 'accept-encoding': 'br' };
  const answer = await fetch(url, { headers, redirect: 'manual' });
  const length = Number(answer.headers.get('content-length'));
  const text = await answer.text();
  if (answer.status !== 200 || !(length > 0)) throw new Error(`${url}: ${answer.status} ${length}`);
  return { bytes: length, text };
}

interface FirstLook {
  page: string;
  document: number;
  styles: number;
  scripts: number;
}

const totalOf = ({ document, styles, scripts }: FirstLook): number => document + styles + scripts;

async function firstLook(gatewayUrl: string, page: string, path: string): Promise<FirstLook> {
  const { bytes: document, text } = await bytesOf(`${gatewayUrl}${path}`);
  const look: FirstLook = { page, document, styles: 0, scripts: 0 };
  const linked = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
    ([, url]) => url ?? '',
  );
  for (const url of new Set(linked)) {
    const { bytes } = await bytesOf(`${gatewayUrl}${url}`);
    if (url.endsWith('.css') || url.endsWith('.svg')) look.styles += bytes;
    else look.scripts += bytes;
  }
  return look;
}

async function costs(world: PageWorld, concertId: string): Promise<string> {
  const { port, host } = new URL(world.gatewayUrl);
  const request = (path: string): Buffer =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: br\r\n\r\n`);
  const paths = [`/queue/${concertId}`, `/c/${concertId}/room`];
  const contestants = paths.map((path) => ({
    name: `\`GET ${path.replace(concertId, '{id}')}\``,
    port: Number(port),
    cpuMicros: world.gatewayCpuMicros,
    path,
  }));
  const load = (one: { name: string }) => ({
    next: cycle([request(contestants.find(({ name }) => name === one.name)?.path ?? '/')]),
    durationMs: windowMs,
  });
  await interleave(contestants, { rounds: 2, connections, load });
  const standings = await interleave(contestants, { rounds, connections, load });
  const [document, room] = standings;
  if (!document || !room) throw new Error('a contestant is missing');
  return [
    table(standingHead, standings.map(standingRow)),
    '',
    aimLine({
      what: 'CPU of the gateway for a room page, in documents',
      measured: round(room.cpuMicrosEach / document.cpuMicrosEach, 2),
      unit: '',
      atMost: 2,
    }),
  ].join('\n');
}

export async function benchPages(): Promise<string> {
  const world = await openPageWorld();
  try {
    const policy = { maxActive: 0 };
    const wish = { concertName: 'Pages', seats: 50, price: 77_000, policy };
    const { concertId } = await makeConcert(world.owner, wish);
    const pages = {
      concerts: '/',
      concert: `/c/${concertId}`,
      'waiting room': `/c/${concertId}/room`,
    };
    const more = { 'seat map': `/c/${concertId}/seats`, 'log in': '/login' };
    const looks: FirstLook[] = [];
    for (const [name, path] of Object.entries({ ...pages, ...more }))
      looks.push(await firstLook(world.gatewayUrl, name, path));
    const room = looks.find(({ page }) => page === 'waiting room');
    return [
      table(
        ['first look at', 'document KB', 'style KB', 'scripts KB', 'all KB'],
        looks.map((look) => [
          look.page,
          kb(look.document),
          kb(look.styles),
          kb(look.scripts),
          kb(totalOf(look)),
        ]),
      ),
      '',
      await costs(world, concertId),
      aimLine({
        what: 'first look at the waiting room, compressed',
        measured: room ? kb(totalOf(room)) : NaN,
        unit: 'KB',
        atMost: roomLimitKb,
      }),
    ].join('\n');
  } finally {
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchPages());
