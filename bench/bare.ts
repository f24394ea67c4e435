/** Fastify with nothing before it: answers the row it was started with. */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';

const row: unknown = JSON.parse(process.argv[2] ?? '{}');
const app = Fastify();
app.get('/', async () => row);
await app.listen({ host: '127.0.0.1', port: 0 });
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.stdout.write(`ready ${JSON.stringify({ port: (app.server.address() as AddressInfo).port })}\n`);
