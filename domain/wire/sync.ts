/**
 * The wire between a station and the center (HTTP, JSON, `content-encoding` as negotiated), and between stations of a
 * site. Versioned: every path begins with `/v1`. A test pins the hash of these schemas.
 *
 *   POST /v1/enrol            EnrolIn      → EnrolAnswer    (no credentials but the one-time code; again until approved)
 *   POST /v1/devices/token    DeviceTokenIn → DeviceTokenOut (assertion signed by the device key)
 *   POST /v1/sync/hello       HelloIn      → HelloOut        \
 *   POST /v1/sync/push        PushIn       → PushOut          | Authorization: DPoP <device token>, with a proof
 *   GET  /v1/sync/pull        ?epoch&after&afterHash&limit → StreamPage |
 *   GET  /v1/sync/snapshot    → Snapshot                      |
 *   GET  /v1/sync/entity      ?ref → EntityFacts              |
 *   POST /v1/requests         RequestIn    → RequestOut      /
 *   POST /v1/sessions, /v1/sessions/refresh, /v1/sessions/end
 *   live channel: socket.io at /v1/live, auth {token, proof}; what is said over it: live.ts
 */
import { z } from 'zod';
import { LockoutSchema } from '../identity/policy.ts';
import { DecisionSchema } from '../kernel/decision.ts';
import { KeyEnvelopeSchema } from '../kernel/envelope.ts';
import { FrameSchema } from '../kernel/fact.ts';
import { RoleSchema } from '../kernel/permission.ts';
import { AckSchema, CursorSchema, StreamItemSchema, StreamPageSchema } from '../kernel/stream.ts';

const Id = z.string().min(1).max(128);
const Key = z.string().regex(/^[\w-]{43}$/);

export const WIRE_VERSION = 1;
export const LIVE_PATH = '/v1/live';
/** Most frames in one push, and most items in one pull. */
export const MAX_FRAMES = 1_000;
/** Most grants in one greeting. */
export const MAX_GRANTS = 200;
/** Most pauses that a greeting tells of; the rest come with the next. */
export const MAX_GUESSES = 64;
/** How long a grant is shown after it has ended: what was written under it may still be on its way. ms */
export const GRANT_SHOWN_MS = 7 * 86_400_000;

/** One station as its peers know it; the roster is signed by the center over {@link rosterText}. */
const PeerSchema = z.strictObject({
  station: Id,
  name: z.string().max(120),
  key: Key,
  /** `host:port` to dial; may be a proxy's. Empty while unknown. */
  address: z.string().max(255),
  revoked: z.boolean(),
});
export type Peer = z.infer<typeof PeerSchema>;
export const RosterSchema = z.strictObject({
  org: Id,
  site: Id,
  version: z.int().min(0),
  /** The center's current signing key and those it had before. */
  centerKeys: z.array(Key),
  peers: z.array(PeerSchema).max(500),
  sig: z.string().max(128),
});
export type Roster = z.infer<typeof RosterSchema>;

/** What the center signs of a roster. */
export function rosterText(r: Omit<Roster, 'sig'>): string {
  return JSON.stringify([
    'qd.roster.1',
    r.org,
    r.site,
    r.version,
    r.centerKeys,
    r.peers.map((p) => [p.station, p.name, p.key, p.address, p.revoked]),
  ]);
}

/** A key of the site, by which entity keys are wrapped. Travels only in the answer to an enrolment or hello, or in a hello to a center that lacks it, over TLS or loopback. */
const SiteKeySchema = z.strictObject({ id: Id, key: Key });

export const EnrolInSchema = z.strictObject({
  code: z.string().min(8).max(64),
  name: z.string().min(1).max(120),
  deviceKey: Key,
  /** Where its peers reach it. */
  lanAddress: z.string().max(255),
  /** A compact JWS (EdDSA) by the device key, as in {@link DeviceTokenInSchema}, with the key itself for iss and sub. */
  proof: z.string().min(20).max(2_000),
});
const EnrolOutSchema = z.strictObject({
  org: Id,
  site: Id,
  station: Id,
  /** Short form for clocks and number suffixes, `[A-Z0-9]{3}`. */
  short: z.string().max(8),
  siteKeys: z.array(SiteKeySchema).min(1),
  roster: RosterSchema,
});
export type EnrolOut = z.infer<typeof EnrolOutSchema>;
export const EnrolAnswerSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('waiting'),
    /** Short code of the device key as the center sees it; whoever approves compares it with the workstation's own. */
    compare: z.string().max(16),
    /** ms UTC by the center's clock; a new code is needed from then on. */
    expiresAt: z.int(),
  }),
  EnrolOutSchema.extend({ state: z.literal('enrolled') }),
]);
export type EnrolAnswer = z.infer<typeof EnrolAnswerSchema>;

/** A compact JWS (EdDSA) by the device key: iss=sub=station, aud=`qd-center`, iat, exp ≤ 120 s, jti. */
export const DeviceTokenInSchema = z.strictObject({ assertion: z.string().min(20).max(2_000) });
export const DeviceTokenOutSchema = z.strictObject({ token: z.string(), expiresAt: z.int() });

