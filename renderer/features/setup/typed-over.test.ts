import { describe, expect, it } from 'vitest';
import { beginOver, chooseOver, followOver, goOnOver, saveOver, typeOver } from './typed-over.ts';

const BEGIN = { callsign: 'M36', kind: 'ambulance', home: 'st-36' };

describe('what is typed over a record that somebody else saves', () => {
  it('stays where it was touched, and both stand until one is chosen', () => {
    const typing = typeOver(beginOver(BEGIN), 'callsign', 'M37');
    const met = followOver(typing, { ...BEGIN, callsign: 'M38' });
    expect(met.typed.callsign).toBe('M37');
    expect(met.stands.callsign).toBe('M38');
    expect(met.against).toEqual(['callsign']);
    expect(chooseOver(met, 'callsign', 'mine')).toMatchObject({ typed: { callsign: 'M37' }, against: [] });
    expect(chooseOver(met, 'callsign', 'theirs')).toMatchObject({ typed: { callsign: 'M38' }, against: [] });
    // Typed as theirs is, there is nothing to choose; typed on, there still is.
    expect(typeOver(met, 'callsign', 'M38').against).toEqual([]);
    expect(typeOver(met, 'callsign', 'M3').against).toEqual(['callsign']);
  });

  it('follows where nothing was touched, and says so until it is typed into', () => {
    const typing = typeOver(beginOver(BEGIN), 'callsign', 'M37');
    const met = followOver(typing, { ...BEGIN, kind: 'engine' });
    expect(met).toMatchObject({ typed: { callsign: 'M37', kind: 'engine' }, followed: ['kind'], against: [] });
    expect(typeOver(met, 'kind', 'tanker').followed).toEqual([]);
  });

  it('goes on where it was left off: against what it stood, and against what was saved while nobody had it open', () => {
    const met = followOver(typeOver(beginOver(BEGIN), 'callsign', 'M37'), { ...BEGIN, callsign: 'M38' });
    const on = goOnOver(met.typed, met.stands, ['callsign', 'gone']);
    expect(followOver(on, met.stands)).toMatchObject({ typed: { callsign: 'M37' }, against: ['callsign'] });
    const later = followOver(goOnOver({ ...BEGIN, callsign: 'M37' }, BEGIN, ['']), {
      callsign: 'M39',
      kind: 'engine',
      home: 'st-36',
    });
    expect(later).toMatchObject({
      typed: { callsign: 'M37', kind: 'engine' },
      against: ['callsign'],
      followed: ['kind'],
    });
  });

  it('is the same while nothing is new, and stands against nothing that both typed alike', () => {
    const typing = typeOver(beginOver(BEGIN), 'callsign', 'M37');
    expect(followOver(typing, { ...BEGIN })).toBe(typing);
    expect(followOver(typing, { ...BEGIN, callsign: 'M37' }).against).toEqual([]);
  });

  it('still asks after a second save, and not once that is as it was typed', () => {
    const met = followOver(typeOver(beginOver(BEGIN), 'callsign', 'M37'), { ...BEGIN, callsign: 'M38' });
    expect(followOver(met, { ...BEGIN, callsign: 'M39' })).toMatchObject({
      against: ['callsign'],
      stands: { callsign: 'M39' },
    });
    expect(followOver(met, { ...BEGIN, callsign: 'M37' }).against).toEqual([]);
    const mine = chooseOver(met, 'callsign', 'mine');
    expect(followOver(mine, { ...BEGIN, callsign: 'M40' }).against).toEqual(['callsign']);
  });

  it('is what was saved, and nothing of that is said to be somebody else’s, before and after it is heard of', () => {
    const saved = saveOver(typeOver(beginOver(BEGIN), 'callsign', ' m37 '), { ...BEGIN, callsign: 'M37' });
    expect(saved).toMatchObject({ typed: { callsign: 'M37' }, followed: [], against: [] });
    expect(followOver(saved, BEGIN)).toBe(saved);
    const heard = followOver(saved, { ...BEGIN, callsign: 'M37' });
    expect(heard).toMatchObject({ typed: { callsign: 'M37' }, followed: [], against: [] });
    // Undone by somebody else, that is news.
    expect(followOver(heard, BEGIN)).toMatchObject({ typed: { callsign: 'M36' }, followed: ['callsign'] });
  });

  it('compares lists by what is in them', () => {
    const roles = beginOver({ roles: ['admin'] });
    expect(followOver(roles, { roles: ['admin'] })).toBe(roles);
    expect(followOver(roles, { roles: ['admin', 'biller'] }).typed.roles).toEqual(['admin', 'biller']);
  });
});
