import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { certificate } from '../../server/kernel/http/testing/certificate.ts';
import { noAnswerFrom } from './no-answer.ts';

const failed = (address: string): Promise<unknown> =>
  fetch(address, { signal: AbortSignal.timeout(500) }).then(
    () => null,
    (error: unknown) => error,
  );

it('says of a center what keeps a command from it: its certificate, that nobody is there, or that it takes its time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-no-answer-'));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await certificate('center', files);
  const server = createServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const own = `https://localhost:${port}`;
  try {
    expect(noAnswerFrom(own, await failed(own))).toMatch(
      /^What answers at \S+ shows a certificate that this machine does not take \(\w+\): name your own authority by NODE_EXTRA_CA_CERTS=FILE,/,
    );
  } finally {
    server.close();
    await once(server, 'close');
    rmSync(folder, { recursive: true });
  }
  expect(noAnswerFrom(own, await failed(own))).toBe(
    `There is no answer from ${own} (ECONNREFUSED): see that the center runs, or name another with --center.`,
  );
  expect(noAnswerFrom(own, new DOMException('late', 'TimeoutError'))).toContain('took too long to answer');
});
