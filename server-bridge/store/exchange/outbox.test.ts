import { expect, it } from 'vitest';
import type { RequestIn, RequestOut } from '../../../domain/wire/sync.ts';
import { testSite } from '../testing/site.ts';

const request = (id: string): RequestIn => ({
  id,
  kind: 'record.put',
  session: null,
  by: 'u1',
  madeAt: 1,
  input: { id },
});
const answer = (id: string, state: RequestOut['state']): RequestOut => ({
  id,
  state,
  decision: { verdict: 'ALLOW', rules: [], next: [] },
  result: null,
});

it('keeps requests in order, through failures and a restart, until they are answered', () => {
  const site = testSite();
  const store = site.open('a');
  store.putRequest(request('1'), 'unit:1');
  store.putRequest(request('2'), 'unit:1');
  store.putRequest(request('3'), null);
  store.putRequest(request('3'), null);
  const waiting = (): string[] => store.requests(['waiting']).map(({ id }) => id);
  expect(waiting()).toEqual(['1', '2', '3']);
  store.requestFailed('1', 'unreachable', 500);
  const again = site.reopen('a', store.serialize());
  expect(again.requests()).toEqual(store.requests());
  again.requestAnswered(answer('1', 'refused'));
  expect(again.requests(['waiting']).map(({ id }) => id)).toEqual(['2', '3']);
  again.requestAnswered(answer('2', 'accepted'));
  again.requestAnswered(answer('2', 'refused'));
  again.withdrawRequest('3');
  expect(again.requests()).toMatchObject([
    { id: '1', state: 'refused', attempts: 1, lastError: 'unreachable', answer: { state: 'refused' } },
    { id: '2', state: 'accepted' },
    { id: '3', state: 'withdrawn' },
  ]);
  expect(again.requests(['waiting'])).toEqual([]);
});

it('forgets with the facts of their time what came to its end, and nothing that somebody may still have to look at', () => {
  const site = testSite();
  const store = site.open('a');
  for (const id of ['accepted', 'refused', 'withdrawn', 'waiting']) store.putRequest(request(id), null);
  store.putRequest({ ...request('young'), madeAt: site.now }, null);
  for (const id of ['accepted', 'young']) store.requestAnswered(answer(id, 'accepted'));
  store.requestAnswered(answer('refused', 'refused'));
  store.withdrawRequest('withdrawn');
  store.prune(site.now);
  expect(store.requests().map(({ id }) => id)).toEqual(['refused', 'waiting', 'young']);
});

it('keeps no more than the last refusal of what the station asks by itself, and asks again by itself', () => {
  const store = testSite().open('a');
  const own = (id: string, entity: string): void => {
    store.putRequest({ ...request(id), kind: 'numbers.lease', by: null }, entity);
    store.requestAnswered(answer(id, 'refused'));
  };
  store.putRequest(request('somebody’s'), 'lease:2026');
  store.requestAnswered(answer('somebody’s', 'refused'));
  for (const id of ['1', '2', '3']) own(id, 'lease:2026');
  own('4', 'lease:2027');
  expect(store.requests().map(({ id }) => id)).toEqual(['somebody’s', '3', '4']);
});

it('keeps drafts, layouts and grants', () => {
  const site = testSite();
  const store = site.open('a');
  store.saveValue('draft', 'p1', 'intake', { location: 'Main' });
  store.saveValue('draft', 'p1', 'other', 1);
  store.saveValue('draft', 'p1', 'other', null);
  store.saveValue('layout', 'p1', 'intake', 'x');
  const grant = {
    id: 'g1',
    org: 'o',
    site: 's',
    station: 'a',
    session: 's1',
    user: 'u1',
    login: 'u',
    name: 'U',
    roles: [],
    issuedAt: 1,
    expiresAt: Number.MAX_SAFE_INTEGER,
    sig: '',
  };
  store.saveGrant(grant, 'v1');
  store.saveGrant({ ...grant, id: 'g2', issuedAt: grant.issuedAt + 1 }, 'v2');
  store.saveGrant({ ...grant, id: 'g3', issuedAt: grant.issuedAt + 2 }, 'v3');
  const again = site.reopen('a', store.serialize());
  expect([...again.values('draft', 'p1')]).toEqual([['intake', { location: 'Main' }]]);
  expect(again.value('layout', 'p1', 'intake')).toBe('x');
  // The session's first, for what was written under it, and the newest, which opens.
  expect(again.grants()).toEqual([
    { grant, verifier: '' },
    { grant: { ...grant, id: 'g3', issuedAt: grant.issuedAt + 2 }, verifier: 'v3' },
  ]);
});
