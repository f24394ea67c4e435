import { describe, expect, it } from 'vitest';
import type { ReachRow } from '#domain/bridge/topics.ts';
import { driftSaid, reachNamed, reachSentence } from './reach-sentence.ts';

const NOW = 1_700_000_000_000;
const reach = (over: Partial<ReachRow>): ReachRow => ({
  center: 'reached',
  since: NOW - 751_000,
  refusal: null,
  peers: [],
  factsWaiting: 0,
  requestsWaiting: 0,
  requestsRefused: 0,
  behind: 0,
  clockOffset: 0,
  clockUncertainty: 20,
  station: 's',
  stationName: 'Console 1',
  site: 'Harbor',
  timeZone: 'UTC',
  keySlots: [],
  older: [],
  store: { state: 'open', setAside: null },
  ...over,
});
const said = (row: ReachRow | null, connected = true) => {
  const { tone, lead, rest } = reachSentence(row, connected, NOW, 'UTC');
  return `${tone}: ${lead} — ${rest}`;
};

describe('the sentence of reach', () => {
  it('is calm while all is well', () => expect(said(reach({}))).toBe('calm: Center reached — '));
  it('says an outage with its age, what waits and who is reached', () => {
    const peers = [
      { station: 'b', name: 'B', reached: true },
      { station: 'c', name: 'C', reached: false },
    ];
    expect(said(reach({ center: 'unreachable', factsWaiting: 41, requestsWaiting: 2, peers }))).toBe(
      'amber: Center unreachable 12:31 — working locally · 41 facts, 2 requests waiting · 1 of 2 peers reached',
    );
    expect(said(reach({ center: 'never', factsWaiting: 1 }))).toBe(
      'amber: Center not reached yet — working locally · 1 fact waiting',
    );
  });
  it('names who is reached and who is not, for whoever has to tell them by voice', () => {
    const peers = [
      { station: 'c', name: 'Fire 2', reached: false },
      { station: 'b', name: 'Console 3', reached: true },
      { station: 'd', name: 'Console 2', reached: true },
    ];
    const away = reach({ center: 'unreachable', peers });
    expect(reachNamed(away)).toEqual({ reached: ['Console 2', 'Console 3'], missing: ['the center', 'Fire 2'] });
    expect(reachNamed(reach({ peers }))).toEqual({
      reached: ['the center', 'Console 2', 'Console 3'],
      missing: ['Fire 2'],
    });
    expect(reachNamed(reach({ center: 'refused' }))).toEqual({ reached: [], missing: ['the center'] });
    expect(reachSentence(away, true, NOW, 'UTC').more).toBe(
      'since 22:00 · reaches Console 2, Console 3 · does not reach the center, Fire 2',
    );
  });
  it('says of an outage what it is where nobody but the operator can end it', () => {
    const refusal = 'Whoever answers at the center’s address shows a certificate that this workstation does not take.';
    expect(said(reach({ center: 'unreachable', refusal, factsWaiting: 3 }))).toBe(
      `amber: Center unreachable 12:31 — working locally · 3 facts waiting · ${refusal}`,
    );
  });
  it('says that the center refuses the workstation, and why: that is no outage, and nothing here ends it', () => {
    const refusal = 'This workstation is not known here or was revoked; enrol it again with a new code.';
    expect(said(reach({ center: 'refused', refusal, factsWaiting: 3 }))).toBe(
      'amber: Center refuses this workstation 12:31 — working locally · 3 facts waiting · This workstation is not known here or was revoked; enrol it again with a new code.',
    );
  });
  it('says a return until it has caught up, and refused requests', () => {
    expect(said(reach({ behind: 1 }))).toBe('calm: Center back — catching up, 1 entry to go');
    expect(said(reach({ behind: 120 }))).toBe('calm: Center back — catching up, 120 entries to go');
    expect(said(reach({ requestsRefused: 1 }))).toBe('amber: 1 request refused — see Requests');
  });
  it('says before the center that the store lies nowhere that a start would find it', () => {
    const store = { state: 'astray', setAside: null } as const;
    expect(said(reach({ store }))).toBe('bad: Store not in its folder — do not stop this workstation · Center reached');
    expect(said(reach({ store, center: 'unreachable', factsWaiting: 2 }))).toContain(
      ' · Center unreachable 12:31 · 2 facts waiting',
    );
  });
  it.each([
    ['disk full', 'Disk full'],
    ['unwritable', 'Disk cannot be written'],
  ] as const)(
    'says before the center that the disk takes nothing (%s): nobody may have tried to enter anything',
    (state, lead) => {
      const store = { state, setAside: null };
      expect(said(reach({ store }))).toBe(`bad: ${lead} — nothing is recorded here · Center reached`);
      expect(reachSentence(reach({ store }), true, NOW, 'UTC').more).toContain('work at another console');
    },
  );
  it('says before all else that the station itself is gone', () =>
    expect(said(reach({}), false)).toContain('bad: Station not answering'));
});

describe('the drift of the clock', () => {
  it('is an uncertainty while it agrees, and the drift itself where it does not', () => {
    expect(driftSaid(reach({ clockOffset: 4 }))).toBe('clock ±0.02 s');
    expect(driftSaid(reach({ clockOffset: -750 }))).toBe('clock 0.75 s fast, corrected');
    expect(driftSaid(reach({ clockOffset: 130_000 }))).toBe(
      'this computer’s clock is 130 s slow — times are corrected',
    );
  });
});
