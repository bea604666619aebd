import { expect } from 'chai';
import { call } from './call.ts';
import { type Edge, startEdge } from './edge.ts';
import { rawRequest, sendRaw } from './raw.ts';

describe('what a browser is told', () => {
  let edge: Edge;
  const page = 'https://tickets.example';
  before(async () => {
    edge = await startEdge({ CORS_ORIGINS: `${page},http://localhost:5173` });
  });
  after(() => edge.close());

  const preflight = (origin: string) =>
    sendRaw(
      edge.port,
      rawRequest('OPTIONS /points/charges HTTP/1.1', [
        `Origin: ${origin}`,
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Headers: authorization, idempotency-key',
      ]),
    );

  it('answers the question of a page on the list, and sends nothing to the core', async () => {
    edge.core.requests = [];
    const answer = await preflight(page);
    expect(answer.status).to.equal(204);
    expect(answer.headers).to.include({ 'access-control-allow-origin': page, vary: 'origin' });
    expect(answer.headers['access-control-allow-headers']).to.contain('idempotency-key');
    expect(answer.headers).not.to.have.property('access-control-allow-credentials');
    expect(edge.core.requests).to.deep.equal([]);
  });

  const strangers = [
    'https://evil.example',
    'https://tickets.example.evil.example',
    'http://tickets.example',
    'https://tickets.example:8443',
    'null',
    '*',
  ];
  for (const origin of strangers) {
    it(`tells ${origin} nothing`, async () => {
      const asked = await preflight(origin);
      expect(asked.status).to.equal(405);
      const read = await call(`${edge.url}/concerts`, { headers: { origin } });
      expect(read.status).to.equal(200);
      for (const headers of [asked.headers, read.headers])
        expect(headers).not.to.have.property('access-control-allow-origin');
      expect(read.headers['vary'], 'a cache must not mix them up').to.equal('origin');
    });
  }

  it('lets a page on the list read forwarded answers and problems', async () => {
    for (const path of ['/concerts', '/points', '/nowhere', '/openapi.json']) {
      const { headers } = await call(`${edge.url}${path}`, { headers: { origin: page } });
      expect(headers['access-control-allow-origin'], path).to.equal(page);
      expect(headers['access-control-expose-headers'], path).to.contain('retry-after');
    }
  });

  it('keeps personal answers of accounts apart', async () => {
    edge.core.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'private' });
      response.end('{}');
    };
    const authorization = `Bearer ${edge.accessToken('7')}`;
    const { headers } = await call(`${edge.url}/points`, { headers: { authorization } });
    expect(headers['vary']).to.equal('origin, authorization, x-queue-token');
  });

  it('sends the same security headers with every kind of answer', async () => {
    const authorization = `Bearer ${edge.accessToken('7')}`;
    const answers = [
      await call(`${edge.url}/points`, { headers: { authorization } }),
      await call(`${edge.url}/health/live`),
      await call(`${edge.url}/nowhere`),
      await call(`${edge.url}/concerts/%2e%2e%2fx`),
    ];
    for (const { headers } of answers) {
      expect(headers).to.include({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).to.equal(
        "default-src 'none'; frame-ancestors 'none'",
      );
      expect(headers).not.to.have.any.keys('x-powered-by', 'server');
    }
  });
});
