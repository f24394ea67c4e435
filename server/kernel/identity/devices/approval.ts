/** Letting a workstation in that waits, or not; who waits. */
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { sameCompareCode } from '#sealing/compare.ts';
import { mustStand } from '../must-stand.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import { newShort } from '../secrets.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import { STATIONS_PER_SITE } from './enrolment.ts';
import { bumpRoster } from './roster.ts';

/** Times in ms UTC. */
export interface Waiting {
  /** The station's id, once it is approved. */
  readonly id: string;
  readonly site: string;
  readonly name: string;
  readonly compare: string;
  readonly code: string;
  readonly askedFrom: string;
  readonly askedAt: number;
  readonly expiresAt: number;
}

/** Workstations that wait, the longest first. */
export function waitingOf(ports: IdentityPorts, org: string): Promise<readonly Waiting[]> {
  return ports.db.inOrg<IdentityTables, readonly Waiting[]>({ org }, async (trx) => {
    const rows = await trx
      .selectFrom('identity.enrolment')
      .selectAll()
      .where('decision', 'is', null)
      .where('expires_at', '>', ports.clock())
      .orderBy('asked_at')
      .execute();
    return rows.map(({ id, site, name, compare, code, asked_from, asked_at, expires_at }) => ({
      id,
      site,
      name,
      compare,
      code,
      askedFrom: asked_from,
      askedAt: asked_at,
      expiresAt: expires_at,
    }));
  });
}

const NOT_WAITING = refused(
  'enrolment.unknown',
  'This workstation does not wait any more: somebody decided, or its time ran out.',
);

/** Lets it in. `compare`: the code that the approver read at the workstation. */
export async function approveEnrolment(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  id: string,
  compare: string,
): Promise<Outcome<{ readonly station: string; readonly site: string }>> {
  const made = await ports.db.inOrg<IdentityTables, Outcome<string>>({ org, ...acting }, async (trx) => {
    await mustStand(trx, acting);
    const waiting = await undecided(ports, trx, id);
    if (!waiting) return NOT_WAITING;
    if (!sameCompareCode(compare, waiting.compare)) {
      return refused(
        'enrolment.compare',
        'This is not the code of this workstation’s key; read it again at the workstation, and refuse it where they differ.',
        'compare',
      );
    }
    await bumpRoster(trx, waiting.site);
    const held = await trx.selectFrom('kernel.device').select('short').where('site', '=', waiting.site).execute();
    if (held.length >= STATIONS_PER_SITE) {
      return refused(
        'site.full',
        `This site has had ${STATIONS_PER_SITE} workstations, revoked ones included, and can take no more.`,
      );
    }
    const shorts = new Set(held.map((device) => device.short));
    let short = newShort(ports.random);
    while (shorts.has(short)) short = newShort(ports.random);
    const { site, name, key, lan_address } = waiting;
    const enrolledAt = ports.clock();
    await trx
      .insertInto('kernel.device')
      .values({ org, station: id, site, name, short, key, lan_address, enrolled_at: enrolledAt })
      .execute();
    await decided(ports, trx, acting, id, 'approved');
    return done(site);
  });
  if (!made.ok) return made;
  ports.rosterChanged(org, made.value);
  return done({ station: id, site: made.value });
}

/** Does not let it in; its code is used up. */
export function refuseEnrolment(ports: IdentityPorts, acting: Acting, org: string, id: string): Promise<Outcome<null>> {
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting }, async (trx) => {
    if (!(await undecided(ports, trx, id))) return NOT_WAITING;
    await decided(ports, trx, acting, id, 'refused');
    return done(null);
  });
}

function undecided(ports: IdentityPorts, trx: IdentityTx, id: string) {
  return trx
    .selectFrom('identity.enrolment')
    .selectAll()
    .where('id', '=', id)
    .where('decision', 'is', null)
    .where('expires_at', '>', ports.clock())
    .forUpdate()
    .executeTakeFirst();
}

async function decided(
  ports: IdentityPorts,
  trx: IdentityTx,
  acting: Acting,
  id: string,
  decision: 'approved' | 'refused',
): Promise<void> {
  await trx
    .updateTable('identity.enrolment')
    .set({ decision, decided_by: acting.actor, decided_at: ports.clock() })
    .where('id', '=', id)
    .execute();
}
