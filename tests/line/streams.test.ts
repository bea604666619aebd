import { expect } from 'chai';
import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { Room } from '../../shared/contracts/queue.ts';
import { eventually } from '../harness/eventually.ts';
import { type Gateways, startGateways } from './gateways.ts';

interface Listening {
  answer: IncomingMessage;
  request: ClientRequest;
  text: () => string;
  documents: () => Room[];
}

/** A browser's EventSource, as far as these tests look at it. */
async function listen(url: string, headers: Record<string, string> = {}): Promise<Listening> {
  const request = get(url, { headers, agent: false });
  request.on('error', () => undefined);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  answer.setEncoding('utf8');
  answer.on('data', (chunk: string) => {
    text += chunk;
  });
  answer.on('error', () => undefined);
  return {
    answer,
    request,
    text: () => text,
    documents: () =>
      [...text.matchAll(/^event: room\nid: .*\ndata: (.*)$/gm)].map(
        ([, body]) => JSON.parse(body ?? '') as Room,
      ),
  };
}

describe('streams of the room document', () => {
  let line: Gateways;
  beforeEach(async () => {
    line = await startGateways({ count: 2, env: { RATE_LIMITS: 'on' } });
  });
  afterEach(() => line.close());

  const urlOf = (room: string, at = 0): string => `${line.gateways[at]?.url}/queue/${room}/events`;

  it('start with the document and follow every change, on every gateway', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const streams = [await listen(urlOf(room, 0)), await listen(urlOf(room, 1))];
    for (const { answer } of streams) {
      expect(answer.statusCode).to.equal(200);
      expect(answer.headers['content-type']).to.equal('text/event-stream');
      expect(answer.headers['cache-control']).to.equal('no-store');
    }
    await eventually(() => {
      for (const { documents } of streams) expect(documents()[0]?.tail).to.equal(0);
    });
    await line.fan(1).join(room);
    await line.fan(2, 1).join(room);
    await eventually(() => {
      for (const { documents } of streams)
        expect(documents().at(-1)).to.include({ front: 1, tail: 2, waiting: 1, active: 1 });
    });
    const same = (one: Listening): string => JSON.stringify(one.documents().at(-1));
    expect(streams.map(same)[0]).to.equal(streams.map(same)[1]);
    expect(streams[0]?.text()).to.match(/^retry: [2-5]\d\d\d\n/);
  });

  it('send a change once, not once a joiner', async () => {
    const room = line.core.addRoom({ maxActive: 0 });
    const stream = await listen(urlOf(room));
    await Promise.all(Array.from({ length: 60 }, (_, at) => line.fan(at + 1).join(room)));
    await eventually(() => expect(stream.documents().at(-1)?.waiting).to.equal(60));
    expect(stream.documents().length).to.be.lessThan(15);
  });

  it('are a sign of life of the waiting token they were opened with', async () => {
    const room = line.core.addRoom({ maxActive: 0 });
    const fan = line.fan(1);
    await fan.join(room);
    const token = { 'x-queue-token': String(fan.queueToken) };
    expect((await listen(urlOf(room), token)).answer.statusCode).to.equal(200);
    const other = line.core.addRoom();
    expect((await listen(urlOf(other), token)).answer.statusCode).to.equal(403);
    const forged = { 'x-queue-token': 'forged' };
    expect((await listen(urlOf(room), forged)).answer.statusCode).to.equal(401);
  });

  it('end with a hint to come back, not all at once, when the process stops', async () => {
    const room = line.core.addRoom();
    const stream = await listen(urlOf(room));
    const ended = once(stream.answer, 'end');
    const closing = line.gateways[0]?.close();
    await ended;
    await closing;
    expect(stream.text()).to.match(/retry: \d+\nevent: reconnect\ndata:\n\n$/);
  });

  it('are refused beyond the cap of an address, with another way to go', async () => {
    const room = line.core.addRoom();
    const streams = await Promise.all(Array.from({ length: 500 }, () => listen(urlOf(room))));
    expect(streams.every(({ answer }) => answer.statusCode === 200)).to.equal(true);
    const refused = await listen(urlOf(room));
    expect(refused.answer.statusCode).to.equal(503);
    expect(Number(refused.answer.headers['retry-after'])).to.be.greaterThan(0);
    expect(refused.answer.headers['content-type']).to.equal('application/problem+json');
    streams[0]?.request.destroy();
    await eventually(async () => {
      expect((await listen(urlOf(room))).answer.statusCode).to.equal(200);
    });
    for (const { request } of streams) request.destroy();
  });

  it('answer 404 for a concert that is not there', async () => {
    expect((await listen(urlOf('404404'))).answer.statusCode).to.equal(404);
  });
});
