import { expect } from 'chai';
import { checkers, type CheckerName } from './checkers/index.ts';
import type { Facts, Op, Run } from './history.ts';

let clockMs = 0;

/** The next operation of the history, a millisecond long unless it says otherwise. */
function op<Name extends Op['op']>(
  name: Name,
  args: Extract<Op, { op: Name }>['args'],
  rest: Partial<Omit<Extract<Op, { op: Name }>, 'op' | 'args'>> = {},
): Op {
  clockMs += 10;
  const times = { invokedMs: clockMs, returnedMs: clockMs + 1 };
  return { op: name, proc: 1, args, ...times, result: 'ok', ...rest } as Op;
}

const [ann, ben] = ['1', '2'];
const [room, key] = ['7', 'k1'];
const held = (reservationId: string, seatId = 's1') => ({
  value: { reservations: [{ reservationId, seatId }], expiresMs: 1e9 },
});
const none: Facts = {
  ...{ seats: [], reservations: [], payments: [], points: [], history: [], events: [] },
};

function run(history: Op[], facts: Partial<Facts> = {}): Run {
  const policy = { maxActive: 1, admitPerSecond: 1, claimSeconds: 5 };
  const times = { readMs: Infinity, endedMs: 1e7, healedMs: 1e6, forgotMs: [] };
  return { history, facts: { ...none, ...facts }, policy, ...times };
}

const reservation = (reservationId: string, userId = ann) =>
  ({
    reservationId,
    userId,
    seatId: 's1',
    reservationStatus: 'CONFIRMED',
    isOverdue: false,
    isInTime: true,
  }) as const;
const payment = { paymentId: 'p1', userId: ann, reservationId: 'r1', amount: 500 } as const;
const seat = { seatId: 's1', price: 500, seatStatus: 'SOLD' } as const;
const row = (pointHistoryId: string, amount: number, pointAfter: number) =>
  ({
    pointHistoryId,
    userId: ann,
    amount,
    pointAfter,
    type: amount > 0 ? 'CHARGE' : 'USE',
  }) as const;
const paid = { value: { payments: [{ paymentId: 'p1', reservationId: 'r1', amount: 500 }] } };
const ledger = [row('h1', 800, 800), row('h2', -500, 300)];
const sold: Facts = {
  seats: [seat],
  reservations: [reservation('r1')],
  payments: [{ ...payment, paymentStatus: 'COMPLETED' }],
  points: [{ userId: ann, point: 300 }],
  history: ledger,
  events: [
    { type: 'reservation.held', payload: '{"reservationIds":["r1"]}' },
    { type: 'payment.completed', payload: '{"paymentIds":["p1"]}' },
  ],
};

const inLine = (userId: string, queueId: number, status: 'WAITING' | 'READY' | 'ACTIVE') =>
  op('status', { userId, roomId: room }, { value: { queueId, status } });
const later = (ms: number, { invokedMs, returnedMs, ...rest }: Op): Op =>
  ({ ...rest, invokedMs: invokedMs + ms, returnedMs: returnedMs + ms }) as Op;
const isLate = (userId: string, queueId: number) =>
  op(
    'status',
    { userId, roomId: room },
    { value: { queueId, status: 'WAITING' as const, isLate: true } },
  );
const joined = (userId: string, queueId: number, status: 'WAITING' | 'READY' = 'WAITING') =>
  op('join', { userId, roomId: room }, { value: { queueId, status } });
const turn = (userId: string, queueId: number, jti: string, proc = 1) =>
  op('activate', { userId, roomId: room, queueId }, { proc, value: { jti } });
const roomSeen = (active: number, waiting = 0) =>
  op('room', { roomId: room }, { value: { front: 2, tail: 2, active, waiting } });

/** A visit as it should be. */
const fine = (): Run =>
  run(
    [
      joined(ann, 1),
      joined(ben, 2),
      inLine(ann, 1, 'READY'),
      turn(ann, 1, 'a'),
      turn(ann, 1, 'a'),
      op('charge', { userId: ann, key: 'c', amount: 800 }, { value: { pointHistoryId: 'h1' } }),
      op('balance', { userId: ann }, { value: { point: 800 } }),
      op('hold', { userId: ann, key, seatIds: ['s1'] }, { ...held('r1'), body: 'same' }),
      op('hold', { userId: ann, key, seatIds: ['s1'] }, { ...held('r1'), body: 'same' }),
      op('hold', { userId: ben, key, seatIds: ['s1'] }, { proc: 2, result: 'fail' }),
      op('pay', { userId: ann, key, reservationIds: ['r1'], amount: 500 }, paid),
      op('balance', { userId: ann }, { value: { point: 300 } }),
      op('intrude', { userId: ben, how: 'no token' }, { proc: 2, result: 'fail' }),
      roomSeen(0),
    ],
    sold,
  );

