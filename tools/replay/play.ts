/** Plays the steps of a day through a station's bridge, each carrying when it happened. */
import type { IncidentFields } from '../../domain/cad/facts.ts';
import { type BridgeClient, Refused } from '../bridge/client.ts';
import { ELEMENT } from './held.ts';
import type { Step } from './plan.ts';
import type { DispatchRecord } from './records.ts';
import { codeOf, priorityOf } from './roster.ts';
import type { SiteNames } from './set-up.ts';

/** A step that the station refused although the row could be read. */
export interface Failed {
  readonly line: number;
  readonly what: string;
  readonly reason: string;
}

export interface Played {
  readonly steps: number;
  readonly failed: readonly Failed[];
}

/** Times of the call itself, which every row of it repeats. */
const CALL_TIMES = [
  ['received', 'psapCall'],
  ['entry', 'dispatchNotified'],
] as const;

/** What a call taker would have written down of the call. */
export function fieldsOf(record: DispatchRecord): IncidentFields {
  return {
    location: {
      text: record.address || 'Not recorded',
      ...(record.city ? { city: record.city } : {}),
      ...(record.station ? { zone: record.station } : {}),
      ...(record.coordinates ? { coordinates: [record.coordinates[0], record.coordinates[1]] } : {}),
    },
    nature: { code: codeOf(record.type), text: record.type || 'Unknown' },
    priority: priorityOf(record),
    alarm: record.alarms,
  };
}

/**
 * Plays step after step. `pace` is awaited before each with the step and how many are done: it may slow the day down,
 * stop the center in the middle, or show progress.
 */
export async function playDay(
  bridge: BridgeClient,
  names: SiteNames,
  steps: readonly Step[],
  pace: (step: Step, done: number) => Promise<void>,
): Promise<Played> {
  const incidents = new Map<string, string>();
  const failed: Failed[] = [];
  /** The assignments of units that were taken off, by the row that they were taken off for. */
  const ended = new Map<DispatchRecord, string>();
  const unitOf = (record: DispatchRecord): string => names.unit.get(record.unit) ?? record.unit;
  const incidentOf = (call: string): string => incidents.get(call) ?? call;

  const play = async (step: Step): Promise<void> => {
    if (step.do === 'open') {
      const { first } = step;
      const opened = await bridge.call('incident.open', {
        ...fieldsOf(first),
        answeredAt: first.times.received ?? step.at,
        source: 'replay',
        references: first.references,
        at: step.at,
      });
      if (opened.incident) incidents.set(first.call, opened.incident);
      if (first.times.entry !== null) {
        await bridge.call('time.record', {
          of: `incident:${incidentOf(first.call)}`,
          element: 'dispatchNotified',
          time: first.times.entry,
          at: first.times.entry,
        });
      }
    } else if (step.do === 'edit') {
      const { record, columns } = step;
      const emptied = columns.flatMap((column) => (column.startsWith('ref:') ? [[column.slice(4), ''] as const] : []));
      const references = { ...Object.fromEntries(emptied), ...record.references };
      const set = { ...fieldsOf(record), references };
      await bridge.call('incident.edit', { incident: incidentOf(record.call), set, at: step.at });
      for (const [column, element] of CALL_TIMES) {
        const time = record.times[column];
        if (time === null || !columns.includes(column)) continue;
        const reason = 'Another row of the call says so';
        await bridge.call('time.amend', {
          of: `incident:${incidentOf(record.call)}`,
          element,
          time,
          reason,
          at: step.at,
        });
      }
    } else if (step.do === 'note') {
      await bridge.call('incident.note', { incident: incidentOf(step.record.call), text: step.text, at: step.at });
    } else if (step.do === 'detach') {
      const { record } = step;
      const incident = incidentOf(record.call);
      const off = await bridge.call('unit.cancel', { incident, unit: unitOf(record), at: step.at });
      const of = `assignment:${off.assignments?.[0] ?? ''}`;
      ended.set(record, of);
      for (const element of ['canceled', 'backInService'] as const) {
        await bridge.call('time.amend', {
          of,
          element,
          time: null,
          reason: 'The record names no time at which it left',
          at: step.at,
        });
      }
    } else if (step.do === 'fill') {
      const { record, column, at } = step;
      const of = ended.get(record) ?? '';
      const element = ELEMENT[column];
      // The end of it was struck when it was taken off.
      if (element === 'backInService')
        await bridge.call('time.amend', { of, element, time: at, reason: 'The record names this time', at });
      else await bridge.call('time.record', { of, element, time: at, at });
    } else if (step.do === 'dispatch') {
      const { record } = step;
      await bridge.call('unit.dispatch', {
        incident: incidentOf(record.call),
        units: [unitOf(record)],
        confirm: true,
        at: step.at,
      });
    } else if (step.do === 'attach') {
      const { record } = step;
      const sent = await bridge.call('unit.dispatch', {
        incident: incidentOf(record.call),
        units: [unitOf(record)],
        confirm: true,
        at: step.at,
      });
      await bridge.call('time.amend', {
        of: `assignment:${sent.assignments?.[0] ?? ''}`,
        element: 'unitNotified',
        time: null,
        reason: 'The record names no dispatch time',
        at: step.at,
      });
    } else if (step.do === 'status') {
      const { record } = step;
      await bridge.call('unit.status', {
        unit: unitOf(record),
        incident: incidentOf(record.call),
        code: step.code,
        ...(step.column === 'transport' ? { destination: { name: 'Not recorded' } } : {}),
        at: step.at,
      });
    } else {
      await bridge.call('incident.close', {
        incident: incidentOf(step.call),
        disposition: step.disposition,
        units: 'leave',
        at: step.at,
      });
    }
  };

  let done = 0;
  for (const step of steps) {
    await pace(step, done++);
    try {
      await play(step);
    } catch (error) {
      // A station that is gone refuses nothing more.
      if (!(error instanceof Refused) || bridge.closed()) throw error;
      const line = step.do === 'open' ? step.first.line : step.do === 'close' ? 0 : step.record.line;
      failed.push({ line, what: step.do === 'close' ? `close of call ${step.call}` : step.do, reason: error.message });
    }
  }
  return { steps: done, failed };
}
