import { Agent, request } from 'undici';
import { assertionHeader, nobody, signAssertion } from '../../shared/assertion.ts';
import { type CoreEvent, deliverEvents } from '../../shared/contracts/internal.ts';
import type { KeySet } from '../../shared/keys.ts';

/** `refused`: the gateway cannot read these events and never will. */
export type Delivered = 'delivered' | 'refused';

export interface EventDelivery {
  /** @throws Error when the gateway is away or cannot take events at the moment. */
  deliver(events: readonly CoreEvent[]): Promise<Delivered>;
  close(): Promise<void>;
}

export interface EventDeliveryOptions {
  /** Asked each time: the address may be known only after the start. */
  gatewayUrl: () => string;
  assertionKeys: KeySet;
}

/** Within the time of the transaction that holds the relay's lease. */
const timeoutMs = 2_000;

/** `POST /internal/events` with a signed assertion. */
export function createEventDelivery(options: EventDeliveryOptions): EventDelivery {
  const dispatcher = new Agent({ connections: 1, connect: { timeout: 1_000 } });
  const { method, path } = deliverEvents;

  return {
    deliver: async (events) => {
      const body = Buffer.from(JSON.stringify({ events }));
      const call = { audience: 'queue-gateway', method, target: path, body } as const;
      const { statusCode, body: reply } = await request(new URL(path, options.gatewayUrl()), {
        method,
        dispatcher,
        body,
        headers: {
          'content-type': 'application/json',
          [assertionHeader]: signAssertion({ keys: options.assertionKeys }, call, nobody),
        },
        signal: AbortSignal.timeout(timeoutMs),
      });
      await reply.dump();
      if (statusCode === 204) return 'delivered';
      if (statusCode === 400) return 'refused';
      throw new Error(`the gateway answered ${statusCode} to events`);
    },
    close: () => dispatcher.destroy(),
  };
}
