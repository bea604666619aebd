/** What an owner wants to know of a policy before the crowd tries it. */
export interface ForecastOptions {
  /** People who are in line, or will be. */
  people: number;
  seats: number;
  admitPerSecond: number;
  maxActive: number;
  /** Time inside, on average. */
  visitSeconds: number;
  /** Share of those inside who buy, 0 … 1. */
  convert: number;
  /** Seats of one order, on average. */
  seatsPerOrder: number;
}

export interface Forecast {
  /** People a second who really come in: the rate, or what the places inside can turn over. */
  ratePerSecond: number;
  bindsBy: 'rate' | 'slots';
  /** Little's law, from each two the third: places inside that the rate needs. */
  placesNeeded: number;
  /** People a second whom the places can turn over. */
  rateAllowed: number;
  /** The longest average visit for which the places are enough. */
  visitSecondsAllowed: number;
  /** People who come in before the last seat is gone, or everybody. */
  peopleIn: number;
  /** From the first person let in until the last seat is paid; `null` when seats remain. */
  soldOutSeconds: number | null;
  /** Of the last one who comes in. */
  longestWaitSeconds: number;
  seatsLeft: number;
}

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : Infinity);

/**
 * In averages, in closed form: no luck, nobody who gives up.
 * rate = min(admitPerSecond, maxActive / visitSeconds), because inside = rate × visit (Little 1961);
 * seats taken by a visit = convert × seatsPerOrder.
 */
export function forecast(options: ForecastOptions): Forecast {
  const { people, seats, admitPerSecond, maxActive, visitSeconds, convert, seatsPerOrder } =
    options;
  const turnover = share(maxActive, visitSeconds);
  const ratePerSecond = Math.min(admitPerSecond, turnover);
  const seatsPerVisit = convert * seatsPerOrder;
  const needed = Math.ceil(share(seats, seatsPerVisit));
  const isSoldOut = needed <= people && ratePerSecond > 0;
  const peopleIn = ratePerSecond > 0 ? Math.min(people, needed) : 0;
  const longestWaitSeconds = share(peopleIn, ratePerSecond);
  return {
    ratePerSecond,
    bindsBy: turnover < admitPerSecond ? 'slots' : 'rate',
    rateAllowed: turnover,
    placesNeeded: Math.ceil(admitPerSecond * visitSeconds),
    visitSecondsAllowed: Math.floor(share(maxActive, admitPerSecond)),
    peopleIn,
    soldOutSeconds: isSoldOut ? longestWaitSeconds + visitSeconds : null,
    longestWaitSeconds: ratePerSecond > 0 ? longestWaitSeconds : Infinity,
    seatsLeft: isSoldOut ? 0 : Math.max(0, Math.floor(seats - peopleIn * seatsPerVisit)),
  };
}
