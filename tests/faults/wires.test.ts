import { expect } from 'chai';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from '../harness/eventually.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';

describe('the wires of the faults', () => {
  let echo: Server;
  let wire: TcpProxy;
  let client: Socket;
  let heard: string;
  beforeEach(async () => {
    echo = createServer((socket) => socket.pipe(socket).on('error', () => undefined));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as AddressInfo;
    wire = await createTcpProxy({ host: '127.0.0.1', port });
    client = connect(wire.port, '127.0.0.1');
    client.setNoDelay(true);
    heard = '';
    client.on('data', (chunk) => (heard += chunk.toString()));
    await once(client, 'connect');
  });
  afterEach(async () => {
    client.destroy();
    await wire.close();
    echo.close();
  });

  const hears = (words: string) => eventually(() => expect(heard).to.equal(words));

  async function roundTrip(): Promise<void> {
    const { port } = echo.address() as AddressInfo;
    const straight = connect(port, '127.0.0.1');
    straight.write('there');
    await once(straight, 'data');
    straight.destroy();
  }

  it('keep the order of what they carry, also when they become quick again', async () => {
    client.write('1');
    await hears('1');
    wire.slow(300);
    client.write('2');
    // Straight there and back: the answer to 2 has come to the wire by then, and waits in it.
    await roundTrip();
    wire.mend();
    client.write('3');
    await roundTrip();
    client.write('4');
    await hears('1234');
  });

  it('keep it while they carry a few bytes at a time', async () => {
    const words = Array.from({ length: 40 }, (_, index) => `word ${index};`).join('');
    wire.trickle();
    client.write(words);
    await eventually(() => expect(heard).to.have.length.above(40));
    wire.mend();
    client.write('end');
    await hears(`${words}end`);
  });
});
