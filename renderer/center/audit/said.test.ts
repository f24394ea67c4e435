import { describe, expect, it } from 'vitest';
import { actorSaid, checkpointsSaid, differences, entrySaid } from './said.ts';

describe('an entry of the audit', () => {
  it('says what was done to what', () => {
    expect(entrySaid({ op: 'update', table: 'identity.person', after: {} })).toBe('changed person');
    expect(entrySaid({ op: 'act', table: 'identity.person', after: { act: 'sign-in refused' } })).toBe(
      'sign-in refused · person',
    );
    expect(entrySaid({ op: 'read', table: 'audit.entry', after: { act: 'export' } })).toBe('export · audit');
    expect(entrySaid({ op: 'read', table: 'cad.incident', after: null })).toBe('read incident');
    expect(entrySaid({ op: 'insert', table: 'identity.totp', after: {} })).toBe('made authenticator app');
    expect(entrySaid({ op: 'insert', table: 'keys.inner', after: {} })).toBe('made key under the organisation’s');
  });
  it('names who it was', () => {
    const names = new Map([
      ['p1', 'Ada'],
      ['s1', 'Console 1'],
    ]);
    expect(['p1', 'station:s1', 'center', 'operator', null, 'p9'].map((actor) => actorSaid(actor, names))).toEqual([
      'Ada',
      'workstation Console 1',
      'the center',
      'the operator',
      'nobody known',
      'p9',
    ]);
  });
  it('shows what became different and nothing else', () => {
    expect(differences({ name: 'A', roles: ['x'], same: 1 }, { name: 'B', roles: ['x'], same: 1 })).toEqual([
      { field: 'name', before: 'A', after: 'B' },
    ]);
    expect(differences(null, { name: 'B', gone: null })).toEqual([{ field: 'name', before: null, after: 'B' }]);
    expect(differences(null, null)).toEqual([]);
  });
});

describe('what the audit was held against outside', () => {
  it('is named by how far it goes in the chain, which is a position and no time', () => {
    expect(checkpointsSaid({ held: 20, newest: 53, unreadable: 0 })).toBe(
      'It agrees with 20 checkpoints kept outside, the furthest at position 53.',
    );
  });
  it('is owned up to where there was nothing, or something strange', () => {
    expect(checkpointsSaid({ held: 0, newest: null, unreadable: 2 })).toBe(
      'No checkpoint was there to hold it against: that nothing was cut off is not shown. 2 lines of the checkpoints cannot be read, or are not the center’s.',
    );
  });
});
