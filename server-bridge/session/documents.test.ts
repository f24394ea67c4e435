import { expect, it } from 'vitest';
import { StoreFailure } from '../store/state.ts';
import { testSite } from '../store/testing/site.ts';
import { SyncFailure } from '../sync/ports.ts';
import { createDocuments } from './documents.ts';

const PDF = { media: 'application/pdf', body: Buffer.from('%PDF-1.7') };

function desk() {
  const store = testSite().open('a');
  let center: () => Promise<typeof PDF> = async () => PDF;
  const documents = createDocuments(store, () => center());
  return {
    open: async (token: string | null = 'token') => {
      const answer = await documents.open('r1', token);
      return answer.ok ? answer.value.media : [answer.refusal.code, answer.refusal.message];
    },
    says: (failure: SyncFailure) => {
      center = () => Promise.reject(failure);
    },
    kept: () => store.values('document', 'center').size,
  };
}
const AWAY = new SyncFailure('unreachable', 'The center does not answer.');

it('a document that was opened can be opened without the center, one that was not says so', async () => {
  const { open, says } = desk();
  says(AWAY);
  expect(await open()).toEqual([
    'document.unavailable',
    'The center is not reached, and this document is not kept here.',
  ]);
  const read = desk();
  expect(await read.open()).toBe('application/pdf');
  read.says(AWAY);
  expect(await read.open()).toBe('application/pdf');
  expect(await read.open(null)).toBe('application/pdf');
});

it('what the center refuses is said in its words; what it says was erased is not kept either', async () => {
  const { open, says, kept } = desk();
  await open();
  says(new SyncFailure('refused', 'Your role does not read this.', 403, 'permission.refused'));
  expect(await open()).toEqual(['permission.refused', 'Your role does not read this.']);
  expect(kept()).toBe(1);
  says(new SyncFailure('refused', 'This document was erased with what it is about.', 410, 'document.erased'));
  expect(await open()).toEqual(['document.erased', 'This document was erased with what it is about.']);
  expect(kept()).toBe(0);
  says(AWAY);
  expect(await open()).toMatchObject(['document.unavailable', expect.any(String)]);
});

it('a document is shown on a full disk, where it cannot be kept', async () => {
  const store = testSite().open('a');
  const full = {
    ...store,
    saveValue: () => {
      throw new StoreFailure('disk full');
    },
  };
  const opened = await createDocuments(full, async () => PDF).open('r1', 'token');
  expect(opened).toMatchObject({ ok: true, value: { media: 'application/pdf' } });
  const erased = new SyncFailure('refused', 'This document was erased.', 410, 'document.erased');
  expect(await createDocuments(full, () => Promise.reject(erased)).open('r1', 'token')).toMatchObject({
    ok: false,
    refusal: { code: 'document.erased' },
  });
});

it('of a document that there was no room for in the end nothing stays that nobody would ever take away', async () => {
  for (let nth = 1; nth <= 2; nth++) {
    const store = testSite().open('a');
    let saves = 0;
    const filling = {
      ...store,
      saveValue: (...args: Parameters<typeof store.saveValue>) => {
        if (++saves === nth) throw new StoreFailure('disk full');
        store.saveValue(...args);
      },
    };
    await createDocuments(filling, async () => PDF).open('r1', 'token');
    const named = Object.keys((store.value('setting', 'center', 'documents') ?? {}) as object);
    for (const kept of store.values('document', 'center').keys()) expect(named).toContain(kept);
  }
});
