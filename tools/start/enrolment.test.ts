import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { askCenter } from './enrolment.ts';

let answer: { readonly status: number; readonly text: string };
const server = createServer((_, response) => response.writeHead(answer.status).end(answer.text));
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const asked = async (status: number, text: string): Promise<string> => {
  answer = { status, text };
  return askCenter(url, '/v1/sites', z.object({ sites: z.array(z.string()) }), {}).then(
    (value) => JSON.stringify(value),
    (error: Error) => error.message,
  );
};

it('says what the center said, whole, and of what is no center that it is none', async () => {
  expect(await asked(200, '{"sites":["a"]}')).toBe('{"sites":["a"]}');
  const detail = 'There is a site "Harbor" already; choose another name.';
  expect(await asked(422, JSON.stringify({ code: 'site.known', detail }))).toBe(`The center refused: ${detail}`);
  for (const [status, text] of [
    [200, '<html>'],
    [200, '{"sites":1}'],
    [502, 'Bad gateway'],
  ] as const)
    expect(await asked(status, text)).toContain(`What answers at ${url} is no center of this version`);
});
