/**
 * A room in plain TypeScript, for one purpose: to say what the Lua must answer. Nobody returns late
 * here (grace 0), seats are not known, and the core is not asked.
 */
export interface ModelPolicy {
  maxActive: number;
  admitPerSecond: number;
  control: 'OPEN' | 'PAUSED' | 'CLOSED';
  claimMs: number;
  activeMs: number;
  idleMs: number;
  /** Unix ms; people register from the beginning until then, when there is a draw. */
  opensAt: number;
  draw: boolean;
}

interface Lease {
  status: 'READY' | 'ACTIVE';
  user: string;
  hardEnd: number;
  tokenEnd: number;
  end: number;
  isExtended?: boolean;
}

export interface ModelClaims {
  user: string;
  number: number;
  index: number;
}

const million = 1_000_000;
const windowMs = 60_000;
const skewMs = 5_000;
const rememberMs = 600_000;

/** Signs of life: this minute's and those of the one before. */
function createLife() {
  let [now, before] = [new Set<number>(), new Set<number>()];
  let window = -1;
  return {
    turn(nowMs: number): void {
      const next = Math.floor(nowMs / windowMs);
      if (next === window) return;
      before = next === window + 1 ? now : new Set();
      now = new Set();
      window = next;
    },
    mark: (number: number): void => void now.add(number),
    give(number: number): void {
      now.add(number);
      before.add(number);
    },
    forget(number: number): void {
      now.delete(number);
      before.delete(number);
    },
    has: (number: number): boolean => now.has(number) || before.has(number),
  };
}

/** The budget of admissions, in millionths, and what those who do not come may give back. */
function createBudget(policy: ModelPolicy, startMs: number) {
  let [bucket, refunds, at] = [Math.max(1, policy.admitPerSecond) * million, 0, startMs];
  return {
    refill(nowMs: number): void {
      const rate = policy.admitPerSecond;
      const capacity = Math.max(rate, Math.min(rate * 1e9, 1)) * million;
      const grown = Math.floor(rate * 1e3 * (nowMs - at));
      [bucket, refunds, at] = [
        Math.min(bucket + grown, capacity),
        Math.min(refunds + grown, capacity),
        nowMs,
      ];
    },
    whole: (): number => Math.floor(bucket / million),
    spend: (): void => void (bucket -= million),
    giveBack(): void {
      if (refunds < million) return;
      refunds -= million;
      bucket += million;
    },
  };
}

export class LineModel {
  readonly policy: ModelPolicy;
  private readonly life = createLife();
  private readonly budget: ReturnType<typeof createBudget>;
  private readonly accounts = new Map<string, { number: number; index: number }>();
  private readonly leases = new Map<number, Lease>();
  private readonly ended = new Map<number, { reason: string; until: number }>();
  private readonly gone = new Set<number>();
  private readonly quit = new Set<number>();
  private readonly line;
  private places: ((index: number) => number) | undefined;

  constructor(policy: ModelPolicy, startMs: number) {
    this.policy = policy;
    this.budget = createBudget(policy, startMs);
    this.line = {
      now: startMs,
      front: 0,
      tail: 0,
      registered: 0,
      base: 0,
      count: 0,
      drawn: false,
    };
  }

  private finish(number: number, reason: string): void {
    const lease = this.leases.get(number);
    this.leases.delete(number);
    if (reason === 'missed') {
      this.budget.giveBack();
      return;
    }
    this.gone.add(number);
    const isActive = lease?.status === 'ACTIVE';
    const until = Math.max(this.line.now + rememberMs, isActive ? lease.tokenEnd + skewMs : 0);
    this.ended.set(number, { reason, until });
    if (isActive && this.accounts.get(lease.user)?.number === number)
      this.accounts.delete(lease.user);
  }

  private overdueReason({ status, hardEnd }: Lease): string {
    if (status === 'READY') return 'missed';
    return this.line.now >= hardEnd ? 'expired' : 'idle';
  }

  private releaseOverdue(): void {
    for (const [number, lease] of [...this.leases])
      if (lease.end <= this.line.now) this.finish(number, this.overdueReason(lease));
    for (const [number, { until }] of this.ended)
      if (until <= this.line.now) this.ended.delete(number);
  }

  private room(): number {
    const isOpen = this.policy.control === 'OPEN' && this.line.now >= this.policy.opensAt;
    if (!isOpen || (this.line.count > 0 && !this.line.drawn)) return 0;
    return Math.max(0, Math.min(this.policy.maxActive - this.leases.size, this.budget.whole()));
  }

  private nextInLine(): number | undefined {
    for (let number = this.line.front + 1; number <= this.line.tail; number += 1) {
      if (!this.life.has(number)) continue;
      if (!this.gone.has(number)) {
        this.line.front = number;
        return number;
      }
      this.life.forget(number);
    }
    this.line.front = this.line.tail;
    return undefined;
  }

  private admit(): void {
    if (this.line.now >= this.policy.opensAt && this.line.registered > 0 && this.line.count === 0) {
      [this.line.count, this.line.base] = [this.line.registered, this.line.tail];
      this.line.tail += this.line.registered;
    }
    this.releaseOverdue();
    this.budget.refill(this.line.now);
    for (let left = this.room(); left > 0; left -= 1) {
      const number = this.nextInLine();
      if (number === undefined) return;
      const claimEnd = this.line.now + this.policy.claimMs;
      const lease = { status: 'READY', user: '-', hardEnd: claimEnd, tokenEnd: 0, end: claimEnd };
      this.leases.set(number, lease as Lease);
      this.budget.spend();
    }
  }