/** What each checker exists to see, made by hand. */
const planted: Record<CheckerName, Record<string, () => Run>> = {
  oneOwnerPerSeat: {
    'a seat held by two at once': () =>
      run([
        op('hold', { userId: ann, key, seatIds: ['s1'] }, held('r1')),
        op('hold', { userId: ben, key, seatIds: ['s1'] }, held('r2')),
      ]),
    'a seat held by another one after it was paid and its time was over': () =>
      run([
        op(
          'hold',
          { userId: ann, key, seatIds: ['s1'] },
          {
            value: { reservations: [{ reservationId: 'r1', seatId: 's1' }], expiresMs: 0 },
          },
        ),
        op('pay', { userId: ann, key, reservationIds: ['r1'], amount: 500 }, paid),
        op('hold', { userId: ben, key, seatIds: ['s1'] }, held('r2')),
      ]),
  },
  salesAddUp: {
    'a confirmed reservation without a payment': () => run([], { ...sold, payments: [] }),
    'a payment of another price': () =>
      run([], { ...sold, payments: [{ ...payment, amount: 1, paymentStatus: 'COMPLETED' }] }),
    'a sold seat that nobody has': () => run([], { ...none, seats: [seat] }),
    'two owners of a seat': () =>
      run([], { ...sold, reservations: [reservation('r1'), reservation('r2', ben)] }),
    'points given back twice': () =>
      run([], {
        ...sold,
        seats: [{ ...seat, seatStatus: 'AVAILABLE' }],
        reservations: [{ ...reservation('r1'), reservationStatus: 'CANCELLED' }],
        payments: [{ ...payment, paymentStatus: 'REFUNDED' }],
        history: [
          ...ledger,
          ...['h3', 'h4'].map((id) => ({ ...row(id, 500, 0), type: 'REFUND' as const })),
        ],
      }),
    'a payment without its row in the ledger': () => run([], { ...sold, history: [] }),
  },
  paidInTime: {
    'a payment of a hold that had run out': () =>
      run([
        op(
          'hold',
          { userId: ann, key, seatIds: ['s1'] },
          {
            value: { reservations: [{ reservationId: 'r1', seatId: 's1' }], expiresMs: 0 },
          },
        ),
        op(
          'pay',
          { userId: ann, key, reservationIds: ['r1'], amount: 500 },
          {
            ...paid,
            invokedMs: 1_000,
          },
        ),
      ]),
  },
  acksAreDurable: {
    'a hold that is gone': () =>
      run([op('hold', { userId: ann, key, seatIds: ['s1'] }, held('r1'))]),
    'a payment that is gone': () =>
      run([op('pay', { userId: ann, key, reservationIds: ['r1'], amount: 500 }, paid)]),
    'a charge that is gone': () =>
      run([op('charge', { userId: ann, key, amount: 5 }, { value: { pointHistoryId: 'h' } })]),
    'a refund that is gone': () =>
      run(
        [op('refund', { userId: ann, key, paymentId: 'p1', reservationId: 'r1', amount: 500 })],
        sold,
      ),
  },
  refusalsLeaveNothing: {
    'a payment that was refused and made': () =>
      run(
        [
          op('hold', { userId: ann, key, seatIds: ['s1'] }, held('r1')),
          op('pay', { userId: ann, key, reservationIds: ['r1'], amount: 500 }, { result: 'fail' }),
        ],
        sold,
      ),
    'a hold that was refused and made': () =>
      run([op('hold', { userId: ann, key, seatIds: ['s1'] }, { result: 'fail' })], sold),
  },
  oneEffectPerKey: {
    'two answers to one key': () =>
      run([
        op('hold', { userId: ann, key, seatIds: ['s1'] }, { ...held('r1'), body: 'one' }),
        op('hold', { userId: ann, key, seatIds: ['s1'] }, { ...held('r2', 's2'), body: 'two' }),
      ]),
  },
  nothingIsStuck: {
    'a hold that outlived its time': () =>
      run([], {
        reservations: [{ ...reservation('r1'), reservationStatus: 'HELD', isOverdue: true }],
      }),
  },
  worksAgain: {
    'joins that never came back': () =>
      run([
        joined(ann, 1),
        op(
          'join',
          { userId: ben, roomId: room },
          {
            invokedMs: 1e6,
            returnedMs: 1e6 + 5,
            result: 'unknown',
          },
        ),
      ]),
  },
  readsAreConserved: {
    'points from nowhere': () => run([op('balance', { userId: ann }, { value: { point: 5 } })]),
    'points that are lost': () =>
      run([
        op('charge', { userId: ann, key, amount: 5 }, { value: { pointHistoryId: 'h1' } }),
        op('balance', { userId: ann }, { value: { point: 0 } }),
      ]),
    'a seat that cost nothing': () =>
      run([
        op('charge', { userId: ann, key, amount: 500 }, { value: { pointHistoryId: 'h1' } }),
        op('pay', { userId: ann, key, reservationIds: ['r1'], amount: 500 }, paid),
        op('balance', { userId: ann }, { value: { point: 500 } }),
      ]),
  },
  ledgersAddUp: {
    'a balance beside its ledger': () => run([], { ...sold, points: [{ userId: ann, point: 9 }] }),
    'a broken chain': () =>
      run([], { ...sold, history: [row('h1', 800, 700), row('h2', -400, 300)] }),
    'a debt': () =>
      run([], {
        points: [{ userId: ann, point: 0 }],
        history: [row('h1', -5, -5), row('h2', 5, 0)],
      }),
  },
  ledgersMatchHistory: {
    'a charge that happened twice': () =>
      run([op('charge', { userId: ann, key, amount: 5 }, { value: { pointHistoryId: 'h1' } })], {
        history: [row('h1', 5, 5), row('h2', 5, 10)],
      }),
    'a charge that was refused and happened': () =>
      run([op('charge', { userId: ann, key, amount: 5 }, { result: 'fail' })], {
        history: [row('h1', 5, 5)],
      }),
  },
  numbersAreUnique: {
    'one number for two': () => run([inLine(ann, 1, 'WAITING'), inLine(ben, 1, 'WAITING')]),
  },
  oneAdmissionPerEntry: {
    'two tokens for one turn': () => run([turn(ann, 1, 'a'), turn(ann, 1, 'b')]),
  },
  slotsWithinPolicy: {
    'two inside of one, by what they did': () =>
      run([
        turn(ann, 1, 'a', 1),
        turn(ben, 2, 'b', 2),
        op('hold', { userId: ann, key, seatIds: ['s1'] }, { proc: 1, ...held('r1') }),
        op('hold', { userId: ben, key, seatIds: ['s2'] }, { proc: 2, ...held('r2', 's2') }),
      ]),
    'two inside of one, by the document': () => run([roomSeen(2)]),
  },
  nobodyIsOvertaken: {
    'number 1 waits while number 2 has its turn': () =>
      run([inLine(ben, 2, 'READY'), later(1_100, inLine(ann, 1, 'WAITING'))]),
    'number 1 is told that its turn had come, and nothing was lost': () =>
      run([inLine(ann, 1, 'WAITING'), inLine(ben, 2, 'READY'), isLate(ann, 1)]),
  },
  nobodyIntrudes: {
    'a gated call without a token': () => run([op('intrude', { userId: ben, how: 'no token' })]),
  },
  slotsComeBack: {
    'a slot that nobody has': () => run([roomSeen(0), roomSeen(1)]),
  },
  turnsWithinRate: {
    'five turns at once, at one a second': () =>
      run(['1', '2', '3', '4', '5'].map((name) => joined(name, Number(name), 'READY'))),
  },
  returnsKeepTheirShare: {
    'seven who come back while one waits': () => {
      const late = ['1', '2', '3', '4', '5', '6', '7'];
      return run([
        inLine('9', 9, 'WAITING'),
        ...late.map((name) => isLate(name, Number(name))),
        ...late.map((name) => inLine(name, Number(name), 'READY')),
        inLine('9', 9, 'WAITING'),
      ]);
    },
  },
  seatsWithinLimit: {
    'five seats of one account': () =>
      run([], { reservations: ['1', '2', '3', '4', '5'].map((id) => reservation(id)) }),
  },
  everySaleIsTold: {
    'a payment that nobody was told of': () =>
      run([], { ...sold, events: sold.events.filter(({ type }) => type === 'reservation.held') }),
    'a hold that nobody was told of': () => run([], { ...sold, events: [] }),
    'a refund that nobody was told of': () =>
      run([], { ...sold, payments: [{ ...payment, paymentStatus: 'REFUNDED' }] }),
  },
  answersInTime: {
    'a call that hangs': () => ({
      ...run([op('balance', { userId: ann }, { result: 'unknown', returnedMs: Infinity })]),
      answerWithinMs: 1_000,
    }),
  },
  nothingIsInternal: {
    'a join that nobody knew what to say to': () =>
      run([
        op('join', { userId: ann, roomId: room }, { result: 'unknown', refusal: '500 internal' }),
      ]),
  },
  salesComeBack: {
    'a fault after which people only wait': () => ({
      ...run([inLine(ann, 1, 'WAITING')]),
      healings: [{ name: 'FLUSHALL', healedMs: 0 }],
    }),
    'a sale that was asked for before': () => ({
      ...run([op('charge', { userId: ann, key, amount: 800 }, { returnedMs: 1e6 })]),
      healings: [{ name: 'FLUSHALL', healedMs: 999_999 }],
    }),
  },
};

