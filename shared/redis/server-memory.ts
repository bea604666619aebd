import { type RedisClient, serversOf } from './client.ts';

/** How full the fullest server is, and what it does when it is. */
export interface ServerMemory {
  /** Used share of `maxmemory`; `null` without a limit. */
  usedShare: number | null;
  /** `maxmemory-policy`; the line expects `noeviction`. */
  policy: string;
}

const field = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';

function parseMemory(info: string): ServerMemory {
  const limit = Number(field(info, 'maxmemory'));
  return {
    usedShare: limit > 0 ? Number(field(info, 'used_memory')) / limit : null,
    policy: field(info, 'maxmemory_policy'),
  };
}

export async function readServerMemory(client: RedisClient): Promise<ServerMemory> {
  const infos = await Promise.all(serversOf(client).map((server) => server.info('memory')));
  const all = infos.map(parseMemory);
  const shares = all.flatMap(({ usedShare }) => (usedShare === null ? [] : [usedShare]));
  return {
    usedShare: shares.length === 0 ? null : Math.max(...shares),
    policy: all.find(({ policy }) => policy !== 'noeviction')?.policy ?? 'noeviction',
  };
}

const warnAtShare = 0.8;

/** What an operator should hear about it, if anything. */
export function memoryFault({ usedShare, policy }: ServerMemory): string | undefined {
  if (policy !== '' && policy !== 'noeviction')
    return `redis evicts keys (${policy}): people in line could vanish without a word`;
  if (usedShare !== null && usedShare >= warnAtShare)
    return `redis is ${Math.floor(usedShare * 100)} % full: nobody can join when it is at 100`;
  return undefined;
}
