/** A station's folder with as many facts as a busy center makes in weeks, made by the shipped store; used by start and memory. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FactDraft } from '../domain/kernel/fact.ts';
import { shown } from '../domain/kernel/fold.ts';
import { assignmentRef, type EntityRef, uuidV7 } from '../domain/kernel/ids.ts';
import { effectsOf } from '../domain/modules.ts';
import { type Grant, grantText, rosterText } from '../domain/wire/sync.ts';
import { systemRandom } from '../sealing/random.ts';
import { newSigningKey, signerOf } from '../sealing/signing.ts';
import { IDENTITY, ROSTER } from '../server-bridge/dispatch/testing/desk.ts';
import { demoFileSlot } from '../server-bridge/keys/demo-file.ts';
import { createKeys } from '../server-bridge/keys/keys.ts';
import { argon2Verifier } from '../server-bridge/session/verifier.ts';
import { openStore } from '../server-bridge/store/open.ts';

export const FACTS = 100_000;
export const SIGN_IN = { user: 'kim', password: 'a passphrase of the bench' };

const PER_INCIDENT = 10;
/** Incidents that are still open, and those closed within the days that a board keeps. */
const OPEN = 60;
const RECENT = 400;
const DAY = 86_400_000;

function incidentFacts(n: number, at: number, open: boolean): readonly FactDraft[] {
  const random = systemRandom();
  const incident: EntityRef = `incident:${uuidV7(at, random)}`;
  const unit: EntityRef = `unit:${['m36', 'm14', 'e06'][n % 3]}`;
  const about = [incident, unit, assignmentRef(incident, unit, 0)];
  const put = (type: string, of: readonly EntityRef[], body: FactDraft['body']): FactDraft => ({
    type,
    v: 1,
    at,
    about: of,
    replaces: [],
    body,
  });
  const status = (code: string, standard: string): FactDraft => put('unit.status', about, { code, standard });
  const facts = [
    put('incident.opened', [incident], {
      number: `26-${String(n).padStart(6, '0')}`,
      answeredAt: at,
      source: 'call',
      location: { text: `${n} MAIN ST`, zone: 'N-12' },
      nature: { code: '10', text: 'Chest pain' },
      priority: '2',
      callback: '(415) 555-0142',
    }),
    put('incident.noted', [incident], { text: 'Caller says the patient is sitting on the kitchen floor.' }),
    put('unit.dispatched', about, { code: 'DP', commitments: [incident] }),
    status('ER', 'enRoute'),
    status('OS', 'onScene'),
    status('AP', 'atPatient'),
    put('incident.noted', [incident], { text: 'Second unit not needed.' }),
    put('unit.status', about, { code: 'TR', standard: 'transporting', destination: { name: 'Mercy' } }),
  ];
  if (open) return facts;
  return [
    ...facts,
    put('unit.status', about, { code: 'AV', standard: 'available', commitments: [] }),
    put('incident.closed', [incident], { disposition: 'Handled' }),
  ];
}

/** Makes the folder; takes a minute or so. Its clock ran through the weeks before now. */
export async function makeFullStation(folder: string, say: (what: string) => void): Promise<void> {
  const random = systemRandom();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = await createKeys(folder, [demoFileSlot()], random);
  if (!keys.ok) throw new Error(keys.message);
  let clock = Date.now() - 30 * DAY;
  const opened = openStore(join(folder, 'station.db'), {
    key: keys.storeKey,
    deviceKey: keys.deviceKey,
    identity: IDENTITY,
    siteKeys: [{ id: 'sk1', key: Buffer.from(random(32)).toString('base64url') }],
    effectsOf,
    clock: () => clock,
    random,
  });
  if (!opened.ok) throw new Error(opened.message);
  const { store } = opened;
  const center = signerOf(newSigningKey());
  const roster = { org: IDENTITY.org, site: IDENTITY.site, version: 1, centerKeys: [center.publicKey], peers: [] };
  store.saveRoster({ ...roster, sig: center.sign(rosterText(roster)) }, []);
  store.beginEpoch('bench');
  store.applyPage({
    epoch: 'bench',
    from: 0,
    items: ROSTER.map((record, i) => ({ n: i + 1, record })),
    keys: [],
    head: ROSTER.length,
  });

  const incidents = FACTS / PER_INCIDENT;
  const author = { position: 'p1', session: 'bench', by: 'kim' };
  for (let n = 1; n <= incidents; n++) {
    const recent = n > incidents - RECENT;
    clock = recent ? Date.now() - 2 * DAY : Date.now() - 30 * DAY + Math.floor((n / incidents) * 20 * DAY);
    // Each fact names what its author was shown, as the screens' do.
    for (const draft of incidentFacts(n, clock, n > incidents - OPEN)) {
      const replaces = draft.about.flatMap((ref) => shown(store.entity(ref), 'status', 'commitments', 'life'));
      store.append([{ ...draft, replaces }], author);
    }
    if (n % 1_000 === 0) say(`${n * PER_INCIDENT} of ${FACTS} facts made`);
  }
  clock = Date.now();
  const grant: Omit<Grant, 'sig'> = {
    id: 'grant-bench',
    org: IDENTITY.org,
    site: IDENTITY.site,
    station: IDENTITY.station,
    session: 'session-bench',
    user: 'kim',
    login: SIGN_IN.user,
    name: 'Kim',
    roles: ['dispatcher'],
    issuedAt: clock,
    expiresAt: clock + 3 * DAY,
  };
  store.saveGrant({ ...grant, sig: center.sign(grantText(grant)) }, await argon2Verifier.of(SIGN_IN.password));
  store.close();
}
