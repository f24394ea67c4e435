/**
 * A station that plays a fixed board into a page, for looking at the screens without a center. It runs inside the page as
 * `window.station`; what it is told comes back in `window.scripted.calls`.
 */
import type { IncidentRow, ReachRow, TimelineRow, UnitRow } from '#domain/bridge/topics.ts';
import { DEFAULT_STATUSES } from '#domain/cad/status.ts';
import { incidentRowOf } from './rows.ts';

const MINUTE = 60_000;

export interface Scripted {
  readonly me: unknown;
  readonly topics: { readonly [topic: string]: { readonly [table: string]: { readonly [key: string]: unknown } } };
}

const span = (text: string): number => {
  const parts = text.split(':').map(Number);
  return parts.reduce((sum, part) => sum * 60 + part, 0) * 1_000;
};

/** The board of the picture `board-night.png`, as of `now`. */
export function pictureBoard(now: number, center: ReachRow['center']): Scripted {
  const chips = (text: string): IncidentRow['units'] =>
    text
      .split(' ')
      .filter(Boolean)
      .map((chip) => {
        const [callsign = '', code = ''] = chip.split('/');
        const standard = DEFAULT_STATUSES.find((status) => status.code === code)?.standard ?? 'dispatched';
        return {
          unit: callsign,
          callsign,
          assignment: `${callsign}.a`,
          code,
          standard,
          since: now - MINUTE,
          contested: false,
        };
      });
  const incident = (
    number: string,
    priority: IncidentRow['priority'],
    nature: string,
    place: string,
    age: string,
    more: Partial<IncidentRow> & { readonly detail?: string; readonly zone?: string; readonly on?: string } = {},
  ): IncidentRow => {
    const { detail, zone, on = '', ...rest } = more;
    const answeredAt = now - span(age);
    return incidentRowOf(`24-${number}`, {
      id: `i${number}`,
      state: on ? 'active' : 'pending',
      priority,
      nature: { code: nature.slice(0, 4).toUpperCase(), text: nature },
      location: { text: place, ...(detail ? { detail } : {}), ...(zone ? { zone } : {}) },
      answeredAt,
      enteredAt: answeredAt,
      readyAt: answeredAt,
      units: chips(on),
      ...rest,
    });
  };
  const sides = [
    { fact: 'f1', said: '24-10410', on: ['i10410'], by: 'Ana Lopez', position: 'Position 3', at: now - 90_000 },
    { fact: 'f2', said: '24-10413', on: ['i10413'], by: 'Sam Ito', position: 'Position 1', at: now - 80_000 },
  ];
  const conflict = { entity: 'unit:M09', register: 'commitments', title: 'M09 on 24-10410 and 24-10413', sides };
  const incidents = [
    incident('10417', '1', 'Breathing problem', '300 Blk BRANNAN ST', '1:47', {
      detail: 'apt 4',
      zone: 'N-12',
      needs: 'ALS + engine',
    }),
    incident('10418', '2', 'Fall, head injury', 'LARKIN ST / FULTON ST', '1:05', {
      zone: 'N-03',
      needs: 'BLS',
      readyAt: now - 52_000,
      callback: '(415) 555-0142',
      caller: 'passer-by, stays on line',
      patient: 'M ~70, conscious, bleeding from head',
      unsent: 1,
    }),
    incident('10419', '4', 'Alarm, commercial', '4000 Blk MISSION ST', '0:14', { zone: 'S-07', needs: 'Engine' }),
    incident('10420', '3', 'Sick person', '12 PIER 39', '3:14', {
      zone: 'N-01',
      state: 'held',
      hold: { reason: 'caller calls back', until: null },
    }),
    incident('10409', '1', 'Structure fire', '1200 Blk HARRISON ST', '18:20', {
      alarm: 2,
      on: 'E08/OS E36/OS T08/OS B02/ER E13/ER M55/ER T13/ER R02/AK',
    }),
    incident('10412', '1', 'Cardiac arrest', '55 LAGUNA ST', '9:41', { detail: 'lobby', on: 'M14/AP E06/AP' }),
    incident('10405', '2', 'Chest pain', '2000 Blk CALIFORNIA ST', '31:05', { on: 'M03/TR' }),
    incident('10401', '2', 'Traffic collision', 'I-80 E / 5TH ST RAMP', '44:12', { on: 'M27/AH E01/OS' }),
    incident('10416', '3', 'Sick person', '701 MISSION ST', '2:38', { on: 'M18/ER', unsent: 3 }),
    incident('10411', '3', 'Interfacility, BLS', 'ST ANNE HOSP → HARBOR REHAB', '22:50', { on: 'P61/TR' }),
    incident('10414', '4', 'Lift assist', '88 HOWARD ST', '6:15', { detail: '1207', on: 'E35/SG' }),
    incident('10398', '3', 'Fall', '500 GOUGH ST', '1:20:00', {
      state: 'closed',
      closedAt: now - 12 * MINUTE,
      disposition: 'Transported',
    }),
  ];
  const kinds: readonly (readonly [string, string])[] = [
    [
      'ambulance',
      'M03/TR/10405/7:12 M09/!!//0:20 M14/AP/10412/5:03 M18/ER/10416/1:20 M27/AH/10401/41:30 M36/AV//52:10 M41/PO//12:44 M55/AV//1:08:02 P58/AV//8:31 P61/TR/10411/9:55 P64/OOS//28:00 M71/AV//3:10 M72/AV//14:00 M73/AV//9:00',
    ],
    ['chief / supervisor', 'B02/ER/10409/4:02 RC1/AV//33:10'],
    [
      'engine',
      'E01/OS/10401/31:40 E03/AV//2:14:55 E06/AP/10412/6:30 E08/OS/10409/14:11 E13/AV//40:03 E35/SG/10414/2:40 E36/OS/10409/12:59 E41/AV//9:01 E42/AV//59:01 E43/AV//9:01',
    ],
    ['truck', 'T01/AV//1:31:00 T08/OS/10409/13:30 T13/AV//22:18'],
    ['rescue', 'R02/AK/10409/0:18'],
  ];
  const units = kinds.flatMap(([kind, list]) =>
    list.split(' ').map((text): UnitRow => {
      const [callsign = '', code = '', on = '', time = ''] = text.split('/');
      const status = DEFAULT_STATUSES.find((one) => one.code === code);
      const clash = code === '!!';
      const numbers = clash ? ['10410', '10413'] : on ? [on] : [];
      return {
        id: callsign,
        callsign,
        kind,
        agency: 'HCEMS',
        home: `Station ${Number(callsign.replaceAll(/\D/g, '')) || 1}`,
        code,
        standard: status?.standard ?? 'dispatched',
        label: status?.label ?? 'conflict to settle',
        since: now - span(time),
        incidents: numbers.map((number) => ({
          id: `i${number}`,
          number: `24-${number}`,
          assignment: `${callsign}.${number}`,
          code,
        })),
        destination: code === 'TR' ? { name: 'Mercy' } : code === 'AH' ? { name: 'General' } : null,
        patients: null,
        reason: code === 'OOS' ? 'Restock' : '',
        until: code === 'OOS' ? now + 18 * MINUTE : null,
        post: code === 'PO' ? 'Post 9 · Geary/Park' : '',
        next: status?.next ?? null,
        emergency: null,
        unsent: 0,
        conflicts: clash ? [conflict] : [],
        contested: [],
        partly: false,
        shown: {},
      };
    }),
  );
  const said = (at: string, text: string, by: string, more: Partial<TimelineRow> = {}): TimelineRow => ({
    fact: text,
    at: now - span(at),
    entered: null,
    hlc: at,
    said: text,
    detail: '',
    by,
    position: '',
    unsent: false,
    contested: false,
    kind: 'change',
    ...more,
  });
  const timeline = [
    said('1:05', 'Answered', 'pos 1'),
    said('0:52', 'Location, nature', 'call taker 1'),
    said('0:51', 'Ready to dispatch · P2', ''),
    said('0:27', '“Taking blood thinners”', 'call taker 1', { kind: 'note' }),
    said('0:03', 'Priority 3 → 2', '', { unsent: true }),
  ];
  const byId = <R extends { readonly id: string }>(rows: readonly R[]) =>
    Object.fromEntries(rows.map((row) => [row.id, row]));
  const roster = (rows: readonly object[]) => byId(rows.map((body, i) => ({ id: `r${i}`, version: 1, body })));
  const natures = [
    ['FALL-H', 'Fall, head injury', '2'],
    ['FALL', 'Fall', '3'],
    ['BREATH', 'Breathing problem', '1'],
    ['CARD', 'Cardiac arrest', '1'],
    ['CHEST', 'Chest pain', '2'],
    ['MVA', 'Traffic collision', '2'],
    ['FIRE', 'Structure fire', '1'],
    ['SICK', 'Sick person', '3'],
    ['LIFT', 'Lift assist', '4'],
    ['ALARM', 'Alarm, commercial', '4'],
  ].map(([code, text, priority]) => ({ code, text, priority }));
  const reach: ReachRow = {
    center,
    since: now - span('12:31'),
    refusal: null,
    peers: [
      { station: 's2', name: 'Console 2', reached: true },
      { station: 's3', name: 'Console 3', reached: true },
    ],
    factsWaiting: center === 'reached' ? 0 : 41,
    requestsWaiting: center === 'reached' ? 0 : 2,
    requestsRefused: 0,
    behind: 0,
    clockOffset: 4,
    clockUncertainty: 20,
    station: 's1',
    stationName: 'Console 1',
    site: 'Harbor County 911',
    timeZone: 'America/Los_Angeles',
    keySlots: ['key file'],
    older: [],
    store: { state: 'open', setAside: null },
  };
  const me = {
    user: 'u1',
    login: 'dispatcher3',
    name: 'dispatcher 3',
    roles: ['dispatcher', 'supervisor', 'admin'],
    session: 's',
    position: 'p3',
    positionName: '3',
    offline: false,
    grantExpired: false,
    ended: false,
    keptBy: null,
    locked: false,
  };
  return {
    me,
    topics: {
      me: { me: { me } },
      reach: { reach: { reach } },
      board: { incidents: byId(incidents), units: byId(units) },
      requests: { requests: {} },
      presence: {
        editing: {
          x: { station: 's2', position: 'Position 1', name: 'call taker 1', incident: 'i10418', field: 'notes' },
        },
      },
      drafts: { drafts: {} },
      layouts: { layouts: {} },
      roster: {
        nature: roster(natures),
        position: { p3: { id: 'p3', version: 1, body: { name: '3', covers: 'EMS North + Fire 2' } } },
        site: roster([
          {
            name: 'Harbor County 911',
            timeZone: 'America/Los_Angeles',
            waiting: { 1: [30, 60], 2: [45, 120], 3: [120, 300], 4: [300, 900] },
          },
        ]),
        disposition: roster([
          { code: 'TRANS', text: 'Transported' },
          { code: 'REFUSED', text: 'Patient refused' },
          { code: 'CANCEL', text: 'Canceled' },
        ]),
        facility: roster([
          { name: 'Mercy Hospital', short: 'MERCY', kind: 'hospital' },
          { name: 'General Hospital', short: 'GEN', kind: 'hospital' },
        ]),
      },
      'incident:i10418': {
        incident: { i10418: incidents[1] },
        assignments: {},
        timeline: Object.fromEntries(timeline.map((row) => [row.fact, row])),
        handoff: {},
      },
    },
  };
}

