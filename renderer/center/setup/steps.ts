/** What a PSAP has and still lacks, worked out from its records. Pure. */
import type { RosterBody, RosterKind } from '#domain/cad/roster.ts';
import { allowed, CALL_TAKING, DISPATCHING, type Role } from '#domain/kernel/permission.ts';

export interface Kept<K extends RosterKind> {
  readonly id: string;
  readonly version: number;
  readonly body: RosterBody<K>;
}

export interface StaffMember {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Null works at every site. */
  readonly site: string | null;
  readonly state: 'active' | 'invited' | 'inactive';
}

export interface Workstation {
  readonly station: string;
  readonly name: string;
  readonly state: 'enrolled' | 'waiting' | 'revoked';
}

export interface SiteRecords {
  readonly site: string;
  readonly name: string;
  readonly profile: Kept<'site'> | null;
  readonly staff: readonly StaffMember[];
  readonly workstations: readonly Workstation[];
  readonly positions: readonly Kept<'position'>[];
  readonly agencies: readonly Kept<'agency'>[];
  readonly units: readonly Kept<'roster_unit'>[];
  readonly facilities: readonly Kept<'facility'>[];
  readonly natures: readonly Kept<'nature'>[];
  readonly dispositions: readonly Kept<'disposition'>[];
}

export type StepId =
  | 'profile'
  | 'people'
  | 'positions'
  | 'workstations'
  | 'agencies'
  | 'units'
  | 'natures'
  | 'dispositions'
  | 'facilities';

export interface Step {
  readonly id: StepId;
  readonly title: string;
  /** done; waiting: somebody has to act; missing: no calls without it; advised: better with it. */
  readonly state: 'done' | 'waiting' | 'missing' | 'advised';
  /** What is there. */
  readonly has: string;
  /** What to do next; empty where nothing is. */
  readonly next: string;
}

export function stepsOf(of: SiteRecords): readonly Step[] {
  return [
    profileStep(of),
    peopleStep(of),
    counted('positions', 'Positions', of.positions.length, 'position', 'Add a position for each seat in the room.'),
    workstationStep(of),
    counted(
      'agencies',
      'Agencies',
      of.agencies.length,
      'agency',
      'Add the agencies whose units are sent; units can be told apart by them.',
      'advised',
    ),
    // Units are of an agency and have a home: both are there to be chosen by then.
    counted(
      'facilities',
      'Stations, posts, hospitals',
      of.facilities.length,
      'place',
      'Add the hospitals that units go to, and the stations they start from.',
      'advised',
    ),
    unitStep(of),
    counted('natures', 'Natures', of.natures.length, 'nature', 'Add the kinds of call: each gives the priority.'),
    counted(
      'dispositions',
      'Dispositions',
      of.dispositions.length,
      'disposition',
      'Add how an incident can end: none can be closed without one.',
    ),
  ];
}

/** One sentence on the whole. */
export function readiness(steps: readonly Step[]): { readonly ready: boolean; readonly sentence: string } {
  const missing = steps.filter(({ state }) => state === 'missing' || state === 'waiting');
  if (missing.length === 0) return { ready: true, sentence: 'Ready to take calls.' };
  const titles = missing.map(({ title }) => title.toLowerCase());
  const last = titles.pop();
  return {
    ready: false,
    sentence: `Before it can take calls: ${titles.length === 0 ? last : `${titles.join(', ')} and ${last}`}.`,
  };
}

const plural = (count: number, one: string): string =>
  `${count} ${count === 1 ? one : one.endsWith('y') ? `${one.slice(0, -1)}ies` : `${one}s`}`;

function counted(
  id: StepId,
  title: string,
  count: number,
  one: string,
  next: string,
  otherwise: 'missing' | 'advised' = 'missing',
): Step {
  if (count === 0) return { id, title, state: otherwise, has: 'none yet', next };
  return { id, title, state: 'done', has: plural(count, one), next: '' };
}

function profileStep({ profile, name }: SiteRecords): Step {
  const base = { id: 'profile' as const, title: 'Name and time zone' };
  if (!profile) return { ...base, state: 'missing', has: name, next: 'Say in which time zone times are shown.' };
  return { ...base, state: 'done', has: `${profile.body.name}, ${profile.body.timeZone}`, next: '' };
}

function peopleStep({ staff, site }: SiteRecords): Step {
  const here = staff.filter((one) => one.state !== 'inactive' && (one.site === site || one.site === null));
  const active = here.filter(({ state }) => state === 'active');
  const invited = here.length - active.length;
  const dispatchers = active.filter(({ roles }) =>
    allowed(
      roles,
      DISPATCHING.filter((role) => role !== 'admin'),
    ),
  );
  const base = { id: 'people' as const, title: 'People' };
  const has = `${plural(active.length, 'person').replace('persons', 'people')}${invited > 0 ? `, ${invited} invited` : ''}`;
  if (dispatchers.length > 0) {
    const takers = active.some(({ roles }) => allowed(roles, CALL_TAKING));
    return { ...base, state: 'done', has, next: takers ? '' : 'Invite whoever takes calls.' };
  }
  const coming = here.some((one) => one.state === 'invited' && allowed(one.roles, DISPATCHING));
  return coming
    ? { ...base, state: 'waiting', has, next: 'Nobody who dispatches has accepted an invitation yet.' }
    : { ...base, state: 'missing', has, next: 'Invite at least one dispatcher.' };
}

function workstationStep({ workstations }: SiteRecords): Step {
  const enrolled = workstations.filter(({ state }) => state === 'enrolled').length;
  const waiting = workstations.filter(({ state }) => state === 'waiting');
  const base = { id: 'workstations' as const, title: 'Workstations' };
  const names = waiting.map(({ name }) => name).join(', ');
  if (waiting.length > 0) {
    return { ...base, state: 'waiting', has: plural(enrolled, 'workstation'), next: `Approve ${names}.` };
  }
  if (enrolled === 0) {
    return { ...base, state: 'missing', has: 'none yet', next: 'Make a code and enter it at the workstation.' };
  }
  return { ...base, state: 'done', has: plural(enrolled, 'workstation'), next: '' };
}

function unitStep({ units }: SiteRecords): Step {
  const inUse = units.filter(({ body }) => body.active).length;
  const base = { id: 'units' as const, title: 'Units' };
  if (inUse === 0) return { ...base, state: 'missing', has: 'none in use', next: 'Add the units that can be sent.' };
  return { ...base, state: 'done', has: `${plural(inUse, 'unit')} in use`, next: '' };
}
