/** What the admission bench saw, and what must hold in it. */
export type Seen =
  /** A join was answered with this number. */
  | { what: 'joined'; atMs: number; userId: number; number: number }
  /** Redis told that the front stands here. */
  | { what: 'front'; atMs: number; front: number }
  /** Somebody asked at `askedAtMs` and was told to go on waiting, or that the turn has come. */
  | { what: 'told'; atMs: number; askedAtMs: number; number: number; status: string }
  | { what: 'activated'; atMs: number; number: number }
  /** Gave the slot back, or let it go: asked at `atMs`. */
  | { what: 'left'; atMs: number; number: number }
  /** Slots in use, as the leader published them. */
  | { what: 'slots'; atMs: number; slots: number };

export interface Verdict {
  activated: number;
  perSecond: number;
  /** Most slots in use at one time: published, and of people who were seen inside. */
  slotsMax: number;
  insideMax: number;
  /** Living people who were still told to wait after somebody behind them had had a turn. */
  inversions: number;
  /** Numbers of more than one account, and accounts with more than one number. */
  doubles: number;
}

/** News of a turn may be on its way to a gateway while somebody asks there. */
const newsMs = 1_000;

function countDoubles(record: readonly Seen[]): number {
  const [owners, numbers] = [new Map<number, number>(), new Map<number, number>()];
  let doubles = 0;
  for (const one of record) {
    if (one.what !== 'joined') continue;
    const { userId, number } = one;
    if ((owners.get(number) ?? userId) !== userId) doubles += 1;
    if ((numbers.get(userId) ?? number) !== number) doubles += 1;
    owners.set(number, userId);
    numbers.set(userId, number);
  }
  return doubles;
}

/** @param sorted by time. */
function countInversions(sorted: readonly Seen[]): number {
  // The highest number with a turn, and since when: each higher than the one before.
  const turns: { number: number; atMs: number }[] = [];
  let inversions = 0;
  for (const one of sorted) {
    const highest = turns.at(-1)?.number ?? 0;
    const isTurn = one.what === 'activated' || (one.what === 'told' && one.status === 'READY');
    if (isTurn && one.number > highest) turns.push({ number: one.number, atMs: one.atMs });
    if (one.what === 'front' && one.front < (turns.at(-1)?.number ?? 0)) inversions += 1;
    if (one.what !== 'told' || one.status !== 'WAITING') continue;
    const { number, askedAtMs } = one;
    if (turns.some((turn) => turn.number > number && turn.atMs + newsMs < askedAtMs))
      inversions += 1;
  }
  return inversions;
}

function countInside(sorted: readonly Seen[]): number {
  const inside = new Set<number>();
  let most = 0;
  for (const one of sorted) {
    if (one.what === 'activated') inside.add(one.number);
    if (one.what === 'left') inside.delete(one.number);
    most = Math.max(most, inside.size);
  }
  return most;
}

/** @param span what counts for the rate; in ms, as in the record. */
export function judge(record: readonly Seen[], span: { fromMs: number; toMs: number }): Verdict {
  const sorted = [...record].sort((a, b) => a.atMs - b.atMs);
  const activated = sorted.filter(
    ({ what, atMs }) => what === 'activated' && atMs >= span.fromMs && atMs < span.toMs,
  ).length;
  const slots = sorted.map((one) => (one.what === 'slots' ? one.slots : 0));
  return {
    activated,
    perSecond: (activated * 1_000) / (span.toMs - span.fromMs),
    slotsMax: slots.reduce((most, one) => Math.max(most, one), 0),
    insideMax: countInside(sorted),
    inversions: countInversions(sorted),
    doubles: countDoubles(sorted),
  };
}