  private insideWord(number: number): string | undefined {
    const lease = this.leases.get(number);
    if (!lease || (lease.status === 'READY' && lease.hardEnd <= this.line.now)) return undefined;
    return `${lease.status} ${number}`;
  }

  private known(user: string): string | undefined {
    const place = this.accounts.get(user);
    if (!place) return undefined;
    if (place.number === 0)
      return this.quit.has(place.index) ? undefined : `REGISTERED ${place.index}`;
    if (place.number <= this.line.front) return this.insideWord(place.number);
    this.life.mark(place.number);
    return `WAITING ${place.number}`;
  }

  private fresh(user: string): string {
    if (
      this.policy.control === 'CLOSED' ||
      (!this.policy.draw && this.line.now < this.policy.opensAt)
    )
      return 'closed';
    if (this.policy.draw && this.line.count === 0 && this.line.now < this.policy.opensAt) {
      this.line.registered += 1;
      this.accounts.set(user, { number: 0, index: this.line.registered });
      return `REGISTERED ${this.line.registered}`;
    }
    const number = (this.line.tail += 1);
    this.accounts.set(user, { number, index: 0 });
    this.life.mark(number);
    if (number === this.line.front + 1 && this.room() > 0) this.admit();
    return this.insideWord(number) ?? `WAITING ${number}`;
  }

  /** Where an entry stands; what is overdue ends by being looked at. */
  private placeOf({ user, number, index }: ModelClaims): string {
    if (index > 0 && this.quit.has(index)) return 'ENDED left';
    const own = this.accounts.get(user);
    if (index > 0 && own?.number === 0 && own.index === index)
      this.accounts.set(user, { number, index });
    const lease = this.leases.get(number);
    if (lease && lease.end <= this.line.now) this.finish(number, this.overdueReason(lease));
    else if (lease && (lease.status === 'READY' || lease.user === user)) return lease.status;
    const reason = this.ended.get(number)?.reason;
    if (reason) return `ENDED ${reason}`;
    if (this.accounts.get(user)?.number !== number)
      return number > this.line.front ? 'ENDED left' : 'ENDED expired';
    return number > this.line.front ? 'WAITING' : 'ENDED missed';
  }

  private extend(number: number): void {
    const lease = this.leases.get(number);
    if (!lease) return;
    lease.end = Math.max(lease.end, Math.min(this.line.now + this.policy.idleMs, lease.hardEnd));
  }

  advance(ms: number): void {
    this.line.now += ms;
  }
  join(user: string): string {
    this.life.turn(this.line.now);
    this.admit();
    return this.known(user) ?? this.fresh(user);
  }
  touch(numbers: readonly number[]): void {
    this.life.turn(this.line.now);
    for (const number of numbers) this.life.mark(number);
  }
  status(claims: ModelClaims): string {
    this.life.turn(this.line.now);
    const place = this.placeOf(claims);
    if (place === 'WAITING') this.life.mark(claims.number);
    if (place === 'ACTIVE') this.extend(claims.number);
    return place;
  }
  extendTurn(claims: ModelClaims): string {
    this.life.turn(this.line.now);
    const place = this.placeOf(claims);
    const lease = this.leases.get(claims.number);
    if (place !== 'READY' || !lease || lease.isExtended) return place;
    const hardEnd = lease.hardEnd + this.policy.claimMs;
    this.leases.set(claims.number, { ...lease, isExtended: true, hardEnd, end: hardEnd });
    return place;
  }
  activate(claims: ModelClaims): string {
    this.life.turn(this.line.now);
    const place = this.placeOf(claims);
    if (place === 'ACTIVE') this.extend(claims.number);
    if (place !== 'READY') return place;
    if (this.accounts.get(claims.user)?.number !== claims.number) return 'ENDED expired';
    const tokenEnd = this.line.now + this.policy.activeMs;
    const hardEnd = tokenEnd + skewMs;
    const end = Math.min(this.line.now + this.policy.idleMs, hardEnd);
    this.leases.set(claims.number, { status: 'ACTIVE', user: claims.user, hardEnd, tokenEnd, end });
    return 'ACTIVE';
  }
  leave(claims: ModelClaims): string {
    this.life.turn(this.line.now);
    const place = this.placeOf(claims);
    if (place.startsWith('ENDED')) return place;
    if (place === 'WAITING') {
      this.life.forget(claims.number);
      this.gone.add(claims.number);
    } else {
      this.finish(claims.number, 'left');
    }
    if (this.accounts.get(claims.user)?.number === claims.number) this.accounts.delete(claims.user);
    this.admit();
    return 'left';
  }
  unregister({ user, index }: ModelClaims): void {
    const own = this.accounts.get(user);
    if (own?.number === 0 && own.index === index) this.accounts.delete(user);
    this.quit.add(index);
  }
  tick() {
    this.life.turn(this.line.now);
    this.admit();
    const { front, tail, count } = this.line;
    let living = count === 0 ? this.line.registered : 0;
    for (let number = front + 1; number <= tail; number += 1)
      if (this.life.has(number) && !this.gone.has(number)) living += 1;
    return { front, tail, slots: this.leases.size, living };
  }
  /** The seed is here. */
  seal(numberOf: (index: number) => number): void {
    this.line.drawn = true;
    this.places = numberOf;
    const from = Math.max(this.line.front, this.line.base);
    for (let number = from + 1; number <= this.line.base + this.line.count; number += 1)
      if (!this.gone.has(number)) this.life.give(number);
  }
  isClosed(): boolean {
    return this.line.count > 0 && !this.line.drawn;
  }
  /** What a token of this account says, as it joined last. */
  claimsOf(user: string, place: { number: number; index: number }): ModelClaims {
    const number = place.number === 0 && this.places ? this.places(place.index) : place.number;
    return { user, number, index: place.index };
  }
}
