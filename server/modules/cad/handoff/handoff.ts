/**
 * The hand-off of an incident: run records, chart shells and trips of the runs that ended, and the report once the last
 * has. Everything is compared with what is held before it is put, so it may be cut off anywhere and done again.
 */
import { sql } from 'kysely';
import { zoneOf } from '#domain/cad/sentences/local-time.ts';
import { callsignOf, isActive, lifeOf, runOf } from '#domain/cad/views/reading.ts';
import { type EntityRef, entityRef } from '#domain/kernel/ids.ts';
import { canonicalJson, type Json } from '#domain/kernel/json.ts';
import { isErasure } from '#domain/kernel/kernel.ts';
import { sha256 } from '#sealing/digest.ts';
import type { Database } from '../../../kernel/db/database.ts';
import type { Asking } from '../../../kernel/db/flight.ts';
import { openKeys } from '../../../kernel/intake/open.ts';
import type { IntakeTransaction } from '../../../kernel/intake/port.ts';
import type { CenterContext } from '../../../kernel/part.ts';
import { storeBlob, storedFrom } from '../../documents/blobs.ts';
import { derivedId, deriveRun, type Named } from './derive.ts';
import type { Drawing } from './drawing.ts';
import { type Gathered, gather } from './gather.ts';
import { heldOf } from './held.ts';
import { type Put, putting } from './putting.ts';
import { type Report, reportOf } from './report.ts';
import { readRoster } from './roster.ts';

export interface HandoffPorts extends Pick<CenterContext, 'db' | 'log' | 'clock' | 'random' | 'circumstancesOf'> {
  /** Bytes of a report as a PDF. */
  readonly draw: Drawing['draw'];
}

/** Raise it when the report is drawn otherwise: reports are then drawn anew when next derived. */
const REPORT_VERSION = 6;
const BY_CENTER = { actor: 'center' };

/** An incident whose hand-off is due, and which of the times that it was. */
export interface Marked {
  readonly incident: string;
  readonly mark: number;
}

interface Rows {
  readonly site: string;
  /** The organisation's name. */
  readonly organisation: string;
  readonly key: string | null;
  readonly assignments: readonly string[];
  /** Of them, canceled ones whose unit left the scene with the patient on another incident's run: theirs was a duplicate of it. */
  readonly carried: readonly string[];
  readonly named: readonly string[];
}

/** Derives the hand-off of an incident as the facts stand at its mark, or later. An unknown incident has none. */
export async function deriveHandoff(ports: HandoffPorts, org: string, { incident, mark }: Marked): Promise<void> {
  const rows = await rowsOf(ports.db, org, incident);
  if (!rows) return;
  const roster = await readRoster(ports.db, org, rows.site);
  const { off } = await ports.circumstancesOf(org);
  const ended = await ports.log.intakeBeside(
    org,
    async (tx, asking) => {
      const gathered = await gather(tx, roster, incident, rows);
      // Of what was erased the records stay as they were: from what is left, others would be made.
      if (!gathered || gathered.facts.some(isErasure)) return null;
      const sites = (await tx.sitesOf([gathered.incident.ref])).get(gathered.incident.ref) ?? [];
      const put = putting(tx, asking, rows.site, sites);
      await deriveRuns({ tx, asking }, gathered, put, off);
      if (off.has('documents')) return null;
      if (!isOver(gathered)) {
        await outdate(tx, put, gathered.incident.ref);
        return null;
      }
      if (rows.key === null) return null;
      const key = (await openKeys(tx, [rows.key])).get(rows.key);
      // Its key may not have come yet; then this is due again when it does.
      return key ? { report: reportOf(gathered, rows.organisation), key: { id: rows.key, bytes: key }, sites } : null;
    },
    BY_CENTER,
  );
  if (ended) await keepReport(ports, org, { incident, mark }, rows.site, ended);
}

async function rowsOf(db: Database, org: string, incident: string): Promise<Rows | null> {
  return db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<Rows>`
      select i.site, i.key, g.name as organisation,
        array(select a.id from cad.assignment a where a.org = ${org} and a.incident = i.id) as assignments,
        array(select a.id from cad.assignment a where a.org = ${org} and a.incident = i.id and a.status = 'canceled'
          and (a.left_scene is not null or a.at_destination is not null or a.destination is not null) and exists (
          select from cad.assignment b where b.org = ${org} and b.unit = a.unit and b.incident <> a.incident
            and b.status <> 'canceled'
            and (b.left_scene = a.left_scene
              or b.incident = i.merged_into and coalesce(b.left_scene, b.at_destination) <= a.canceled))) as carried,
        array(select o.id from cad.incident o where o.org = ${org} and o.number = i.number) as named
      from cad.incident i join kernel.organisation g using (org)
      where i.org = ${org} and i.id = ${incident}`.execute(trx);
    return rows[0] ?? null;
  });
}

