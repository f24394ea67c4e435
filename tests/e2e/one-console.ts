import { afterAll, afterEach, beforeAll } from 'vitest';
import { DEMO_SIGN_IN } from '../../tools/start/demo.ts';
import type { Console } from './console.ts';
import { openRoom, pictures, type Room } from './room.ts';

/**
 * For the tests of a file: a room of one workstation, its console signed in. Opened before them, closed after them, and
 * pictured where one fails. What it returns can be used inside the tests.
 */
export function oneConsole(): Console {
  let room: Room | undefined;
  beforeAll(async () => {
    room = await openRoom({ stations: ['A'] });
    await at.signIn(DEMO_SIGN_IN.user, DEMO_SIGN_IN.password);
  });
  afterEach(pictures(() => room));
  afterAll(() => room?.close());
  const at = new Proxy({} as Console, {
    get: (_, key) => {
      const console = room?.stations[0]?.console;
      if (!console) throw new Error('The room is not open outside the tests.');
      return Reflect.get(console, key);
    },
  });
  return at;
}
