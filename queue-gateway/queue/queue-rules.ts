import type { RoomSetting } from '../../shared/contracts/internal.ts';

const toMs = (moment: string | null): number => (moment === null ? 0 : Date.parse(moment));

/** From when on people can join, in Unix ms; 0 for always. Without a pre-queue that is the opening. */
export function joinsAtMs({ opensAt, preQueueOpensAt }: RoomSetting): number {
  const opensAtMs = toMs(opensAt);
  return preQueueOpensAt === null ? opensAtMs : Math.min(toMs(preQueueOpensAt), opensAtMs);
}

export const opensAtMs = ({ opensAt }: RoomSetting): number => toMs(opensAt);

/** A setting as `configure.lua` takes it. A concert that is not offered has a closed room. */
export function settingArgs(setting: RoomSetting): Record<string, string | number> {
  return {
    id: setting.concertId,
    version: setting.version,
    control: setting.concertActive ? setting.control : 'CLOSED',
    maxActive: setting.maxActive,
    admitPerSecond: setting.admitPerSecond,
    claimMs: setting.claimSeconds * 1_000,
    activeMs: setting.activeSeconds * 1_000,
    idleMs: setting.idleSeconds * 1_000,
    graceMs: setting.graceSeconds * 1_000,
    maxWaiting: setting.maxWaiting,
    opensAt: opensAtMs(setting),
    joinsAt: joinsAtMs(setting),
    draw: setting.order === 'draw' ? 1 : 0,
    drawCount: setting.draw?.registered ?? 0,
    drawBase: setting.draw?.base ?? 0,
    drawDigest: setting.draw?.digest ?? '',
    setting: JSON.stringify(setting),
  };
}

/** How often somebody in this state asks again, before jitter. */
const readyPollMs = 1_000;
const activePollMs = 10_000;

export interface PollPolicy {
  minMs: number;
  maxMs: number;
  waitShare: number;
  jitter: number;
}

/**
 * When to ask again, in ms: a share of the wait that is left, within bounds; an unknown wait is
 * taken for a short one. The jitter is a part of it, so that many who came together drift apart.
 * @param dice 0 … 1.
 */
export function pollAfterMs(policy: PollPolicy, etaSeconds: number | null, dice: number): number {
  const wishMs = (etaSeconds ?? 0) * 1_000 * policy.waitShare;
  const base = Math.min(Math.max(wishMs, policy.minMs), policy.maxMs);
  return Math.round(base * (1 + policy.jitter * dice));
}

export const insidePollMs = (status: 'READY' | 'ACTIVE'): number =>
  status === 'READY' ? readyPollMs : activePollMs;

const dayMs = 24 * 3_600_000;
/** Less than the longest life of a waiting token, by more than clocks are apart. */
const longestWaitMs = 14 * dayMs - 3_600_000;

/** How long a token given now proves the place: a day, or until a day after the opening. */
export function waitingLifeMs(setting: RoomSetting, nowMs: number): number {
  const untilOpeningMs = Math.max(0, opensAtMs(setting) - nowMs);
  return Math.min(untilOpeningMs + dayMs, longestWaitMs);
}

/** A token says its end in whole seconds. */
export const wholeSecondMs = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
