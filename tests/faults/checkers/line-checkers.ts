import {
  acked,
  type Checker,
  type Finding,
  groupBy,
  type Op,
  opsOf,
  type Run,
} from '../history.ts';

const roomAndUser = ({ args }: { args: { roomId: string; userId: string } }): string =>
  `${args.roomId} ${args.userId}`;

/** No two accounts ever saw the same number in a room. */
export const numbersAreUnique: Checker = (run) => {
  const seen = [...acked(run, 'join'), ...acked(run, 'status')];
  const byNumber = groupBy(seen, ({ args, value }) => `${args.roomId} number ${value.queueId}`);
  return [...byNumber].flatMap(([name, ops]) => {
    const users = new Set(ops.map(({ args }) => args.userId));
    return users.size > 1 ? [`${name}: accounts ${[...users].join(' and ')}`] : [];
  });
};

/** Whether a failover lies in this time, which may have lost what was done shortly before. */
const hasFailover = ({ failovers = [] }: Run, fromMs: number, toMs: number): boolean =>
  failovers.some((failover) => failover.fromMs < toMs && failover.healedMs > fromMs);

/**
 * However often a turn is taken, it is one admission: the same token. Only a failover may lose the last
 * second of a visit that nobody else has heard of.
 */
export const oneAdmissionPerEntry: Checker = (run) => {
  const entries = groupBy(
    acked(run, 'activate'),
    (op) => `${roomAndUser(op)} number ${op.args.queueId}`,
  );
  return [...entries].flatMap(([name, ops]) => {
    const tokens = new Set(ops.map(({ value }) => value.jti));
    const fromMs = Math.min(...ops.map(({ invokedMs }) => invokedMs));
    const toMs = Math.max(...ops.map(({ returnedMs }) => returnedMs));
    return tokens.size > (hasFailover(run, fromMs, toMs) ? 2 : 1)
      ? [`entry ${name}: ${tokens.size} admissions`]
      : [];
  });
};

interface Stay {
  fromMs: number;
  toMs: number;
}

/** Calls that only somebody inside is let through with. */
const gated = new Set<Op['op']>(['hold', 'release', 'pay']);

/**
 * When each client was surely inside: from the answer to its activation to the last gated call that
 * worked before it may have ended. Silence proves nothing: who is idle may be put out.
 */
function staysOf(run: Run): Stay[] {
  const stays: Stay[] = [];
  for (const ops of groupBy(run.history, ({ proc }) => String(proc)).values()) {
    let stay: Stay | undefined;
    for (const op of ops.sort((a, b) => a.invokedMs - b.invokedMs)) {
      if (stay && gated.has(op.op) && op.result === 'ok') stay.toMs = op.invokedMs;
      const mayEnd = op.op === 'leave' || op.op === 'pay' || op.op === 'join';
      if (mayEnd && op.result !== 'fail') stay = undefined;
      if (op.op !== 'activate' || op.result !== 'ok' || stay) continue;
      stay = { fromMs: op.returnedMs, toMs: op.returnedMs };
      stays.push(stay);
    }
  }
  return stays;
}

/** What a failover may lose; and in so long each gateway has told the new primary what it heard. */
const lossMs = 1_000;

/**
 * How many of those whom the document counts may have left: in the second that a failover lost, and
 * the gateway that heard of it has not told the new primary yet. People they are not.
 */
function leftUnheard(run: Run, seen: { invokedMs: number; returnedMs: number }): number {
  const left = [...opsOf(run, 'leave'), ...opsOf(run, 'pay')].filter(
    ({ result }) => result !== 'fail',
  );
  const counts = (run.failovers ?? [])
    .filter(
      ({ fromMs, healedMs }) => seen.returnedMs > fromMs && seen.invokedMs < healedMs + lossMs,
    )
    .map(
      ({ fromMs }) =>
        left.filter((op) => op.returnedMs > fromMs - lossMs && op.invokedMs < seen.returnedMs)
          .length,
    );
  return Math.max(0, ...counts);
}

