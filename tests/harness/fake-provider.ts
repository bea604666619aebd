import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import type { KeySet } from '../../shared/keys.ts';
import { isSignedWebhook, signWebhook } from '../../shared/webhook-signature.ts';

export interface Told {
  chargeId: string;
  amount: number;
}

export interface Notice extends Told {
  type: 'charge.succeeded' | 'charge.failed';
}

/** A payment provider as it would stand somewhere on the internet: it speaks HTTP and signs. */
export interface FakeProvider {
  url: string;
  /** Charges it was told of and whose signature it believed. */
  told: Told[];
  /** Answers so many calls with 500 first. */
  failNext(count: number): void;
  /** Calls back. @returns status and code. */
  notify(gatewayUrl: string, notice: Notice, options?: NotifyOptions): Promise<string>;
  close(): Promise<void>;
}

export interface NotifyOptions {
  keys?: KeySet;
  /** Unix time of the signature in ms. */
  atMs?: number;
  /** What is sent in the place of what was signed. */
  instead?: Notice;
}

export async function startFakeProvider(keys: KeySet): Promise<FakeProvider> {
  const told: Told[] = [];
  let failures = 0;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const header = (name: string) => {
        const value = incoming.headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      if (failures > 0) {
        failures -= 1;
        return response.writeHead(500).end();
      }
      if (!isSignedWebhook(keys.byKid.values(), { header, body }, Date.now())) {
        return response.writeHead(401).end();
      }
      const charge = JSON.parse(body.toString()) as Told;
      told.push(charge);
      const payUrl = `https://pay.example/${charge.chargeId}`;
      return response.writeHead(201).end(JSON.stringify({ payUrl }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server has no other kind of address.
  return {
    url: `http://127.0.0.1:${port}/charges`,
    told,
    failNext: (count) => {
      failures = count;
    },
    notify: async (gatewayUrl, notice, { keys: with_ = keys, atMs = Date.now(), instead } = {}) => {
      const body = Buffer.from(JSON.stringify(notice));
      const signed = signWebhook(with_.signing.key, { id: `msg_${notice.chargeId}`, body }, atMs);
      const answer = await request(`${gatewayUrl}/webhooks/payments`, {
        method: 'POST',
        body: instead ? Buffer.from(JSON.stringify(instead)) : body,
        headers: { 'content-type': 'application/json', ...signed },
      });
      const reply = (await answer.body.json()) as { code?: string; status: unknown };
      return `${answer.statusCode} ${reply.code ?? String(reply.status)}`;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
