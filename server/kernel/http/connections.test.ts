import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { boundConnections, speaksForMany } from './connections.ts';

it('keeps one address from holding more connections than it is given, and serves the others meanwhile', async () => {
  const server = createServer((_request, response) => response.end('served'));
  boundConnections(server, () => false, 20);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const closed = new Set<Socket>();
  const open = (localAddress: string): Socket => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined).once('close', () => closed.add(socket));
    return socket;
  };
  const ask = (localAddress: string): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const socket = open(localAddress).setEncoding('utf8');
      socket.on('data', (part: string) => {
        text += part;
      });
      socket.once('close', () => resolve(text));
      socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    });
  const silent = Array.from({ length: 200 }, () => open('127.0.0.7'));
  await expect.poll(() => silent.filter((socket) => closed.has(socket)).length).toBe(180);
  expect(await ask('127.0.0.7')).toBe('');
  expect(await ask('127.0.0.8')).toContain('served');
  for (const socket of silent) socket.destroy();
  await expect.poll(() => ask('127.0.0.7')).toContain('served');
  server.closeAllConnections();
  server.close();
});

it('counts nobody who speaks for many: a proxy that is named, and this machine', () => {
  const exempt = speaksForMany(['203.0.113.9', '10.0.0.0/8', '2001:db8::/32', 'linklocal']);
  for (const address of ['203.0.113.9', '10.9.9.9', '2001:db8::7', 'fe80::1', '127.0.0.1', '::1', '::ffff:10.0.0.1'])
    expect(exempt(address), address).toBe(true);
  for (const address of ['203.0.113.8', '11.0.0.1', '2001:db9::7', '192.168.0.1', ''])
    expect(exempt(address), address).toBe(false);
});
