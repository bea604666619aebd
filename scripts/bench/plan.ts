/** The benches: what each measures, what bounds it, and how long it may take. */
export interface BenchPlan {
  /** Its file is `scripts/bench/<name>.ts`. */
  name: string;
  what: string;
  /** What no change of ours can beat; the figures are rows of the bench `limits`. */
  limit: string;
  /** In the run of all benches, on two cores that do nothing else. */
  budgetSeconds: number;
  /** At its full length in the run of all, because a short one says too little. */
  isFullInAll?: true;
  /** Runs the stack of `npm start`, which is that of the sources. */
  fromSources?: true;
  /** Where `--write` puts what it prints; docs/benchmarks.md unless said. */
  document?: string;
}

const oneAnswer = 'reading a request and writing an answer: the bare handler in the table';

/** In the order they run: limits first, because the others are read beside them. */
export const benches: readonly BenchPlan[] = [
  {
    name: 'limits',
    what: 'What this machine takes for the steps that nobody can leave out',
    limit: 'these are the limits',
    budgetSeconds: 15,
  },
  {
    name: 'join',
    what: 'Joins on one gateway process beside a bare Hono handler with the same JSON',
    limit: `${oneAnswer}; one \`ES256 check\` for a token never seen; a share of one \`Redis round trip\` (joins that wait share it), of one \`ES256 signature\` (the receipt)`,
    budgetSeconds: 50,
    isFullInAll: true,
  },
  {
    name: 'status',
    what: 'The question of somebody who waits, each with a token the gateway has not seen',
    limit: `${oneAnswer}; one \`HMAC-SHA-256\` for the token; no round trip`,
    budgetSeconds: 40,
    isFullInAll: true,
  },
  {
    name: 'room-size',
    what: 'Whether a place costs the same in a long line, and what Redis keeps for each who waits',
    limit:
      'a user id and a number, both ways: 4 numbers of 8 bytes and what Redis adds to two of them',
    budgetSeconds: 50,
    isFullInAll: true,
  },
  {
    name: 'sse',
    what: 'People who wait by a stream of events',
    limit:
      'one `write to a socket` for each listener and document; two socket buffers of the kernel each',
    budgetSeconds: 75,
    isFullInAll: true,
  },
  {
    name: 'admission',
    what: 'Two gateways, one killed: rate, slots and order as they were promised',
    limit: 'a tick of 250 ms: the speed is told no finer than the turns of one tick',
    budgetSeconds: 90,
    isFullInAll: true,
  },
  {
    name: 'forward',
    what: 'Forwarding a small GET of somebody who is inside',
    limit:
      'two requests and two answers: plain undici in the table; one `HMAC-SHA-256` for the assertion',
    budgetSeconds: 80,
    isFullInAll: true,
  },
  {
    name: 'sales',
    what: 'Holds and payments through the core beside bare mysql2',
    limit:
      'one `COMMIT of one row` for each group of calls that share a transaction; its `fdatasync`',
    budgetSeconds: 50,
  },
  {
    name: 'rush',
    what: '1,000 fans want 50 seats by id',
    limit: 'one row can be sold once: the winners commit, the losers read',
    budgetSeconds: 40,
  },
  {
    name: 'charges',
    what: 'Charges of one account at the same moment',
    limit: 'each needs the balance the one before left: one row lock, then one `COMMIT of one row`',
    budgetSeconds: 25,
  },
  {
    name: 'best',
    what: 'Best available: parties of one to four until a date is sold out',
    limit: 'as for `sales`, and the seats of one date are picked one after the other',
    budgetSeconds: 30,
  },
  {
    name: 'seat-map',
    what: 'The state of 20,000 seats',
    limit: `${oneAnswer}, of the same size`,
    budgetSeconds: 35,
  },
  {
    name: 'startup',
    what: 'From the start of a process to the first answer that says ready',
    limit: 'the start of Node with nothing to load: the first row',
    budgetSeconds: 35,
  },
  {
    name: 'opening',
    what: '300 fans on 50 seats: from the opening of an empty room to the last payment',
    limit: 'about nine calls for each who buys, six of them before a seat is paid',
    budgetSeconds: 60,
    fromSources: true,
  },
  {
    name: 'flat',
    what: 'What a call costs as everything grows: entries, rooms, gateways, seats, reservations',
    limit: 'none: a step of the same cost at every size',
    budgetSeconds: 170,
  },
];

/** Asked for by name only: they take their time, or compare nothing. */
export const onlyByName: readonly BenchPlan[] = [
  {
    name: 'profile',
    what: 'Where the time of a join, a forwarded call, a hold and a payment goes',
    limit: 'a profile costs time itself: shares count',
    budgetSeconds: 60,
    document: 'docs/profiles.md',
  },
  {
    name: 'pages',
    what: 'What a page brings at its first look, and what the waiting room costs the gateway',
    limit: 'the room document, which is the same bytes for everybody',
    budgetSeconds: 60,
    fromSources: true,
    document: 'docs/pages.md',
  },
  {
    name: 'arena',
    what: 'The map of 20,000 seats in headless Chromium: first picture on a slow phone, moving it',
    limit: 'sixty frames a second',
    budgetSeconds: 90,
    fromSources: true,
    document: 'docs/pages.md',
  },
  {
    name: 'audit',
    what: 'The audit on a million reservations',
    limit: 'reading every row once',
    budgetSeconds: 180,
  },
  {
    name: 'soak',
    what: 'Mixed traffic for as long as it is told',
    limit: 'none',
    budgetSeconds: 3_600,
    fromSources: true,
  },
];
