import { expect, it } from 'vitest';
import { stationWire } from '../testing/station-wire.ts';
import { keepDraft } from './drafts.ts';

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

it('keeps what was typed while the station was away when it is back, the newest of each and once', async () => {
  const { station, sent, turn } = stationWire();
  const drafts = (): unknown[] =>
    sent.flatMap((message) => (message.t === 'call' && message.name === 'draft.save' ? [message.input] : []));
  void keepDraft(station, 'command', { text: 'D' });
  void keepDraft(station, 'command', { text: 'D M36' });
  void keepDraft(station, 'ask:x:note', null);
  await settle();
  expect(drafts()).toEqual([]);
  turn(true);
  await settle();
  expect(drafts()).toEqual([
    { key: 'command', value: { text: 'D M36' } },
    { key: 'ask:x:note', value: null },
  ]);
  // On its way when the station went: nobody knows whether it was kept. What was typed since counts.
  turn(false);
  void keepDraft(station, 'command', { text: 'D M36 104' });
  await settle();
  turn(true);
  await settle();
  expect(drafts().slice(2)).toEqual([
    { key: 'ask:x:note', value: null },
    { key: 'command', value: { text: 'D M36 104' } },
  ]);
});
