import { acked, type Checker, type Finding, groupBy, opsOf, type Run } from '../history.ts';

interface Owning {
  userId: string;
  reservationId: string;
  /** From here on it was surely theirs. */
  fromMs: number;
  /** Until here it was surely theirs. */
  toMs: number;
}

/** When each seat was surely somebody's: from the answer to the hold until it may have ended. */
function ownings(run: Run): Map<string, Owning[]> {
  const paid = new Map(
    acked(run, 'pay').flatMap(({ value, returnedMs }) =>
      value.payments.map(({ reservationId }) => [reservationId, returnedMs] as const),
    ),
  );
  // Whatever may have ended it counts from when it was asked for.
  const endedMs = new Map<string, number>();
  const mayEnd = (reservationId: string, atMs: number): unknown =>
    endedMs.set(reservationId, Math.min(atMs, endedMs.get(reservationId) ?? Infinity));
  for (const op of opsOf(run, 'release')) {
    if (op.result !== 'fail') mayEnd(op.args.reservationId, op.invokedMs);
  }
  for (const op of opsOf(run, 'refund')) {
    if (op.result !== 'fail') mayEnd(op.args.reservationId, op.invokedMs);
  }
  const all = acked(run, 'hold').flatMap(({ args, value, returnedMs }) =>
    value.reservations.map(({ reservationId, seatId }) => {
      const untilMs = paid.has(reservationId) ? Infinity : value.expiresMs;
      const toMs = Math.min(untilMs, endedMs.get(reservationId) ?? Infinity);
      return { seatId, userId: args.userId, reservationId, fromMs: returnedMs, toMs };
    }),
  );
  return groupBy(all, ({ seatId }) => seatId) as Map<string, Owning[]>;
}

/** No seat was surely two reservations' at once. */
export const oneOwnerPerSeat: Checker = (run) =>
  [...ownings(run)].flatMap(([seatId, owners]) => {
    // The same answer twice, to a repeated key, is one owning.
    const distinct = [...new Map(owners.map((one) => [one.reservationId, one])).values()].sort(
      (a, b) => a.fromMs - b.fromMs,
    );
    const findings: Finding[] = [];
    let last: Owning | undefined;
    for (const next of distinct) {
      if (last && next.fromMs < last.toMs) {
        findings.push(
          `seat ${seatId}: reservation ${next.reservationId} while ${last.reservationId} had it`,
        );
      }
      if (!last || next.toMs > last.toMs) last = next;
    }
    return findings;
  });

/** CONFIRMED reservation = one COMPLETED payment of the seat's price = one USE row; SOLD seat = one. */
export const salesAddUp: Checker = ({ facts }) => {
  const findings: Finding[] = [];
  const payments = groupBy(facts.payments, ({ reservationId }) => reservationId);
  const seats = new Map(facts.seats.map((seat) => [seat.seatId, seat]));
  const confirmed = facts.reservations.filter(
    ({ reservationStatus }) => reservationStatus === 'CONFIRMED',
  );
  for (const { reservationId, seatId } of confirmed) {
    const completed = (payments.get(reservationId) ?? []).filter(
      ({ paymentStatus }) => paymentStatus === 'COMPLETED',
    );
    if (completed.length !== 1 || completed[0]?.amount !== seats.get(seatId)?.price) {
      findings.push(`reservation ${reservationId}: CONFIRMED with ${completed.length} payments`);
    }
  }
  const confirmedIds = new Set(confirmed.map(({ reservationId }) => reservationId));
  for (const { paymentId, reservationId, paymentStatus } of facts.payments) {
    const isCompleted = paymentStatus === 'COMPLETED';
    if (isCompleted !== confirmedIds.has(reservationId)) {
      findings.push(`payment ${paymentId}: ${paymentStatus} for reservation ${reservationId}`);
    }
  }
  const owners = groupBy(confirmed, ({ seatId }) => seatId);
  for (const { seatId, seatStatus } of facts.seats) {
    const count = owners.get(seatId)?.length ?? 0;
    if (count !== (seatStatus === 'SOLD' ? 1 : 0)) {
      findings.push(`seat ${seatId}: ${seatStatus} with ${count} confirmed reservations`);
    }
  }
  const rows = (wanted: string): number =>
    facts.history.filter(({ type }) => type === wanted).length;
  const refunded = facts.payments.filter(({ paymentStatus }) => paymentStatus === 'REFUNDED');
  if (rows('USE') !== facts.payments.length) {
    findings.push(`${facts.payments.length} payments but ${rows('USE')} USE rows`);
  }
  if (rows('REFUND') !== refunded.length) {
    findings.push(`${refunded.length} refunded payments but ${rows('REFUND')} REFUND rows`);
  }
  return findings;
};

/** The clocks of the database and of the clients are the same machine's. */
const clockSlackMs = 200;

