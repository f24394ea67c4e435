/**
 * Destroying an organisation's keys at the end of its retention, with a certificate of what was destroyed. What was sealed for
 * it cannot be opened by anybody from then on, in the database or in any copy of it; the rows stay, as what they are.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Destroyed } from '#domain/identity/api/organisation.ts';
import { canonicalJson, type Json } from '#domain/kernel/json.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { Signer } from '#sealing/signing.ts';
import type { Acting } from '../identity/ports.ts';
import type { CenterContext } from '../part.ts';
import { dayOf, type TimeWatch } from '../time/leap.ts';

export interface DestroyPorts extends Pick<CenterContext, 'db' | 'keys' | 'clock' | 'dataDir'> {
  /** Seals what of the audit of an organisation is not sealed yet, signed by `signer`. */
  readonly sealNow: (org: string, signer: Signer) => Promise<void>;
  /** Whether the clock of now is believed. */
  readonly time: Pick<TimeWatch, 'objection'>;
}

/** How long other transactions may keep the last entries from being sealed. */
const SEAL_TRIES = 40;
const SEAL_EVERY_MS = 100;

/**
 * Refuses with `organisation.unknown`, `organisation.not_terminated`, `organisation.retention`, `organisation.held`,
 * `organisation.destroyed`, `clock.leapt`, `certificate.unwritable`. The database holds the conditions once more in the transaction itself.
 */
export async function destroyOrganisation(
  ports: DestroyPorts,
  acting: Acting,
  org: string,
  reason: string,
): Promise<Outcome<Destroyed>> {
  const now = ports.clock();
  const objection = await objectionTo(ports, org, now);
  if (objection) return objection;
  const leapt = await ports.time.objection();
  if (leapt !== null) return refused('clock.leapt', leapt);
  const { signer } = await ports.keys.centerKeys(org);
  const by = acting.actor ?? 'operator';
  const text = canonicalJson((await certificateOf(ports, org, { at: now, by, reason })) as unknown as Json);
  const certificate = { text, signedBy: signer.publicKey, signature: signer.sign(`qd.destruction.1|${text}`) };
  // Before what nobody can undo: where there is no room for its file, nothing is destroyed.
  const folder = join(ports.dataDir, 'certificates');
  const file = join(folder, `${org}.json`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.new`, `${JSON.stringify(certificate, null, 2)}\n`, { mode: 0o600, flush: true });
  } catch {
    return refused(
      'certificate.unwritable',
      `Its certificate cannot be written to ${folder}, and nothing was destroyed: see that the disk has room and the center may write there.`,
    );
  }
  await ports.db.inOrg({ org, ...acting, reason }, (trx) =>
    sql`select kernel.destroy_organisation(${now}::bigint, ${by}, ${reason}, ${text}, ${certificate.signedBy}, ${certificate.signature})`.execute(
      trx,
    ),
  );
  // The key to sign with is gone but for what is in hand here: the destruction itself is sealed with that.
  for (let tries = 0; tries < SEAL_TRIES; tries++) {
    await ports.sealNow(org, signer);
    if (!(await isUnsealed(ports, org))) break;
    await delay(SEAL_EVERY_MS);
  }
  ports.keys.forget(org);
  await rename(`${file}.new`, file);
  return done({ org, at: now, certificate: text, signedBy: certificate.signedBy, signature: certificate.signature });
}

/** Whether there is an entry that no seal is over: what was sealed last may have been from before, while others still wrote. */
function isUnsealed({ db }: Pick<DestroyPorts, 'db'>, org: string): Promise<boolean> {
  return db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<{ unsealed: boolean }>`
      select exists (
        select from audit.entry e
        where e.org = ${org} and (e.xid, e.id) > (
          select coalesce(max(s.to_xid), '0'::xid8), coalesce(max(s.to_id), 0) from (
            select to_xid, to_id from audit.seal where org = ${org} order by position desc limit 1) s)) as unsealed`.execute(
      trx,
    );
    return rows[0]?.unsealed ?? false;
  });
}

async function objectionTo({ db }: DestroyPorts, org: string, now: number): Promise<Outcome<never> | null> {
  return db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<{
      state: string;
      destroy_after: number | null;
      destroyed_at: number | null;
      held: boolean;
    }>`
      select state, destroy_after, destroyed_at,
        exists (select from kernel.legal_hold h where h.released_at is null) as held
      from kernel.organisation`.execute(trx);
    const row = rows[0];
    if (!row) return refused('organisation.unknown', 'There is no organisation of this name.', 'org');
    if (row.destroyed_at !== null) return refused('organisation.destroyed', 'Its keys were destroyed before.');
    if (row.state !== 'TERMINATED') {
      return refused('organisation.not_terminated', 'Only an organisation whose contract has ended can be destroyed.');
    }
    if (row.destroy_after === null || row.destroy_after > now) {
      const day = row.destroy_after === null ? 'longer' : `until ${dayOf(row.destroy_after)}`;
      return refused(
        'organisation.retention',
        `Its records are to be kept ${day}; its keys can be destroyed after that.`,
      );
    }
    return row.held ? refused('organisation.held', 'A legal hold stands; have it released first.') : null;
  });
}

interface Certificate {
  readonly certificate: 'qd.destruction.1';
  readonly org: string;
  readonly name: string;
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  readonly terminatedAt: number | null;
  /** Keys that were destroyed, by level. */
  readonly keys: { readonly [level: string]: number };
  /** Rows of which something was sealed under them. */
  readonly sealed: { readonly [what: string]: number };
  /** The last seal of the audit before. */
  readonly auditPosition: number;
  readonly remains: readonly string[];
}

async function certificateOf(
  { db }: DestroyPorts,
  org: string,
  of: { readonly at: number; readonly by: string; readonly reason: string },
): Promise<Certificate> {
  return db.inOrg({ org }, async (trx) => {
    const { rows } = await sql<{
      name: string;
      since: number | null;
      keys: Certificate['keys'];
      sealed: Certificate['sealed'];
      position: number | null;
    }>`
      select o.name, o.state_since as since,
        jsonb_build_object(
          'organisation', (select count(*) from keys.organisation), 'site', (select count(*) from keys.site),
          'inner', (select count(*) from keys.inner), 'signing', (select count(*) from keys.signing),
          'entity', (select count(*) from keys.entity)) as keys,
        jsonb_build_object(
          'facts', (select count(*) from kernel.fact where k is not null), 'incidents', (select count(*) from cad.incident),
          'documents', (select count(*) from documents.blob), 'deliveries', (select count(*) from webhooks.receipt)) as sealed,
        (select max(position) from audit.seal) as position
      from kernel.organisation o`.execute(trx);
    const row = rows[0];
    return {
      certificate: 'qd.destruction.1',
      org,
      name: row?.name ?? '',
      ...of,
      terminatedAt: row?.since ?? null,
      keys: row?.keys ?? {},
      sealed: row?.sealed ?? {},
      auditPosition: row?.position ?? 0,
      remains: [
        'rows of operations that were never sealed (zones, natures, priorities, times) and the audit',
        'what workstations hold in their own encrypted stores',
        'backups of the schema keys that were made before; destroy them too',
      ],
    };
  });
}
