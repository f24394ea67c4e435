import { describe, expect, it } from 'vitest';
import { incidentRowOf } from '../../testing/rows.ts';
import { callsSaid } from './calls-said.ts';

describe('new calls in words', () => {
  it('say which, what and where, and leave out what is not known', () => {
    const location = { text: '55 LAGUNA ST', detail: 'lobby' };
    expect(callsSaid([incidentRowOf('26-00002', { priority: '1', location })])).toBe(
      'New call 26-00002, priority 1, Fall, 55 LAGUNA ST, lobby.',
    );
    expect(callsSaid([incidentRowOf('26-00003', { priority: null, location: { text: 'PIER 39' } })])).toBe(
      'New call 26-00003, no priority, Fall, PIER 39.',
    );
    expect(callsSaid([])).toBe('');
  });

  it('are the most urgent first, one without a priority among them, the longest waiting of those, and counted where there are many', () => {
    const calls = [
      incidentRowOf('26-00001', { priority: '3', readyAt: 1 }),
      incidentRowOf('26-00002', { priority: '1', readyAt: 9 }),
      incidentRowOf('26-00003', { priority: '1', readyAt: 2 }),
      incidentRowOf('26-00004', { priority: null, readyAt: 4 }),
      incidentRowOf('26-00005', { priority: '4', readyAt: 0 }),
    ];
    expect(callsSaid(calls)).toBe(
      'New call 26-00003, priority 1, Fall, LARKIN ST. New call 26-00004, no priority, Fall, LARKIN ST. ' +
        'New call 26-00002, priority 1, Fall, LARKIN ST. 2 more new calls.',
    );
    expect(callsSaid(calls.slice(0, 4))).toContain(' 1 more new call.');
  });
});