/** The right to sign in at one station without the center. Signed by the center over {@link grantText}. */
const GrantSchema = z.strictObject({
  id: Id,
  org: Id,
  site: Id,
  station: Id,
  /** The online session that it was issued with. */
  session: Id,
  user: Id,
  login: z.string(),
  name: z.string(),
  roles: z.array(RoleSchema),
  issuedAt: z.int(),
  expiresAt: z.int(),
  sig: z.string().max(128),
});
export type Grant = z.infer<typeof GrantSchema>;

/** What the center signs of a grant. */
export function grantText(g: Omit<Grant, 'sig'>): string {
  return JSON.stringify([
    'qd.grant.2',
    g.id,
    g.org,
    g.site,
    g.station,
    g.session,
    g.user,
    g.login,
    g.name,
    g.roles,
    g.issuedAt,
    g.expiresAt,
  ]);
}
/** What is held of one log: through `seq`; `ack` the newest acknowledgment of the center that this station keeps. */
export const HeldLogSchema = z.strictObject({ log: Id, seq: z.int().min(0), ack: AckSchema.nullable() });
/** Wrong passwords that a station paused a login for while it did not reach the center. Times in ms UTC. */
const GuessedSchema = z.strictObject({
  login: z.string().min(1).max(120),
  tries: z.int().min(1),
  /** Of the last. */
  at: z.int().min(0),
  until: z.int().min(0),
  by: LockoutSchema,
});
export type Guessed = z.infer<typeof GuessedSchema>;

export const HelloInSchema = z.strictObject({
  wire: z.literal(WIRE_VERSION),
  build: z.string().max(64),
  reads: z.array(z.string().max(80)).max(512),
  cursor: CursorSchema.nullable(),
  /** Hash of the item that the cursor stands on (sealing/digest.ts); left out where it is not known, and by older builds. */
  cursorHash: Key.optional(),
  logs: z.array(HeldLogSchema).max(20_000),
  lanAddress: z.string().max(255),
  /** Grants that the station holds and that ended lately at most: a center put back from a backup learns again what it gave since. */
  grants: z.array(GrantSchema).max(MAX_GRANTS).default([]),
  /** Ids of the keys of the site that the station holds, and of the center that it knows; left out by older builds. */
  keys: z.array(Id).max(1_000).optional(),
  /** Left out where there are none. */
  guesses: z.array(GuessedSchema).max(MAX_GUESSES).optional(),
  /**
   * One that the center signed, and that names a workstation of which its present one does not know, or that it was revoked: a center
   * put back from a backup learns it again. Left out where there is none.
   */
  roster: RosterSchema.optional(),
  /**
   * Keys of the site that the station holds and the answer before did not have: a center that was put back to before they were made
   * learns them again. Left out where there are none.
   */
  lacked: z.array(SiteKeySchema).max(64).optional(),
  /** Asks for `older`; left out by older builds, which know no such field of the answer. */
  asksOlder: z.literal(true).optional(),
});
export type HelloIn = z.infer<typeof HelloInSchema>;
export const HelloOutSchema = z.strictObject({
  epoch: Id,
  head: z.int().min(0),
  /** Logs of which the center wants more: the first position it lacks. */
  wants: z.array(z.strictObject({ log: Id, from: z.int().min(1) })),
  roster: RosterSchema,
  siteKeys: z.array(SiteKeySchema),
  /** `type@v` that every enrolled station of the site can read. */
  emit: z.array(z.string()),
  /** The others, and what each of them lacks of what the center reads: they hold it back. Only where it was asked for. */
  older: z.array(z.strictObject({ station: Id, lacks: z.array(z.string()) })).optional(),
  /** The center's clock, ms UTC, read while answering. */
  now: z.int(),
});
export type HelloOut = z.infer<typeof HelloOutSchema>;

export const PushInSchema = z.strictObject({
  frames: z.array(FrameSchema).min(1).max(MAX_FRAMES),
  keys: z.array(KeyEnvelopeSchema).max(MAX_FRAMES * 2),
});
export type PushIn = z.infer<typeof PushInSchema>;
export const PushOutSchema = z.strictObject({
  epoch: Id,
  acks: z.array(AckSchema),
  /** Frames that were not taken and why: `ahead` (send `from` first), `forked`, `forged`, `unreadable`. */
  problems: z.array(
    z.strictObject({
      log: z.string(),
      seq: z.int(),
      why: z.enum(['ahead', 'forked', 'forged', 'unreadable', 'foreign']),
      from: z.int().optional(),
    }),
  ),
});
export type PushOut = z.infer<typeof PushOutSchema>;

export const PullQuerySchema = z.strictObject({
  epoch: Id.optional(),
  after: z.coerce.number().int().min(0).default(0),
  /** Hash of the item numbered `after`, as in {@link HelloInSchema}. */
  afterHash: Key.optional(),
  limit: z.coerce.number().int().min(1).max(5_000).default(MAX_FRAMES),
});