/** No payment that was begun after the hold had ended was accepted. */
export const paidInTime: Checker = (run) => {
  const ends = new Map(
    acked(run, 'hold').flatMap(({ value }) =>
      value.reservations.map(({ reservationId }) => [reservationId, value.expiresMs] as const),
    ),
  );
  const firstTry = new Map<string, number>();
  for (const { args, invokedMs } of opsOf(run, 'pay')) {
    if (!firstTry.has(args.key)) firstTry.set(args.key, invokedMs);
  }
  return acked(run, 'pay').flatMap(({ args, value }) =>
    value.payments
      .filter(({ reservationId }) => {
        const endMs = ends.get(reservationId) ?? Infinity;
        return (firstTry.get(args.key) ?? 0) > endMs + clockSlackMs;
      })
      .map(({ reservationId }) => `reservation ${reservationId}: paid after its time`),
  );
};

/** Every 2xx is in the database, as it was answered before that was read. */
export const acksAreDurable: Checker = (whole) => {
  const { facts, readMs } = whole;
  const answered = whole.history.filter(({ returnedMs }) => returnedMs <= readMs);
  const run = { ...whole, history: answered };
  const reservations = new Set(facts.reservations.map(({ reservationId }) => reservationId));
  const payments = new Map(facts.payments.map((payment) => [payment.paymentId, payment]));
  const rows = new Map(facts.history.map((row) => [row.pointHistoryId, row]));
  const held = acked(run, 'hold').flatMap(({ value }) =>
    value.reservations
      .filter(({ reservationId }) => !reservations.has(reservationId))
      .map(({ reservationId }) => `hold ${reservationId} was acknowledged and is gone`),
  );
  const paid = acked(run, 'pay').flatMap(({ value }) =>
    value.payments
      .filter(({ paymentId, amount }) => payments.get(paymentId)?.amount !== amount)
      .map(({ paymentId }) => `payment ${paymentId} was acknowledged and is gone`),
  );
  const charged = acked(run, 'charge')
    .filter(({ args, value }) => rows.get(value.pointHistoryId)?.amount !== args.amount)
    .map(({ value }) => `charge ${value.pointHistoryId} was acknowledged and is gone`);
  const refunded = opsOf(run, 'refund')
    .filter(({ result, args }) => {
      return result === 'ok' && payments.get(args.paymentId)?.paymentStatus !== 'REFUNDED';
    })
    .map(({ args }) => `refund of ${args.paymentId} was acknowledged and is gone`);
  return [...held, ...paid, ...charged, ...refunded];
};

/** What was definitely refused has left nothing behind. */
export const refusalsLeaveNothing: Checker = (run) => {
  const { facts } = run;
  const maybePaid = new Set(
    opsOf(run, 'pay').flatMap(({ result, args }) => (result === 'fail' ? [] : args.reservationIds)),
  );
  const paid = new Set(facts.payments.map(({ reservationId }) => reservationId));
  const pays = opsOf(run, 'pay')
    .filter(({ result }) => result === 'fail')
    .flatMap(({ args }) => args.reservationIds)
    .filter((reservationId) => !maybePaid.has(reservationId) && paid.has(reservationId))
    .map((reservationId) => `reservation ${reservationId}: payment refused, and paid`);
  const maybeHeld = new Set(
    opsOf(run, 'hold').flatMap(({ result, args }) =>
      result === 'fail' ? [] : args.seatIds.map((seatId) => `${args.userId} ${seatId}`),
    ),
  );
  const holds = facts.reservations
    .filter(({ userId, seatId }) => !maybeHeld.has(`${userId} ${seatId}`))
    .map(
      ({ reservationId, userId }) => `reservation ${reservationId}: nobody was told (${userId})`,
    );
  return [...pays, ...holds];
};

/** A key has one effect, and every answer to it the same bytes. */
export const oneEffectPerKey: Checker = (run) => {
  const keyed = run.history.filter(
    (op) => op.op === 'hold' || op.op === 'pay' || op.op === 'refund' || op.op === 'charge',
  );
  const groups = groupBy(keyed, ({ op, args }) => `${op} ${args.userId} ${args.key}`);
  return [...groups].flatMap(([name, ops]) => {
    const bodies = new Set(ops.filter(({ result }) => result === 'ok').map(({ body }) => body));
    return bodies.size > 1 ? [`${name}: ${bodies.size} different answers`] : [];
  });
};

/** After the healing nothing is held for ever. */
export const nothingIsStuck: Checker = ({ facts }) =>
  facts.reservations
    .filter(({ reservationStatus, isOverdue }) => reservationStatus === 'HELD' && isOverdue)
    .map(({ reservationId }) => `reservation ${reservationId}: still HELD long after its time`);

/** How long after the healing something has to have worked again. */
const availableWithinMs = 10_000;

/** Each kind of call that worked before works again after the healing. */
export const worksAgain: Checker = (run) => {
  const kinds = new Set(run.history.filter(({ result }) => result === 'ok').map(({ op }) => op));
  return [...kinds].flatMap((kind) => {
    const later = run.history.filter(
      ({ op, invokedMs }) => op === kind && invokedMs >= run.healedMs,
    );
    if (later.length === 0) return [];
    const works = later.some(
      ({ result, returnedMs }) =>
        result !== 'unknown' && returnedMs <= run.healedMs + availableWithinMs,
    );
    return works ? [] : [`${kind}: no answer within ${availableWithinMs} ms of the healing`];
  });
};
