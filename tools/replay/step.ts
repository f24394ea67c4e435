/** How each kind of step of a day is played: by the calls that a console makes, each carrying when it happened. */
import type { IncidentFields } from '../../domain/cad/facts.ts';
import type { TimeElement } from '../../domain/cad/status.ts';
import type { BridgeClient } from '../bridge/client.ts';
import { ELEMENT } from './held.ts';
import type { Step } from './plan.ts';
import type { DispatchRecord } from './records.ts';
import { codeOf, priorityOf } from './roster.ts';
import type { SiteNames } from './set-up.ts';

/** A day while it is played. */
export interface Day {
  readonly bridge: Pick<BridgeClient, 'call'>;
  readonly names: SiteNames;
  /** Under which id the station holds a call. */
  readonly incidents: Map<string, string>;
  /** The assignments of units that were taken off, by the row that they were taken off for. */
  readonly ended: Map<DispatchRecord, string>;
}

type Of<D extends Step['do']> = Extract<Step, { readonly do: D }>;

/** Throws `Refused` where the station refuses. */
export function playStep(day: Day, step: Step): Promise<void> {
  switch (step.do) {
    case 'open':
      return open(day, step);
    case 'edit':
      return edit(day, step);
    case 'note':
      return note(day, step);
    case 'dispatch':
      return dispatch(day, step).then(() => undefined);
    case 'attach':
      return attach(day, step);
    case 'detach':
      return detach(day, step);
    case 'fill':
      return fill(day, step);
    case 'status':
      return status(day, step);
    case 'close':
      return close(day, step);
  }
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

function unitOf({ names }: Day, { unit }: DispatchRecord): string {
  return names.unit.get(unit) ?? unit;
}

function incidentOf({ incidents }: Day, call: string): string {
  return incidents.get(call) ?? call;
}

/** The run of the answer to a call that began or ended one. */
function runOf({ assignments }: { readonly assignments?: readonly string[] | undefined }): string {
  return `assignment:${assignments?.[0] ?? ''}`;
}

async function strike({ bridge }: Day, of: string, element: TimeElement, reason: string, at: number): Promise<void> {
  await bridge.call('time.amend', { of, element, time: null, reason, at });
}

async function open(day: Day, { first, at }: Of<'open'>): Promise<void> {
  const opened = await day.bridge.call('incident.open', {
    ...fieldsOf(first),
    answeredAt: first.times.received ?? at,
    source: 'replay',
    references: first.references,
    at,
  });
  if (opened.incident) day.incidents.set(first.call, opened.incident);
  const { entry } = first.times;
  if (entry === null) return;
  const of = `incident:${incidentOf(day, first.call)}`;
  await day.bridge.call('time.record', { of, element: 'dispatchNotified', time: entry, at: entry });
}

async function edit(day: Day, { record, columns, at }: Of<'edit'>): Promise<void> {
  const incident = incidentOf(day, record.call);
  const set = { ...fieldsOf(record), references: record.references };
  await day.bridge.call('incident.edit', { incident, set, at });
  const reason = 'Another row of the call says so';
  for (const [column, element] of CALL_TIMES) {
    const time = record.times[column];
    if (time === null || !columns.includes(column)) continue;
    await day.bridge.call('time.amend', { of: `incident:${incident}`, element, time, reason, at });
  }
}

async function note(day: Day, { record, text, at }: Of<'note'>): Promise<void> {
  await day.bridge.call('incident.note', { incident: incidentOf(day, record.call), text, at });
}

function dispatch(day: Day, { record, at }: Of<'dispatch' | 'attach'>) {
  const incident = incidentOf(day, record.call);
  return day.bridge.call('unit.dispatch', { incident, units: [unitOf(day, record)], confirm: true, at });
}

async function attach(day: Day, step: Of<'attach'>): Promise<void> {
  const run = runOf(await dispatch(day, step));
  await strike(day, run, 'unitNotified', 'The record names no dispatch time', step.at);
}

async function detach(day: Day, { record, at }: Of<'detach'>): Promise<void> {
  const incident = incidentOf(day, record.call);
  const run = runOf(await day.bridge.call('unit.cancel', { incident, unit: unitOf(day, record), at }));
  day.ended.set(record, run);
  for (const element of ['canceled', 'backInService'] as const)
    await strike(day, run, element, 'The record names no time at which it left', at);
}

async function fill({ bridge, ended }: Day, { record, column, at }: Of<'fill'>): Promise<void> {
  const of = ended.get(record) ?? '';
  const element = ELEMENT[column];
  // The end of it was struck when it was taken off.
  if (element === 'backInService')
    await bridge.call('time.amend', { of, element, time: at, reason: 'The record names this time', at });
  else await bridge.call('time.record', { of, element, time: at, at });
}

async function status(day: Day, { record, column, code, at }: Of<'status'>): Promise<void> {
  await day.bridge.call('unit.status', {
    unit: unitOf(day, record),
    incident: incidentOf(day, record.call),
    code,
    ...(column === 'transport' ? { destination: { name: 'Not recorded' } } : {}),
    at,
  });
}

async function close(day: Day, { last, at }: Of<'close'>): Promise<void> {
  const disposition = last.disposition || 'Not recorded';
  await day.bridge.call('incident.close', { incident: incidentOf(day, last.call), disposition, units: 'leave', at });
}
