import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openApiFile } from '../../scripts/openapi.ts';
import { call } from './call.ts';
import { type Edge, startEdge } from './edge.ts';

describe('the documents of the gateway', () => {
  let edge: Edge;
  before(async () => {
    edge = await startEdge();
  });
  after(() => edge.close());

  it('serves the committed OpenAPI document, and 304 when it is known', async () => {
    const answer = await call(`${edge.url}/openapi.json`);
    expect(answer.text === readFileSync(openApiFile, 'utf8')).to.equal(true);
    expect(answer.headers['content-type']).to.equal('application/json');
    expect(answer.headers['content-length'], 'not made anew in pieces for each').to.equal(
      String(Buffer.byteLength(answer.text)),
    );
    const again = await call(`${edge.url}/openapi.json`, {
      headers: { 'if-none-match': String(answer.headers['etag']) },
    });
    expect([again.status, again.text]).to.deep.equal([304, '']);
  });

  it('serves a viewer whose every file is its own and which runs no inline script', async () => {
    const page = await call(`${edge.url}/docs`);
    expect(page.status).to.equal(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).to.contain("default-src 'none'").and.to.contain("script-src 'self';");
    expect(policy).not.to.contain('unsafe');
    expect(page.text).not.to.match(/<script>|<style|\son\w+=|https?:/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
    expect(files.length).to.equal(4);
    for (const file of files) {
      const answer = await call(`${edge.url}${file}`);
      expect(answer.status, file).to.equal(200);
      expect(answer.headers['x-content-type-options']).to.equal('nosniff');
      expect(answer.headers['content-type'], file).to.match(/^(text\/(css|javascript)|image\/png)/);
    }
  });

  it('has no other files', async () => {
    for (const file of ['package.json', 'index.html', 'swagger-ui.js.map', 'constructor'])
      expect((await call(`${edge.url}/docs/${file}`)).status, file).to.equal(404);
  });

  it('publishes the public keys and never a private one', async () => {
    const answer = await call(`${edge.url}/.well-known/jwks.json`);
    const keys = answer.json['keys'] as Record<string, unknown>[];
    expect(keys.length, 'of access and active tokens, receipts and tickets').to.equal(4);
    const [access, ...others] = keys;
    expect(access).to.include({ kty: 'RSA', use: 'sig', alg: 'RS256' });
    expect(Object.keys(access ?? {})).to.have.members(['kty', 'n', 'e', 'kid', 'use', 'alg']);
    for (const key of others) {
      expect(key).to.include({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' });
      expect(Object.keys(key)).to.have.members(['kty', 'crv', 'x', 'y', 'kid', 'use', 'alg']);
    }
  });

  it('tells whether it lives and whether it could serve', async () => {
    const live = await call(`${edge.url}/health/live`);
    expect(live.json).to.deep.equal({ status: 'ok' });
    const ready = await call(`${edge.url}/health/ready`);
    expect(ready.json).to.deep.equal({
      status: 'ok',
      checks: { redis: 'ok', core: 'ok', process: 'ok' },
    });
    edge.core.answer = (_request, response) => response.writeHead(503).end();
    const down = await call(`${edge.url}/health/ready`);
    expect([down.status, down.json.code]).to.deep.equal([503, 'unavailable']);
    expect(down.json['checks']).to.deep.equal({ redis: 'ok', core: 'down', process: 'ok' });
  });
});
