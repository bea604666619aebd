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
    setting: JSON.stringify(setting),
  };
}
