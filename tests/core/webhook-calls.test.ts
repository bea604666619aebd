import { expect } from 'chai';
import { type CoreWorld, inside, openCoreWorld } from './core-world.ts';

const at = '/admin/webhooks';
const good = { url: 'https://hooks.example/tickets', events: ['payment.completed'] };

describe('core: the calls of webhooks', () => {
  let world: CoreWorld;
  before(async () => {
    world = await openCoreWorld({ env: { WEBHOOK_ADDRESSES: 'public' } });
  });
  after(() => world.close());

  it('show the secret once, and change, list and forget', async () => {
    const made = await world.admin('POST', at, good);
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const { secret, ...shown } = made.body;
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).to.have.length(32);
    expect(shown).to.deep.include({ ...good, status: 'ACTIVE', pending: 0, disabledReason: null });
    const one = `${at}/${shown.webhookId}`;
    expect((await world.admin('GET', one)).body).to.deep.equal(shown);
    expect((await world.admin('GET', at)).body.items).to.deep.equal([shown]);
    const changed = await world.admin('PATCH', one, { status: 'DISABLED' });
    expect(changed.body).to.deep.equal({ ...shown, status: 'DISABLED' });
    expect((await world.admin('GET', `${one}/deliveries`)).body.items).to.deep.equal([]);
    expect((await world.admin('DELETE', one)).status).to.equal(204);
    expect((await world.admin('GET', one)).word).to.equal('404 not-found');
  });

  it('are the owner’s, and refuse what nothing may be sent to', async () => {
    const caller = inside('1');
    expect((await world.call('POST', at, { caller, body: good })).word).to.equal('403 forbidden');
    const urls = [
      'http://hooks.example/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/latest',
      'ftp://hooks.example/',
      'hooks.example',
    ];
    for (const url of urls) {
      const refused = await world.admin('POST', at, { ...good, url });
      expect(refused.word, url).to.equal('400 invalid-request');
    }
    const unknown = await world.admin('POST', at, { ...good, events: ['everything'] });
    expect(unknown.word).to.equal('400 invalid-request');
    for (const path of [`${at}/99`, `${at}/99/deliveries`])
      expect((await world.admin('GET', path)).word).to.equal('404 not-found');
    const lost = await world.admin('POST', `${at}/99/deliveries/1/redeliver`);
    expect(lost.word).to.equal('404 not-found');
  });
});
