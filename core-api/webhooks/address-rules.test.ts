import { expect } from 'chai';
import { addressOf, isPublicAddress } from './address-rules.ts';

const inner = `0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.0.9 169.254.169.254 172.16.0.1
  172.31.255.255 192.168.1.1 192.0.0.8 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1
  ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::7f00:1 64:ff9b::7f00:1 fc00::1 fd12::1 fe80::1 fec0::1 ff02::1
  2001:db8::1 2002:7f00:1:: 2001::1 nonsense`.split(/\s+/);
const outer = '8.8.8.8 172.32.0.1 100.128.0.1 193.99.144.80 2606:4700::1111 2a00:1450::1'.split(
  ' ',
);

describe('addresses that webhooks may go to', () => {
  it('are those of the public internet', () => {
    expect(inner.filter(isPublicAddress)).to.deep.equal([]);
    expect(outer.filter((address) => !isPublicAddress(address))).to.deep.equal([]);
  });

  it('are recognised however a URL writes them', () => {
    const hosts = ['127.1', '0x7f.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0177.0.0.1'];
    for (const host of hosts) {
      const address = addressOf(new URL(`http://${host}/`).hostname);
      expect(address, host).to.be.a('string');
      expect(isPublicAddress(String(address)), host).to.equal(false);
    }
    expect(addressOf('example.com')).to.equal(undefined);
  });
});