/** All facts about one entity: of a unit they are as many as a page of the stream never has. */
export const EntityFactsSchema = StreamPageSchema.extend({ items: z.array(StreamItemSchema).max(MAX_FRAMES * 100) });

/** What a new station starts from: folded state of old entities with the heads it covers, then the stream after `cursor`. */
export const SnapshotSchema = z.strictObject({
  cursor: CursorSchema,
  /** Facts of open and recent entities, and records as their newest versions, in stream order. */
  page: StreamPageSchema.extend({
    items: z.array(StreamItemSchema).max(1_000_000),
    keys: z.array(KeyEnvelopeSchema).max(1_000_000),
  }),
  /** Older entities, and those that never close, as JSON of `Folded`. */
  folded: z.array(z.json()),
  /** Logs and how far this snapshot covers them. */
  heads: z.array(z.strictObject({ log: Id, seq: z.int(), hash: z.string().nullable() })),
});
export type Snapshot = z.infer<typeof SnapshotSchema>;

export const RequestInSchema = z.strictObject({
  /** Idempotency key, a uuid made where the request was made. */
  id: Id,
  kind: z
    .string()
    .min(3)
    .max(64)
    .regex(/^[a-z_]+\.[a-z_]+$/),
  session: Id.nullable(),
  by: Id.nullable(),
  madeAt: z.int(),
  input: z.record(z.string(), z.json()),
});
export type RequestIn = z.infer<typeof RequestInSchema>;
export const RequestOutSchema = z.strictObject({
  id: Id,
  state: z.enum(['accepted', 'refused']),
  decision: DecisionSchema,
  result: z.record(z.string(), z.json()).nullable(),
});
export type RequestOut = z.infer<typeof RequestOutSchema>;

/** A record of the roster as it is to be. */
const PutRecordSchema = z.strictObject({
  kind: z.string().max(64),
  id: Id,
  /** 0 makes a record; the version held changes it. */
  version: z.int().min(0),
  /** Null archives it. */
  body: z.record(z.string(), z.json()).nullable(),
});

/** Request kinds and their inputs; `result` where one is named. */
export const REQUEST_INPUTS = {
  /** Leases a block of incident numbers for a year (center's zone) to a log. Result: LeaseSchema. */
  'numbers.lease': z.strictObject({ log: Id, year: z.int().min(2000).max(2199), size: z.int().min(1).max(10_000) }),
  'record.put': PutRecordSchema,
  /** Many at once, all or none: for setting a site up. */
  'record.put_many': z.strictObject({ records: z.array(PutRecordSchema).min(1).max(2_000) }),
  /** Asks for the derivation of an incident's hand-off again; it is idempotent. */
  'handoff.derive': z.strictObject({ incident: Id }),
} as const;
export const LeaseSchema = z.strictObject({ log: Id, year: z.int(), from: z.int().min(1), to: z.int().min(1) });
export type Lease = z.infer<typeof LeaseSchema>;

export const SessionInSchema = z.strictObject({
  user: z.string().min(1).max(120),
  password: z.string().min(1).max(1_024),
  position: Id.nullable(),
  /** Of an authenticator app, or a recovery code; asked for by the refusal `second_factor.needed`. */
  code: z.string().min(1).max(64).optional(),
});
export const SessionOutSchema = z.strictObject({
  session: Id,
  user: Id,
  name: z.string(),
  roles: z.array(RoleSchema),
  accessToken: z.string(),
  accessExpiresAt: z.int(),
  refreshToken: z.string(),
  grant: GrantSchema,
  /** Minutes without a key or pointer until a console locks, by the organisation's policy. */
  idleLockMinutes: z.int().min(1).default(30),
  /** By which a console without the center pauses after wrong passwords. */
  lockout: LockoutSchema.optional(),
});
export type SessionOut = z.infer<typeof SessionOutSchema>;

/** Who is editing what, right now. Never stored. */
export const PresenceSchema = z.strictObject({
  station: Id,
  position: z.string().max(120),
  name: z.string().max(120),
  incident: Id.nullable(),
  field: z.string().max(40).nullable(),
});
export type Presence = z.infer<typeof PresenceSchema>;

/**
 * Between stations, inside an authenticated, encrypted channel (sealing/channel.ts). Symmetric: each side says `heads` on
 * connecting and whenever it holds more; the other sends `frames` that are lacking, contiguous per log.
 */
export const PeerMessageSchema = z.union([
  z.strictObject({
    t: z.literal('heads'),
    cursor: CursorSchema.nullable(),
    logs: z.record(z.string(), z.int().min(0)),
    reads: z.array(z.string()),
    centerReached: z.boolean(),
  }),
  z.strictObject({
    t: z.literal('frames'),
    frames: z.array(FrameSchema).max(MAX_FRAMES),
    keys: z.array(KeyEnvelopeSchema),
  }),
  z.strictObject({ t: z.literal('presence'), presence: PresenceSchema }),
]);
export type PeerMessage = z.infer<typeof PeerMessageSchema>;
