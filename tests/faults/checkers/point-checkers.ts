import { acked, type Checker, type Finding, groupBy, type Op, type Run } from '../history.ts';

/** What an operation does to its account's balance, when it happens. */
function amountOf(op: Op): number {
  if (op.op === 'charge' || op.op === 'refund') return op.args.amount;
  return op.op === 'pay' ? -op.args.amount : 0;
}

interface Move {
  amount: number;
  /** Surely done. */
  isSure: boolean;
  invokedMs: number;
  /** From here on it has surely happened, if it ever did. */
  doneMs: number;
}

const keyOf = (op: Op): string => ('key' in op.args ? `${op.op} ${op.args.key}` : '');

/** The moves of each account; a repeated key is one move. */
function movesOf(run: Run): Map<string, Move[]> {
  const moving = run.history.filter((op) => amountOf(op) !== 0 && op.result !== 'fail');
  const byUser = groupBy(moving, ({ args }) => ('userId' in args ? args.userId : ''));
  return new Map(
    [...byUser].map(([userId, ops]) => [
      userId,
      [...groupBy(ops, keyOf).values()].map((tries) => ({
        amount: amountOf(tries[0] as Op),
        isSure: tries.some(({ result }) => result === 'ok'),
        invokedMs: Math.min(...tries.map(({ invokedMs }) => invokedMs)),
        doneMs: Math.min(
          ...tries.map(({ result, returnedMs }) => (result === 'ok' ? returnedMs : Infinity)),
        ),
      })),
    ]),
  );
}

/**
 * Every balance that was read lies between what surely had happened and what may have: credits
 * known before the call less debits begun before its answer, and the other way round.
 */
export const readsAreConserved: Checker = (run) => {
  const moves = movesOf(run);
  return acked(run, 'balance').flatMap((read) => {
    let [min, max] = [0, 0];
    for (const { amount, isSure, invokedMs, doneMs } of moves.get(read.args.userId) ?? []) {
      const isBefore = isSure && doneMs <= read.invokedMs;
      const mayBe = invokedMs <= read.returnedMs;
      if (amount > 0 ? isBefore : mayBe) min += amount;
      if (amount > 0 ? mayBe : isBefore) max += amount;
    }
    const { point } = read.value;
    if (point >= min && point <= max) return [];
    return [`account ${read.args.userId}: read ${point}, which is not in ${min} … ${max}`];
  });
};

/** Balance = sum of the ledger, the ledger is a chain that never goes below nothing. */
export const ledgersAddUp: Checker = ({ facts }) => {
  const ledgers = groupBy(facts.history, ({ userId }) => userId);
  const findings: Finding[] = [];
  for (const { userId, point } of facts.points) {
    let sum = 0;
    for (const { pointHistoryId, amount, pointAfter } of ledgers.get(userId) ?? []) {
      sum += amount;
      if (pointAfter !== sum || sum < 0) {
        findings.push(`account ${userId}: row ${pointHistoryId} says ${pointAfter}, sum ${sum}`);
        sum = pointAfter;
      }
    }
    if (sum !== point) findings.push(`account ${userId}: balance ${point}, ledger ${sum}`);
  }
  return findings;
};

/**
 * Each account's ledger is what was acknowledged, with some of what is unknown, and nothing else:
 * no charge twice, none from nowhere. Amounts of one account have to be told apart by the driver.
 */
export const ledgersMatchHistory: Checker = (run) => {
  const moves = movesOf(run);
  const rows = groupBy(run.facts.history, ({ userId }) => userId);
  return [...rows].flatMap(([userId, ledger]) => {
    const sure = new Map<number, number>();
    const maybe = new Map<number, number>();
    const add = (to: Map<number, number>, amount: number): unknown =>
      to.set(amount, (to.get(amount) ?? 0) + 1);
    for (const { amount, isSure } of moves.get(userId) ?? []) {
      add(maybe, amount);
      if (isSure) add(sure, amount);
    }
    const found = new Map<number, number>();
    for (const { type, amount } of ledger) if (type === 'CHARGE') add(found, amount);
    const amounts = new Set([...found.keys(), ...sure.keys()].filter((amount) => amount > 0));
    return [...amounts].flatMap((amount) => {
      const count = found.get(amount) ?? 0;
      const charges = (of: Map<number, number>): number => of.get(amount) ?? 0;
      if (count > charges(maybe)) return [`account ${userId}: ${amount} charged ${count} times`];
      return [];
    });
  });
};
