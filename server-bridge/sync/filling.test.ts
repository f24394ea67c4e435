import { expect, it } from 'vitest';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import { createFilling } from './filling.ts';
import { SyncFailure } from './ports.ts';

const WANTED: EntityRef = 'incident:1';

it('asks again after a center that did not answer, says nothing of that, and tells of what could not be stored', async () => {
  const page: StreamPage = { epoch: 'e1', from: 0, items: [], keys: [], head: 0 };
  const answers: (() => StreamPage)[] = [
    () => {
      throw new SyncFailure('unreachable', 'connection refused');
    },
    () => page,
    () => page,
  ];
  const filled: string[] = [];
  const store = {
    wanting: () => (filled.length < 2 ? [WANTED] : []),
    fillEntity: (ref: string) => {
      filled.push(ref);
      if (filled.length === 1) throw new Error('disk full');
    },
  };
  const troubles: string[] = [];
  const filling = createFilling(
    store,
    { entity: async () => (answers.shift() as () => StreamPage)() },
    (_, error) => void troubles.push(String(error)),
  );
  const turn = async (): Promise<void> => {
    filling.fill();
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await turn();
  expect([filled, troubles]).toEqual([[], []]);
  await turn();
  expect([filled, troubles]).toEqual([[WANTED], ['Error: disk full']]);
  await turn();
  expect(filled).toEqual([WANTED, WANTED]);
  expect(troubles).toHaveLength(1);
});

it('goes on with the others where the center refuses one, and says of which kind it was', async () => {
  const page: StreamPage = { epoch: 'e1', from: 0, items: [], keys: [], head: 0 };
  const filled: string[] = [];
  const troubles: string[] = [];
  const filling = createFilling(
    {
      wanting: () => ['unit:1', 'incident:2', 'incident:3'],
      fillEntity: (ref) => void filled.push(ref),
    },
    {
      entity: async (ref) => {
        if (ref === 'unit:1') throw new SyncFailure('refused', 'It is too much.', 400);
        return page;
      },
    },
    (what) => void troubles.push(what),
  );
  filling.fill();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(filled).toEqual(['incident:2', 'incident:3']);
  expect(troubles).toEqual(['The center refused the facts of an older unit']);
});

it('fetches what comes to be wanted while another is being fetched right after that one', async () => {
  const page: StreamPage = { epoch: 'e1', from: 0, items: [], keys: [], head: 0 };
  const wanting: EntityRef[] = ['incident:1'];
  const asked: EntityRef[] = [];
  const first = Promise.withResolvers<StreamPage>();
  const filling = createFilling(
    {
      wanting: () => [...wanting],
      fillEntity: (ref) => void wanting.splice(wanting.indexOf(ref), 1),
    },
    {
      entity: (ref) => {
        asked.push(ref);
        return ref === 'incident:1' ? first.promise : Promise.resolve(page);
      },
    },
    () => undefined,
  );
  filling.fill();
  wanting.push('incident:2');
  filling.fill();
  first.resolve(page);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(asked).toEqual(['incident:1', 'incident:2']);
  expect(wanting).toEqual([]);
});

it('asks again at once after one that was not answered, where news came meanwhile: it may have waited while the center was away', async () => {
  const page: StreamPage = { epoch: 'e1', from: 0, items: [], keys: [], head: 0 };
  const wanting: EntityRef[] = [WANTED];
  const first = Promise.withResolvers<StreamPage>();
  let asked = 0;
  const filling = createFilling(
    { wanting: () => [...wanting], fillEntity: (ref) => void wanting.splice(wanting.indexOf(ref), 1) },
    { entity: () => (++asked === 1 ? first.promise : Promise.resolve(page)) },
    () => undefined,
  );
  filling.fill();
  // The center is back.
  filling.fill();
  first.reject(new SyncFailure('unreachable', 'The center did not answer in time.'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([asked, wanting]).toEqual([2, []]);
});

it('fetches the others next where the center fails at some of them each time', async () => {
  const page: StreamPage = { epoch: 'e1', from: 0, items: [], keys: [], head: 0 };
  const wanting: EntityRef[] = ['incident:1', 'incident:2', 'incident:3'];
  const filling = createFilling(
    {
      wanting: () => [...wanting],
      fillEntity: (ref) => void wanting.splice(wanting.indexOf(ref), 1),
    },
    {
      entity: async (ref) => {
        if (ref !== 'incident:3') throw new SyncFailure('unreachable', 'The center answered 500.', 500);
        return page;
      },
    },
    () => undefined,
  );
  for (let n = 0; n < 3; n++) {
    filling.fill();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(wanting).toEqual(['incident:1', 'incident:2']);
});