/** Never more people inside than the policy allows, by what clients saw and by the document. */
export const slotsWithinPolicy: Checker = (run) => {
  const { maxActive } = run.policy;
  const findings: Finding[] = acked(run, 'room')
    .filter(({ value }) => value.active > maxActive)
    .filter((op) => op.value.active > maxActive + leftUnheard(run, op))
    .map(({ value }) => `the room document says ${value.active} inside of ${maxActive}`);
  const edges = staysOf(run)
    .flatMap(({ fromMs, toMs }) => [
      { atMs: fromMs, by: 1 },
      { atMs: toMs, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let inside = 0;
  let most = 0;
  for (const { by } of edges) most = Math.max(most, (inside += by));
  if (most > maxActive) findings.push(`${most} were surely inside at once, of ${maxActive}`);
  return findings;
};

type Seen = ReturnType<typeof acked<'join' | 'status'>>[number];

/**
 * Entries that come out of turn by right: they are in the lane of those who are back, because their
 * turn was lost with what Redis forgot, or nothing was heard of them for as long as a turn is kept.
 */
function excusedEntries(run: Run, seen: readonly Seen[]): Set<Seen> {
  const { policy, forgotMs } = run;
  const excused = new Set<Seen>();
  for (const ops of groupBy(
    seen,
    (op) => `${roomAndUser(op)} number ${op.value.queueId}`,
  ).values()) {
    let [first, last]: (Seen | undefined)[] = [];
    let isExcused = false;
    for (const op of ops.sort((a, b) => a.invokedMs - b.invokedMs)) {
      const silentMs = op.returnedMs - (last ?? op).invokedMs;
      const sinceMs = (first ?? op).invokedMs;
      const forgot =
        forgotMs.some((at) => at > sinceMs && at < op.returnedMs) ||
        hasFailover(run, sinceMs, op.returnedMs);
      if (forgot || silentMs >= policy.claimSeconds * 1_000) isExcused = true;
      if (isExcused && op.value.isLate) excused.add(op);
      [first, last] = [first ?? op, op];
    }
  }
  return excused;
}

/**
 * Whoever waits is answered by what the gateway has heard of the front, and one may hear of a step a
 * moment after another has shown it. Who is late is answered by Redis.
 */
const heardWithinMs = 1_000;

/** Those of `waits` whose number is lower than one that surely had its turn `lagMs` before. */
function overtaken(turns: readonly Seen[], waits: readonly Seen[], lagMs: number): Finding[] {
  const highest = new Map<string, number>();
  let next = 0;
  return [...waits]
    .sort((a, b) => a.invokedMs - b.invokedMs)
    .flatMap(({ args: { roomId }, value: { queueId }, invokedMs }): Finding[] => {
      for (; (turns[next]?.returnedMs ?? Infinity) + lagMs < invokedMs; next += 1) {
        const turn = turns[next];
        if (!turn) break;
        const before = highest.get(turn.args.roomId) ?? 0;
        highest.set(turn.args.roomId, Math.max(turn.value.queueId, before));
      }
      const first = highest.get(roomId) ?? 0;
      return queueId < first ? [`number ${queueId} still waits, ${first} had its turn`] : [];
    });
}

/** Who still waits was not overtaken: nobody behind had the turn before. */
export const nobodyIsOvertaken: Checker = (run) => {
  const all: Seen[] = [...acked(run, 'join'), ...acked(run, 'status')];
  const excused = excusedEntries(run, all);
  // Those who are back in the returners' lane come out of turn by right.
  const missed = new Set(
    opsOf(run, 'status')
      .filter(({ result }) => result === 'fail')
      .map(roomAndUser),
  );
  const seen = all.filter((op) => !missed.has(roomAndUser(op)));
  const turns = seen
    .filter(({ value }) => value.status === 'READY' || value.status === 'ACTIVE')
    .sort((a, b) => a.returnedMs - b.returnedMs);
  const waits = seen.filter((op) => op.value.status === 'WAITING' && !excused.has(op));
  return [
    ...overtaken(turns, waits, heardWithinMs),
    ...overtaken(
      turns,
      waits.filter(({ value }) => value.isLate),
      0,
    ),
  ];
};

/** A call without the right to it never worked. */
export const nobodyIntrudes: Checker = (run) =>
  opsOf(run, 'intrude')
    .filter(({ result }) => result === 'ok')
    .map(({ args }) => `account ${args.userId} came in: ${args.how}`);

/** When all have gone, every slot is back, and none is back twice. */
export const slotsComeBack: Checker = (run) => {
  const rooms = groupBy(acked(run, 'room'), ({ args }) => args.roomId);
  return [...rooms].flatMap(([roomId, ops]) => {
    const last = ops.reduce((a, b) => (b.returnedMs > a.returnedMs ? b : a));
    const { active, waiting } = last.value;
    if (active === 0 && waiting === 0) return [];
    return [`room ${roomId}: ${active} inside and ${waiting} waiting after everybody left`];
  });
};
