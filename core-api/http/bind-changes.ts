import { changeRoom } from '../../shared/contracts/internal.ts';
import type { Endpoint } from '../../shared/contracts/endpoint.ts';
import type { Bind } from './bind.ts';

/** What an owner changes; a policy comes from the gateway on the owner's behalf. */
const isOwnersChange = ({ method, guard, name }: Endpoint): boolean =>
  method !== 'GET' && (guard === 'admin' || name === changeRoom.name);

/**
 * The same `bind`, with `changed` called before an owner's change is answered: whoever has heard of
 * it, and asks, is shown nothing from before. One that failed may have changed something too.
 */
export const bindChanges =
  (bind: Bind, changed: () => void): Bind =>
  (endpoint, handler) => {
    if (!isOwnersChange(endpoint)) return bind(endpoint, handler);
    return bind(endpoint, async (call) => {
      try {
        return await handler(call);
      } finally {
        changed();
      }
    });
  };
