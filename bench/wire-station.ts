/**
 * A station reduced to its wire: enrolled, signed in, its facts and proofs signed and sealed as the shipped one's (by libsodium),
 * without a store.
 */
import type { KeyEnvelope } from '../domain/kernel/envelope.ts';
import type { FactDraft, Frame } from '../domain/kernel/fact.ts';
import { HLC_START, hlcFormat, hlcTick } from '../domain/kernel/hlc.ts';
import { assignmentRef, type EntityRef, uuidV7 } from '../domain/kernel/ids.ts';
import type { LogHead } from '../domain/kernel/log.ts';
import { READS } from '../domain/modules.ts';
import { sealedUnder } from '../domain/sealed-under.ts';
import type { EnrolOut, PushIn } from '../domain/wire/sync.ts';
import { wrapKey } from '../sealing/cipher.ts';
import { makeFrame } from '../sealing/frame.ts';
import { systemRandom } from '../sealing/random.ts';
import { newSigningKey, signerOf } from '../sealing/signing.ts';
import { loadQuickSigning } from '../server-bridge/quick-signing.ts';
import { createHttpCenter, enrolAt, type HttpCenter } from '../server-bridge/sync/http-center.ts';
import { DEMO_SIGN_IN } from '../tools/start/demo.ts';

export interface WireStation {
  readonly identity: EnrolOut;
  readonly http: HttpCenter;
  /** The next frames of its log for these drafts, ready to push. */
  readonly push: (drafts: readonly FactDraft[]) => PushIn;
  /**
   * Facts of incidents under way: opened, a unit sent, four statuses, a note, an edit; eight an incident. No run ends, so
   * that no hand-off (reports, charts) is derived beside what is measured.
   */
  readonly incidents: (count: number, unit: EntityRef) => readonly FactDraft[];
  readonly close: () => Promise<void>;
}

const random = systemRandom();

export async function wireStation(center: string, code: string, name: string): Promise<WireStation> {
  await loadQuickSigning();
  const signer = signerOf(newSigningKey());
  const identity = await enrolAt(center, {
    ...{ code, name, signer, random, lanAddress: '' },
    clock: Date.now,
    onWaiting: () => {},
  });
  const http = createHttpCenter({ url: center, station: identity.station, signer, clock: Date.now, random });
  const session = await http.accounts.signIn({ ...DEMO_SIGN_IN, position: null });
  const siteKey = identity.siteKeys[0];
  if (!siteKey) throw new Error('The site has no key.');
  const keys = new Map<EntityRef, { readonly id: string; readonly bytes: Uint8Array }>();
  let head: LogHead = { log: uuidV7(Date.now(), random), seq: 0, hash: null };
  let clock = HLC_START;

  const push = (drafts: readonly FactDraft[]): PushIn => {
    const frames: Frame[] = [];
    const envelopes: KeyEnvelope[] = [];
    const append = (draft: FactDraft, sealed: boolean): void => {
      const id = uuidV7(Date.now(), random);
      const entity = sealed ? sealedUnder(draft, id) : null;
      let key = entity === null ? undefined : keys.get(entity);
      if (entity !== null && !key) {
        key = { id: uuidV7(Date.now(), random), bytes: random(32) };
        keys.set(entity, key);
        const about = { id: key.id, entity, org: identity.org, site: identity.site, under: siteKey.id };
        envelopes.push(wrapKey(Buffer.from(siteKey.key, 'base64url'), key.bytes, about, random));
      }
      clock = hlcTick(clock, Date.now());
      const made = makeFrame(
        draft,
        {
          id,
          org: identity.org,
          site: identity.site,
          station: identity.station,
          author: sealed
            ? { position: null, session: session.session, by: session.user }
            : { position: null, session: null, by: null },
          hlc: hlcFormat(clock, identity.short),
          head,
          key: key ?? null,
        },
        signer,
        random,
      );
      head = made.head;
      frames.push(made.frame);
    };
    if (head.seq === 0) {
      const body = { after: null, build: 'bench', reads: [...READS] };
      append({ type: 'log.opened', v: 1, at: Date.now(), about: [], replaces: [], body }, false);
    }
    for (const draft of drafts) append(draft, true);
    return { frames, keys: envelopes };
  };

  const incidents = (count: number, unit: EntityRef): readonly FactDraft[] => {
    const drafts: FactDraft[] = [];
    for (let i = 0; i < count; i++) {
      const at = Date.now();
      const incident: EntityRef = `incident:${uuidV7(at, random)}`;
      const own: EntityRef = `${unit}-${uuidV7(at, random)}`;
      const about = [incident, own, assignmentRef(incident, own, 0)];
      const number = `26-${identity.short}-${uuidV7(at, random).slice(-8)}`;
      const put = (type: string, of: readonly EntityRef[], body: FactDraft['body']): void => {
        drafts.push({ type, v: 1, at, about: of, replaces: [], body });
      };
      put('incident.opened', [incident], {
        number,
        answeredAt: at,
        source: 'call',
        location: { text: `${i} MAIN ST`, coordinates: [-122.4, 37.7], zone: 'N-12' },
        nature: { code: '10', text: 'Chest pain' },
        priority: '2',
        callback: '(415) 555-0142',
      });
      put('unit.dispatched', about, { code: 'DP', commitments: [incident] });
      for (const [code, standard] of [
        ['ER', 'enRoute'],
        ['OS', 'onScene'],
        ['AP', 'atPatient'],
        ['SG', 'staged'],
      ] as const) {
        put('unit.status', about, { code, standard });
      }
      put('incident.noted', [incident], { text: 'Caller says the patient is sitting on the kitchen floor.' });
      put('incident.edited', [incident], { priority: '1' });
    }
    return drafts;
  };
  return { identity, http, push, incidents, close: () => http.close() };
}
