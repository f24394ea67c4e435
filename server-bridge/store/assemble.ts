/** The parts of an open store, put together. */
import { uuidV7 } from '../../domain/kernel/ids.ts';
import { READS } from '../../domain/modules.ts';
import type { Roster } from '../../domain/wire/sync.ts';
import { signerOf } from '../../sealing/signing.ts';
import { stationClock } from './clock.ts';
import { type Core, catchUp, writing } from './core.ts';
import { entitiesOf } from './entities/entities.ts';
import { factsOf } from './facts/facts.ts';
import { logsOf } from './facts/logs.ts';
import { pendingOf } from './facts/pending.ts';
import { straysOf } from './facts/strays.ts';
import type { Connection } from './file/database.ts';
import { heldGrants } from './from-center/grants.ts';
import { suffixOf } from './from-center/numbers.ts';
import { recordCache } from './from-center/records.ts';
import { entityKeys } from './keys/entity-keys.ts';
import { metaOf } from './meta.ts';
import type { SiteKey, StoreOptions } from './options.ts';
import type { StationIdentity } from './store.ts';

const DAY = 86_400_000;
/** How long closed entities stay in memory where options do not say. */
const KEEP_MS = 3 * DAY;
/** Raised when what facts mean changes: everything is folded again. */
const FOLD_VERSION = 4;

/** Puts an open file's parts together; null where neither options nor store say whose it is. */
export function assemble(db: Connection, options: StoreOptions): Core | null {
  const meta = metaOf(db);
  const identity = options.identity ?? meta.read<StationIdentity>('identity');
  if (!identity) return null;
  // What the store learned since the enrolment stands before what the enrolment said.
  const heldKeys = meta.read<SiteKey[]>('siteKeys') ?? [];
  const siteKeys = [
    ...heldKeys,
    ...(options.siteKeys ?? []).filter((key) => !heldKeys.some((held) => held.id === key.id)),
  ];
  const logs = logsOf(db);
  const newest = db
    .sql('SELECT max(hlc) AS hlc, max(clock) AS highest FROM log')
    .get<{ hlc: string | null; highest: number | null }>();
  const offset = meta.read<{ offset: number; uncertainty: number }>('offset') ?? { offset: 0, uncertainty: 0 };
  const clock = stationClock(options.clock, identity.short, {
    hlc: newest?.hlc ?? '',
    highest: newest?.highest ?? 0,
    ...offset,
  });
  const keys = entityKeys(
    db,
    { org: identity.org, site: identity.site },
    options.random,
    () => meta.read<SiteKey[]>('siteKeys') ?? siteKeys,
  );
  const ownLogs = db
    .sql('SELECT id FROM log WHERE own = 1')
    .all<{ id: string }>()
    .map((row) => row.id);
  const facts = factsOf(db, keys, logs);
  const entities = entitiesOf(db, facts, {
    effectsOf: options.effectsOf,
    foldVersion: options.foldVersion ?? FOLD_VERSION,
    reads: options.reads ?? READS,
    keepMs: options.keepMs ?? KEEP_MS,
    now: clock.now,
    // Of its own log for this site the center says how far a state has it, and no word of it is dropped here as over.
    mayBeInBase: (fact) => fact.site !== identity.site,
  });
  const records = recordCache(db);
  const strays = straysOf(db);
  const pending = pendingOf(db);
  const grants = heldGrants(db);
  const deviceKey = meta.read<string>('deviceKey') ?? options.deviceKey;
  const settled: StoreOptions = { ...options, reads: options.reads ?? READS };
  const forget = (): void => {
    for (const part of [meta, logs, keys, facts, entities, records, strays, pending, grants]) part.forget();
  };
  const parts = { db, options: settled, clock, logs, keys, facts, entities, records, strays, pending, grants };
  const core: Core = {
    ...parts,
    identity,
    signer: signerOf(deviceKey),
    deviceKey,
    meta,
    logId: newLogId(options, identity, ownLogs),
    roster: () => meta.read<Roster>('roster') ?? null,
    ...writing({ ...parts, forget }),
  };
  if (
    JSON.stringify(meta.read('identity')) !== JSON.stringify(identity) ||
    JSON.stringify(meta.read('siteKeys')) !== JSON.stringify(siteKeys)
  ) {
    core.write('here', () => {
      meta.write('identity', identity);
      meta.write('siteKeys', siteKeys);
      keys.forget();
    });
  }
  catchUp(core);
  return core;
}

/** An id whose number suffix no log known here has. */
function newLogId(options: StoreOptions, identity: StationIdentity, held: readonly string[]): string {
  const taken = new Set(held.map((id) => suffixOf(identity.short, id)));
  for (;;) {
    const id = uuidV7(options.clock(), options.random);
    if (!taken.has(suffixOf(identity.short, id))) return id;
  }
}