describe('the checkers of runs with faults', () => {
  it('find nothing in a visit as it should be', () => {
    for (const [name, check] of Object.entries(checkers)) {
      expect(check(fine()), name).to.deep.equal([]);
    }
  });

  it('forgive what is unknown: it may have happened or not', () => {
    const unknown = { result: 'unknown', returnedMs: Infinity } as const;
    const maybe = run(
      [
        op('charge', { userId: ann, key, amount: 800 }, unknown),
        op('balance', { userId: ann }, { value: { point: 0 } }),
        op('balance', { userId: ann }, { value: { point: 800 } }),
        op('hold', { userId: ann, key, seatIds: ['s1'] }, held('r1')),
        op('release', { userId: ann, reservationId: 'r1' }, unknown),
        op('hold', { userId: ben, key, seatIds: ['s1'] }, held('r2')),
      ],
      { reservations: [{ ...reservation('r1'), reservationStatus: 'CANCELLED' }] },
    );
    expect(checkers.readsAreConserved(maybe)).to.deep.equal([]);
    expect(checkers.oneOwnerPerSeat(maybe)).to.deep.equal([]);
  });

  it('forgive who is back in the lane of the late after Redis forgot the turn', () => {
    const [first, second] = [inLine(ann, 1, 'WAITING'), inLine(ben, 2, 'READY')];
    const lost = { ...run([first, second, isLate(ann, 1)]), forgotMs: [second.invokedMs] };
    expect(checkers.nobodyIsOvertaken(lost)).to.deep.equal([]);
  });

  it('forgive a second admission across a failover, which may lose the first, and no third', () => {
    const twice = [turn(ann, 1, 'a'), turn(ann, 1, 'b')];
    const failovers = [{ fromMs: clockMs - 5, healedMs: clockMs + 5 }];
    expect(checkers.oneAdmissionPerEntry({ ...run(twice), failovers })).to.deep.equal([]);
    const thrice = run([...twice, turn(ann, 1, 'c')]);
    expect(checkers.oneAdmissionPerEntry({ ...thrice, failovers })).to.have.length(1);
    const before = [{ fromMs: 0, healedMs: 1 }];
    expect(checkers.oneAdmissionPerEntry({ ...run(twice), failovers: before })).to.have.length(1);
  });

  it('forgive that a document counts who left in the second that a failover lost, and no more', () => {
    const leave = op('leave', { userId: ann, roomId: room, queueId: 1 });
    const [two, three] = [roomSeen(2), roomSeen(3)];
    const failovers = [{ fromMs: leave.returnedMs + 500, healedMs: leave.returnedMs + 900 }];
    const seen = (sinceMs: number, document: Op): unknown =>
      checkers.slotsWithinPolicy({ ...run([leave, later(sinceMs, document)]), failovers });
    expect(seen(1_500, two)).to.deep.equal([]);
    expect(seen(1_500, three), 'more than left').to.have.length(1);
    expect(seen(3_000, two), 'long after').to.have.length(1);
    expect(seen(0, two), 'before').to.have.length(1);
  });

  it('forgive who is told to wait by a gateway that hears of the turn a moment later', () => {
    const told = run([inLine(ben, 2, 'READY'), later(900, inLine(ann, 1, 'WAITING'))]);
    expect(checkers.nobodyIsOvertaken(told)).to.deep.equal([]);
  });

  for (const [name, cases] of Object.entries(planted)) {
    for (const [violation, make] of Object.entries(cases)) {
      it(`${name} finds ${violation}`, () => {
        expect(checkers[name as CheckerName](make())).to.have.length.greaterThan(0);
      });
    }
  }
});
