import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assertionHeader, type Caller, verifyAssertion } from '../../shared/assertion.ts';
import type { KeySet } from '../../shared/keys.ts';

/** Stands where the core would, and shows what reached it. */
export interface Recorded {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  body: string;
  /** What the assertion of the call says, when it is right. */
  caller: Caller | undefined;
  /** The caller of the recorder went away before the answer was through. */
  aborted: boolean;
}

export type CoreAnswer = (request: Recorded, response: ServerResponse) => unknown;

export interface Recorder {
  url: string;
  requests: Recorded[];
  answer: CoreAnswer;
  /** Sockets accepted so far. */
  sockets: number;
  server: Server;
  close(): Promise<void>;
}

export const answerJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function callerOf(keys: KeySet, incoming: IncomingMessage, body: Buffer): Caller | undefined {
  try {
    const call = {
      audience: 'core-api',
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      body,
    } as const;
    const header = String(incoming.headers[assertionHeader]);
    const { userId, role, room, entryId } = verifyAssertion({ keys }, call, header);
    return { userId, role, room, entryId };
  } catch {
    return undefined;
  }
}

export async function startRecorder(assertionKeys: KeySet): Promise<Recorder> {
  const server = createServer((incoming, response) => {
    void readAll(incoming)
      .then(async (body) => {
        const recorded: Recorded = {
          method: incoming.method ?? '',
          url: incoming.url ?? '',
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          body: body.toString(),
          caller: callerOf(assertionKeys, incoming, body),
          aborted: false,
        };
        response.on('close', () => {
          recorded.aborted = !response.writableFinished;
        });
        recorder.requests.push(recorded);
        await recorder.answer(recorded, response);
      })
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = 65_000;
  server.on('connection', () => {
    recorder.sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const recorder: Recorder = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: (_request, response) => answerJson(response, 200, { ok: true }),
    sockets: 0,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return recorder;
}
