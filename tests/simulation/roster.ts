/** The site of every run: its center's keys, its stations, its people and units. */
import { createPrivateKey } from 'node:crypto';
import type { Me } from '../../domain/bridge/calls.ts';
import { DEFAULT_STATUSES } from '../../domain/cad/status.ts';
import type { RecordVersion } from '../../domain/kernel/stream.ts';
import { type Signer, signerOf } from '../../sealing/signing.ts';
import type { Chance } from './chance.ts';

export const ORG = 'org';
export const SITE = 'site';
/** The workstations of most rooms. */
export const STATIONS: readonly string[] = ['a', 'b', 'c', 'd', 'e'];
/** Those of the largest; a smaller room has the first of them. */
export const LARGEST_ROOM: readonly string[] = [...STATIONS, 'f', 'g'];
/** When a run begins by the true time, ms UTC, and the zone of its site. */
export interface Calendar {
  readonly begin: number;
  readonly zone: string;
}
export const ANY_DAY: Calendar = { begin: Date.UTC(2026, 10, 22, 4, 0, 0), zone: 'America/Los_Angeles' };
export const UNITS = Array.from({ length: 12 }, (_, i) => `u${i + 1}`);

/** Which of its room a workstation is: enrolled anew it has another id. */
export function nameOf(station: string): string {
  return station.split('-')[0] ?? station;
}

/** A device key from chance alone: PKCS #8 of an Ed25519 seed. */
export function deviceKey(chance: Chance): string {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), chance.bytes(32)]);
  createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return der.toString('base64url');
}

export interface Site {
  /** The names of its workstations. */
  readonly stations: readonly string[];
  readonly calendar: Calendar;
  readonly center: Signer;
  readonly siteKey: { readonly id: string; readonly key: string };
  /** By the id of a workstation, also of one that is enrolled later. */
  readonly deviceKey: (station: string) => string;
  readonly records: readonly RecordVersion[];
  readonly me: (station: string) => Me;
}

export function createSite(chance: Chance, calendar: Calendar, stations: readonly string[] = STATIONS): Site {
  const center = signerOf(deviceKey(chance));
  const deviceKeys = new Map(stations.map((station) => [station, deviceKey(chance)]));
  const record = (kind: string, id: string, body: RecordVersion['body']): RecordVersion => ({
    kind,
    id,
    version: 1,
    body,
  });
  return {
    stations,
    calendar,
    center,
    siteKey: { id: 'sk1', key: Buffer.from(chance.bytes(32)).toString('base64url') },
    deviceKey: (station) => {
      const key = deviceKeys.get(station) ?? deviceKey(chance.fork(`workstation ${station}`));
      deviceKeys.set(station, key);
      return key;
    },
    records: [
      record('site', SITE, { name: 'Harbor County', timeZone: calendar.zone, waiting: { '1': [30, 60] } }),
      record('agency', 'ems', { name: 'Harbor EMS', short: 'EMS', discipline: 'ems' }),
      record('status_set', 'default', { agency: null, statuses: DEFAULT_STATUSES.map((status) => ({ ...status })) }),
      record('facility', 'mercy', { name: 'Mercy Hospital', short: 'MERCY', kind: 'hospital' }),
      record('nature', 'n1', { code: 'CHEST', text: 'Chest pain', priority: '1' }),
      record('nature', 'n2', { code: 'FALL', text: 'Fall', priority: '3' }),
      record('disposition', 'd1', { code: 'DONE', text: 'Handled' }),
      ...UNITS.map((id) =>
        record('roster_unit', id, {
          callsign: id.toUpperCase(),
          kind: 'ambulance',
          agency: 'ems',
          home: null,
          capabilities: [],
          active: true,
        }),
      ),
    ],
    me: (station) => ({
      user: `user-${station}`,
      login: station,
      name: `Dispatcher ${station.toUpperCase()}`,
      roles: station === 'a' ? ['supervisor', 'admin'] : ['dispatcher'],
      session: `session-${station}`,
      position: `p-${station}`,
      positionName: `Position ${station.toUpperCase()}`,
      offline: false,
      grantExpired: false,
      ended: false,
      keptBy: null,
      locked: false,
    }),
  };
}