/** Runs in the page before its own scripts. */
export function installScripted(script: Scripted): void {
  type Message = {
    readonly t: string;
    readonly id?: number;
    readonly topic?: string;
    readonly name?: string;
    readonly input?: unknown;
  };
  const listeners = new Set<(message: unknown) => void>();
  const calls: Message[] = [];
  const tell = (message: unknown): void => {
    setTimeout(() => {
      for (const listener of listeners) listener(message);
    }, 2);
  };
  const holder = window as unknown as { station: unknown; scripted: unknown };
  holder.scripted = { calls, tell };
  holder.station = {
    send: (message: Message) => {
      calls.push(message);
      if (message.t === 'watch')
        tell({ t: 'snapshot', id: message.id, n: 0, state: script.topics[message.topic ?? ''] ?? {} });
      if (message.t === 'call' && message.name === 'incident.open')
        tell({
          t: 'result',
          id: message.id,
          ok: true,
          value: { said: '24-10418 opened', incident: 'i10418', number: '24-10418', facts: [] },
        });
      else if (message.t === 'call')
        tell({ t: 'result', id: message.id, ok: true, value: { said: `${message.name} done`, facts: [] } });
    },
    onMessage: (listener: (message: unknown) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onState: (listener: (connected: boolean) => void) => {
      listener(true);
      return () => undefined;
    },
  };
}