/** Every unit that was sent is free again, or the incident was closed (or merged) over them. */
function isOver({ incident, assignments, world }: Gathered): boolean {
  if (lifeOf(incident, world) !== 'open') return true;
  const runs = assignments.flatMap((assignment) => runOf(assignment) ?? []);
  return runs.length > 0 && !runs.some(isActive);
}

/** A call that goes on again has no report that says how it ended: the one that is there tells so until the next is made. */
async function outdate(tx: IntakeTransaction, put: Put, incident: EntityRef): Promise<void> {
  const id = derivedId(incident, 'report');
  const body = (await tx.record('report', id))?.body;
  if (body) await put('report', id, { ...body, state: 'outdated' });
}

/** A module that is off gets nothing new; what it has stays as it is, and is derived again when it is switched on. */
async function deriveRuns(
  { tx, asking }: { readonly tx: IntakeTransaction; readonly asking: Asking },
  { incident, assignments, carriedOver, journeys, world }: Gathered,
  put: Put,
  off: ReadonlyMap<string, string>,
): Promise<void> {
  const number = world.numberOf(incident.ref);
  const timeZone = zoneOf(world);
  for (const assignment of assignments) {
    const run = runOf(assignment);
    if (!run) continue;
    const callsign = callsignOf(world, run.unit);
    const several = journeys.get(assignment.ref);
    const { held, authors } = await heldOf(tx, asking, assignment.ref, several);
    const named: Named = {
      number,
      callsign,
      timeZone,
      carriedOver: carriedOver.has(assignment.ref),
      journeys: several ?? null,
      authors,
    };
    const derived = deriveRun(incident, assignment, named, held);
    await put('run', derivedId(assignment.ref, 'run'), derived.run);
    for (const [i, { chart, trip }] of derived.patients.entries()) {
      if (!off.has('epcr')) await put('chart', derivedId(assignment.ref, 'chart', i + 1), chart);
      if (!off.has('billing')) await put('trip', derivedId(assignment.ref, 'trip', i + 1), trip);
    }
  }
}

interface Ended {
  readonly report: Report;
  readonly key: { readonly id: string; readonly bytes: Uint8Array };
  readonly sites: readonly string[];
}

/**
 * Draws and stores the report unless one of this very content is there, then shows it. Drawing takes its time, and nothing is
 * locked over it: where more was said meanwhile, whoever takes the later mark shows theirs, or has already.
 */
async function keepReport(
  ports: HandoffPorts,
  org: string,
  { incident, mark }: Marked,
  site: string,
  { report, key, sites }: Ended,
): Promise<void> {
  const id = derivedId(entityRef('incident', incident), 'report');
  const source = sha256(`${REPORT_VERSION}|${key.id}|${canonicalJson(report as unknown as Json)}`);
  const before = await ports.db.inOrg({ org }, (trx) => storedFrom(trx, org, id, source));
  const stored =
    before ??
    (await (async () => {
      const madeAt = ports.clock();
      const pdf = await ports.draw(report, madeAt);
      const blob = {
        org,
        site,
        id,
        media: 'application/pdf',
        entity: entityRef('incident', incident),
        key,
        source,
        madeAt,
      };
      return ports.db.inOrg({ org, ...BY_CENTER }, (trx) => storeBlob(trx, blob, pdf, ports.random));
    })());
  const body = {
    incident,
    number: report.number,
    media: 'application/pdf',
    bytes: stored.bytes,
    digest: stored.digest,
    state: 'stored',
    madeAt: stored.madeAt,
  };
  await ports.log.intakeBeside(
    org,
    async (tx, asking) => {
      // What is read of a record is read as the organisation's only writer: from here on the mark stands.
      await tx.record('report', id);
      const { rows } = await asking.query({
        name: 'handoff.mark',
        text: 'select from cad.handoff_due where org = $1 and incident = $2 and mark = $3',
        values: [org, incident, mark],
      });
      if (rows.length > 0) await putting(tx, asking, site, sites)('report', id, body);
    },
    BY_CENTER,
  );
}
