import { absent, type Mutant, rush, silence, trickle } from './mutant.ts';

const admitFile = 'queue-gateway/queue/lua/parts/admit.lua';
const slotsCounted = `local slots = redis.call('ZCARD', key.leases) + ghosts()`;

/** Who is let in, when, and with what. */
export const lineMutants: readonly Mutant[] = [
  {
    name: 'a waiting token opens the door',
    edits: [
      {
        file: 'queue-gateway/http/guard.ts',
        from: `if (claims.kind === 'waiting') return refuseWaiting(line, claims);`,
        to: `if (claims.kind === 'waiting') return claims as never;`,
      },
    ],
    seenBy: ['nobodyIntrudes'],
    load: rush,
  },
  {
    name: 'three slots too many',
    edits: [
      {
        file: admitFile,
        from: 'local places, limit = room.maxActive - slots',
        to: 'local places, limit = room.maxActive + 3 - slots',
      },
    ],
    seenBy: ['slotsWithinPolicy'],
    load: rush,
  },
  {
    name: 'a slot is free as soon as it is taken',
    edits: [
      {
        file: 'queue-gateway/queue/lua/activate.lua',
        from: `redis.call('ZADD', key.leases, math.min(now + room.idleMs, entry.hard_end), number)`,
        to: `redis.call('ZREM', key.leases, number)`,
      },
      {
        file: 'queue-gateway/queue/lua/parts/place.lua',
        from: 'if lease_end <= now then',
        to: 'if lease_end <= now and lease_end > 0 then',
      },
    ],
    seenBy: ['slotsWithinPolicy'],
    load: rush,
  },
  {
    name: 'admission in two steps: slots are counted in one and given away in the next',
    edits: [
      {
        file: admitFile,
        from: slotsCounted,
        to: `local slots = room.counted or 0\n  set('counted', redis.call('ZCARD', key.leases) + ghosts())`,
      },
    ],
    seenBy: ['slotsWithinPolicy'],
    load: rush,
  },
  {
    name: 'a slot is given back as often as its holder leaves',
    edits: [
      {
        file: 'queue-gateway/queue/lua/leave.lua',
        from: `  reply = 'ENDED ' .. more`,
        to: `  reply = 'ENDED ' .. more\n  set('freed', (room.freed or 0) + 1)`,
      },
      {
        file: admitFile,
        from: slotsCounted,
        to: `${slotsCounted} - (room.freed or 0)`,
      },
    ],
    seenBy: ['slotsWithinPolicy'],
    load: rush,
  },
  {
    name: 'one number for everybody',
    edits: [
      {
        file: 'queue-gateway/queue/lua/join.lua',
        from: 'local number = room.tail + 1',
        to: 'local number = math.max(room.front, room.tail - 1) + 1',
      },
    ],
    seenBy: ['numbersAreUnique'],
    load: rush,
  },
  {
    name: 'a turn for every tab',
    edits: [
      {
        file: 'queue-gateway/queue/lua/activate.lua',
        from: '  reply = repeated(more)',
        to: '  reply = claim()',
      },
    ],
    seenBy: ['oneAdmissionPerEntry'],
    load: rush,
  },
  {
    name: 'who came last is let in first',
    edits: [
      {
        file: admitFile,
        from: 'local number = first_living(room.front + 1)',
        to: 'local number = first_living(math.max(room.front + 1, room.tail))',
      },
    ],
    seenBy: ['nobodyIsOvertaken'],
    load: rush,
  },
  {
    name: 'a turn costs the budget nothing',
    edits: [
      {
        file: admitFile,
        from: `set('bucket', room.bucket - 1e6)`,
        to: `set('bucket', room.bucket)`,
      },
    ],
    seenBy: ['turnsWithinRate'],
    load: trickle,
  },
  {
    name: 'who returns late goes before all others',
    edits: [
      {
        file: admitFile,
        from: 'if credit >= credit_cost and admit_returner() then',
        to: 'if admit_returner() then',
      },
    ],
    seenBy: ['returnsKeepTheirShare'],
    load: absent,
  },
  {
    name: 'Redis by the defaults of its client: commands wait, and are sent again',
    edits: [
      {
        file: 'shared/redis/client.ts',
        from: `    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    socketTimeout: silenceMaxMs,`,
        to: '',
      },
      {
        file: 'shared/redis/client.ts',
        from: `if (profile !== 'subscriber')`,
        to: `if (profile !== profile)`,
      },
    ],
    seenBy: ['answersInTime'],
    load: silence,
  },
];
