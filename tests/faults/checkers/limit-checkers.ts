import {
  acked,
  type Checker,
  type Finding,
  groupBy,
  type Join,
  type Run,
  saleKinds,
  type Status,
} from '../history.ts';

type Seen = (Join | Status) & { value: NonNullable<Status['value']> };

/** What each entry was told about itself, in the order of asking. */
const toldByEntry = (run: Run): Map<string, Seen[]> =>
  groupBy(
    [...acked(run, 'join'), ...acked(run, 'status')].sort((a, b) => a.invokedMs - b.invokedMs),
    ({ args, value }) => `${args.roomId} ${args.userId} ${value.queueId}`,
  );

const hasTurn = ({ value }: Seen): boolean => value.status === 'READY' || value.status === 'ACTIVE';
/** In the lane of those who return: the turn came and went. */
const isLate = ({ value }: Seen): boolean => value.isLate === true;

/**
 * Turns come no faster than the policy says: since the first of them no more than the rate, twice
 * because who does not come is made up for, and what the budget had saved.
 */
export const turnsWithinRate: Checker = (run) => {
  const { admitPerSecond } = run.policy;
  const burst = Math.max(1, admitPerSecond);
  const firstMs = Math.min(...acked(run, 'join').map(({ invokedMs }) => invokedMs));
  const turns = [...toldByEntry(run).values()]
    .flatMap((told) => told.find(hasTurn) ?? [])
    .sort((a, b) => a.returnedMs - b.returnedMs);
  const at = turns.findIndex(({ returnedMs }, index) => {
    const seconds = (returnedMs - firstMs) / 1_000;
    return index + 1 > 2 * (burst + admitPerSecond * seconds);
  });
  const late = turns[at];
  if (!late) return [];
  const seconds = ((late.returnedMs - firstMs) / 1_000).toFixed(1);
  return [`${at + 1} turns within ${seconds} s, at ${admitPerSecond} a second`];
};

interface Turn {
  isReturn: boolean;
  /** It came after this and before that. */
  afterMs: number;
  beforeMs: number;
}

/** When each turn came, as closely as its holder saw it. */
function turnsOf(told: readonly Seen[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, seen] of told.entries()) {
    const before = told[index - 1];
    if (!hasTurn(seen) || (before && hasTurn(before))) continue;
    const afterMs = before?.invokedMs ?? seen.invokedMs;
    turns.push({ isReturn: !!before && isLate(before), afterMs, beforeMs: seen.returnedMs });
  }
  return turns;
}

/** Of `admit.lua`: a return for every ten others, five of them saved up at most. */
const othersPerReturn = 10;
const savedReturns = 5;

/** While somebody waits in line, those who return have no more than their share of the turns. */
export const returnsKeepTheirShare: Checker = (run) => {
  const entries = [...toldByEntry(run).values()];
  const turns = entries.flatMap(turnsOf);
  return entries.flatMap((told): Finding[] => {
    const waits = told.filter((seen) => seen.value.status === 'WAITING' && !isLate(seen));
    const [first, last] = [waits[0], waits.at(-1)];
    if (!first || !last) return [];
    const [fromMs, toMs] = [first.returnedMs, last.invokedMs];
    const returns = turns.filter(
      ({ isReturn, afterMs, beforeMs }) => isReturn && afterMs >= fromMs && beforeMs <= toMs,
    ).length;
    const others = turns.filter(
      ({ isReturn, afterMs, beforeMs }) => !isReturn && beforeMs >= fromMs && afterMs <= toMs,
    ).length;
    if (returns <= savedReturns + others / othersPerReturn) return [];
    const { queueId } = first.value;
    return [`while number ${queueId} waited, ${returns} came back and ${others} others had a turn`];
  });
};

/** The hall's; nobody has more seats of a concert in time or paid. */
const seatsPerUser = 4;

export const seatsWithinLimit: Checker = ({ facts }) => {
  const live = facts.reservations.filter(
    ({ reservationStatus, isInTime }) =>
      reservationStatus === 'CONFIRMED' || (reservationStatus === 'HELD' && isInTime),
  );
  return [...groupBy(live, ({ userId }) => userId)]
    .filter(([, seats]) => seats.length > seatsPerUser)
    .map(([userId, seats]) => `account ${userId}: ${seats.length} seats of ${seatsPerUser}`);
};

/** No caller is left without an answer, where only the stores are out of order. */
export const answersInTime: Checker = ({ history, answerWithinMs = Infinity, endedMs }) =>
  history
    .filter(({ invokedMs, returnedMs }) => {
      return Math.min(returnedMs, endedMs) - invokedMs > answerWithinMs;
    })
    .map(({ op, invokedMs, returnedMs }) => {
      const ms = Math.round(returnedMs - invokedMs);
      return `${op}: ${ms === Infinity ? 'no answer' : `answered after ${ms} ms`}`;
    });

/** What is away is told as 502, 503 or 504: a 500 is a program that did not know what it does. */
export const nothingIsInternal: Checker = ({ history }) => {
  const broken = history.filter(({ refusal = '' }) => refusal.startsWith('500'));
  return [...groupBy(broken, ({ op }) => op)].map(
    ([op, ops]) => `${op}: answered ${ops.length} times with ${ops[0]?.refusal}`,
  );
};

/** So long after a fault was healed something has to be sold again. */
export const backWithinMs = 15_000;

/** A sale comes back after every fault, not only after the last one. */
export const salesComeBack: Checker = ({ history, healings = [] }) => {
  const sold = history
    .filter(({ op, result }) => saleKinds.has(op) && result === 'ok')
    .sort((a, b) => a.invokedMs - b.invokedMs);
  return healings
    .filter(
      ({ healedMs }) =>
        !sold.some(
          ({ invokedMs, returnedMs }) =>
            invokedMs >= healedMs && returnedMs <= healedMs + backWithinMs,
        ),
    )
    .map(({ name }) => `nothing was sold for ${backWithinMs} ms after ${name}`);
};
