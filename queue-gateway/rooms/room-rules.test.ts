import { expect } from 'chai';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Phase } from '../../shared/contracts/queue.ts';
import { roomDefaults, startMs } from '../../tests/line/driven-room.ts';
import { readCensus } from './census.ts';
import { createPaceMeter } from './pace.ts';
import { etagOf, matchesEtag, phaseOf, type Seats, toSeats } from './room-rules.ts';
import { parseNews } from './room-news.ts';

const at = (ms: number): string => new Date(startMs + ms).toISOString();

describe('phase of a room', () => {
  const some: Seats = { sellable: 5, soldOut: false };
  const likely: Seats = { sellable: 0, soldOut: false };
  const sold: Seats = { sellable: 0, soldOut: true };
  const unknown: Seats = { sellable: null, soldOut: false };
  const cases: [Phase, Partial<RoomSetting>, Seats][] = [
    ['OPEN', {}, some],
    ['OPEN', {}, unknown],
    ['SOLD_OUT_LIKELY', {}, likely],
    ['SOLD_OUT', {}, sold],
    ['PAUSED', { control: 'PAUSED' }, sold],
    ['DRAINING', { control: 'DRAINING' }, some],
    ['CLOSED', { control: 'CLOSED' }, some],
    ['CLOSED', { concertActive: false }, some],
    ['BEFORE_OPEN', { opensAt: at(1) }, some],
    ['OPEN', { opensAt: at(0) }, some],
    ['BEFORE_OPEN', { opensAt: at(9), preQueueOpensAt: at(1) }, some],
    ['PRE_QUEUE', { opensAt: at(9), preQueueOpensAt: at(0) }, sold],
    ['PAUSED', { opensAt: at(9), control: 'PAUSED' }, some],
  ];
  for (const [phase, setting, seats] of cases) {
    it(`is ${phase} with ${JSON.stringify({ ...setting, ...seats })}`, () => {
      expect(phaseOf({ ...roomDefaults, ...setting }, seats, startMs)).to.equal(phase);
    });
  }
});

describe('seats of a room', () => {
  it('limit nobody before there are any, and tell sold out from likely so', () => {
    const of = (total: number, held: number, sold: number, sellable: number) =>
      toSeats({ concertId: '1', total, held, sold, sellable });
    expect(of(0, 0, 0, 0)).to.deep.equal({ sellable: null, soldOut: false });
    expect(of(5, 1, 1, 3)).to.deep.equal({ sellable: 3, soldOut: false });
    expect(of(5, 1, 4, 0)).to.deep.equal({ sellable: 0, soldOut: false });
    expect(of(5, 0, 5, 0)).to.deep.equal({ sellable: 0, soldOut: true });
  });
});

describe('census', () => {
  it('knows who lives before a number, exactly where a block is a byte', () => {
    // Front 5, tail 30; 6, 7 live; of 8 … 15 three; of 16 … 23 none; of 24 … 31 seven (to 30).
    const census = readCensus('5 30 1 1 2 3 0 7');
    const cases = [
      [5, 0],
      [6, 0],
      [7, 1],
      [8, 2],
      [16, 5],
      [24, 5],
      [31, 12],
      [40, 21],
    ];
    for (const [number = 0, living] of cases)
      expect(census.livingBefore(number), `before ${number}`).to.equal(living);
  });

  it('never goes down from one number to the next', () => {
    const census = readCensus('3 900 1 4 3 20 0 32 5 9 31 0 0 1');
    for (let number = 1; number < 1_000; number += 1)
      expect(census.livingBefore(number + 1)).to.be.at.least(census.livingBefore(number));
  });
});

describe('pace', () => {
  it('is what was measured over the last minute, and unknown at first', () => {
    const meter = createPaceMeter();
    const first = meter.measure({ nowMs: 0, admitted: 100 });
    expect(first).to.deep.equal({ admittedPerMinute: 0, speedPerSecond: null, spread: 0 });
    expect(meter.measure({ nowMs: 4_000, admitted: 140 }).speedPerSecond).to.equal(null);
    expect(meter.measure({ nowMs: 10_000, admitted: 200 }).speedPerSecond).to.equal(10);
    for (let second = 11; second <= 100; second += 1)
      meter.measure({ nowMs: second * 1_000, admitted: 200 + (second - 10) * 2 });
    const last = meter.measure({ nowMs: 101_000, admitted: 382 });
    expect(last).to.deep.equal({ admittedPerMinute: 120, speedPerSecond: 2, spread: 0 });
    const stopped = meter.measure({ nowMs: 200_000, admitted: 382 });
    expect(stopped.speedPerSecond).to.equal(null);
  });
});

describe('news', () => {
  it('is read as it is written, and what is not understood is left alone', () => {
    expect(parseNews('room:12 front 3 9')).to.deep.equal({
      what: 'front',
      roomId: '12',
      front: 3,
      tail: 9,
      epoch: 0,
    });
    expect(parseNews('room:12 ended 3 idle 1800000000000')).to.deep.equal({
      what: 'ended',
      roomId: '12',
      entry: { number: 3, reason: 'idle', untilMs: 1_800_000_000_000 },
    });
    for (const strange of ['', 'room:12', 'room:12 later 1', 'hello'])
      expect(parseNews(strange)).to.equal(undefined);
  });
});

describe('etag', () => {
  it('matches alone, in a list, weak, or as a star', () => {
    const etag = etagOf('x');
    for (const header of [etag, `"a", ${etag}`, `W/${etag}`, '*'])
      expect(matchesEtag(header, etag), header).to.equal(true);
    for (const header of [undefined, '', '"a"', etag.slice(1, -1)])
      expect(matchesEtag(header, etag), header).to.equal(false);
  });
});
