import { constants } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import { loadCertificate } from '../../queue-gateway/http/certificate.ts';
import { edgeResponseClass } from '../../queue-gateway/http/edge-response.ts';
import { edgeHttp2ResponseClass } from '../../queue-gateway/http/http2-response.ts';
import { createSecureEdgeServer } from '../../queue-gateway/http/secure-server.ts';
import { type Edge, startEdge } from './edge.ts';
import { frameOf, getRoot, greeting, settingsFrame } from './frames.ts';

const certificates = join(import.meta.dirname, 'certificates');
const files = {
  certFile: join(certificates, 'one.pem'),
  keyFile: join(certificates, 'one-key.pem'),
};

describe('slow clients over TLS', () => {
  it('who never finish their handshake are hung up on', async () => {
    const edge: Edge = await startEdge({
      TLS_CERT_FILE: files.certFile,
      TLS_KEY_FILE: files.keyFile,
    });
    const silent = connect(edge.port, '127.0.0.1');
    silent.on('error', () => undefined).resume();
    await new Promise((resolve) => silent.once('close', resolve));
    await edge.close();
  }).timeout(30_000);

  it('who let no stream send anything lose it, and nobody else does', async () => {
    const answer = Buffer.alloc(1_000);
    const { server } = createSecureEdgeServer(
      {
        certificate: loadCertificate(files),
        limits: { headersTimeout: 5_000, requestTimeout: 15_000 },
        http1Response: edgeResponseClass([]),
        http2Response: edgeHttp2ResponseClass([], { unreadMaxMs: 100 }),
      },
      (_request, response) => void response.writeHead(200).end(answer),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    /** What the server says of stream 1 last: its end, or a reset with this code. */
    const lastOf = (windowBytes: number): Promise<{ last: string; bytes: number }> =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
        let bytes = 0;
        let rest = Buffer.alloc(0);
        socket.on('error', reject);
        socket.on('data', (chunk) => {
          rest = Buffer.concat([rest, chunk]);
          while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
            const [length, type, flags] = [rest.readUIntBE(0, 3), rest[3], rest[4] ?? 0];
            const payload = rest.subarray(9, 9 + length);
            rest = rest.subarray(9 + length);
            if (type === 0) bytes += length;
            if (type === 3) resolve({ last: `reset ${payload.readUInt32BE(0)}`, bytes });
            if (type === 0 && flags & 1) resolve({ last: 'whole', bytes });
          }
        });
        const initialWindow = settingsFrame([4, windowBytes]);
        socket.write(Buffer.concat([greeting, initialWindow, frameOf(1, 5, 1, getRoot)]));
      });
    const [closed, open] = await Promise.all([lastOf(0), lastOf(65_535)]);
    expect([closed.last, closed.bytes]).to.deep.equal([`reset ${constants.NGHTTP2_CANCEL}`, 0]);
    expect([open.last, open.bytes]).to.deep.equal(['whole', answer.length]);
    const ended = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await ended;
  });
});
