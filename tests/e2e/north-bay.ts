/** A second site beside the demo's own: its units, one of them of a callsign that the demo has too, and a supervisor who dispatches. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DEMO_ADMINISTRATOR } from '../../tools/start/demo.ts';
import { askCenter, signIn } from '../../tools/start/enrolment.ts';

export const NORTH = 'North Bay 911';
export const NORTH_SUPERVISOR = {
  user: 'north-supervisor',
  name: 'Nina North',
  password: 'kelp forests in the fog',
} as const;

const MadeSchema = z.looseObject({ site: z.string() });
const InvitedSchema = z.looseObject({ code: z.string() });

export async function setUpNorthBay(center: string): Promise<void> {
  const token = await signIn(center, DEMO_ADMINISTRATOR);
  const about = { name: NORTH, timeZone: 'America/Los_Angeles', admin: { user: 'north-admin' } };
  const { site } = await askCenter(center, '/v1/sites', MadeSchema, { token, body: about });
  const record = (kind: string, body: object) => ({ kind, id: randomUUID(), version: 0, body });
  const unit = (callsign: string) =>
    record('roster_unit', { callsign, kind: 'ambulance', agency: null, home: null, capabilities: [], active: true });
  const records = [
    unit('N12'),
    unit('N14'),
    unit('M36'),
    record('nature', { code: 'FALL', text: 'Fall', priority: '2' }),
    record('disposition', { code: 'DONE', text: 'Handled' }),
  ];
  await askCenter(center, `/v1/sites/${site}/records`, z.looseObject({}), { token, body: { records } });
  const { user: login, name, password } = NORTH_SUPERVISOR;
  const invitation = { login, name, roles: ['dispatcher', 'supervisor'], site };
  const { code } = await askCenter(center, '/v1/invitations', InvitedSchema, { token, body: invitation });
  await askCenter(center, '/v1/invitations/accept', z.looseObject({}), { body: { code, password } });
}
