import { createSecretKey } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSignedWebhook } from '../../shared/webhook-signature.ts';

export interface Message {
  id: string;
  event: { eventId: string; type: string; concertId: string };
}

/** Somebody outside who is told of events, over HTTP. */
export interface Subscriber {
  url: string;
  /** Every message whose signature was right, in the order of arrival, answered well or not. */
  messages: Message[];
  /** Messages whose signature was wrong. */
  forged: number;
  /** What it answers; `never` leaves the caller waiting. */
  answer: (message: Message) => number | 'never';
  believe(secret: string): void;
  close(): Promise<void>;
}

export async function startSubscriber(): Promise<Subscriber> {
  let key = createSecretKey(Buffer.alloc(32));
  const waiting = new Set<ServerResponse>();
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const header = (name: string) => String(incoming.headers[name] ?? '');
      if (!isSignedWebhook([key], { header, body }, Date.now())) subscriber.forged += 1;
      const event = JSON.parse(body.toString()) as Message['event'];
      const message = { id: header('webhook-id'), event };
      subscriber.messages.push(message);
      const status = subscriber.answer(message);
      if (status === 'never') waiting.add(response);
      else response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server has no other kind of address.
  const subscriber: Subscriber = {
    url: `http://127.0.0.1:${port}/events`,
    messages: [],
    forged: 0,
    answer: () => 204,
    believe: (secret) => {
      key = createSecretKey(Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
    },
    close: () => {
      for (const response of waiting) response.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return subscriber;
}
