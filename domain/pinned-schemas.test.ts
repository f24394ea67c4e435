import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KeyEnvelopeSchema } from './kernel/envelope.ts';
import { FactHeaderSchema, FrameSchema } from './kernel/fact.ts';
import * as log from './kernel/log.ts';
import * as stream from './kernel/stream.ts';
import { MODULES } from './modules.ts';
import * as wire from './wire/sync.ts';

/** Every schema that signed bytes or another station's build rest on, by name. */
function frozen(): [string, z.ZodType][] {
  const exported = (of: object): [string, z.ZodType][] =>
    Object.entries(of).flatMap(([name, value]): [string, z.ZodType][] =>
      value instanceof z.ZodType ? [[name, value]] : [],
    );
  return [
    ['FactHeaderSchema', FactHeaderSchema],
    ['FrameSchema', FrameSchema],
    ['KeyEnvelopeSchema', KeyEnvelopeSchema],
    ...exported(log),
    ...exported(stream),
    ...exported(wire),
    ...Object.entries(wire.REQUEST_INPUTS).map(([kind, schema]): [string, z.ZodType] => [`request ${kind}`, schema]),
    ...MODULES.flatMap((module) => module.facts).map((type): [string, z.ZodType] => [
      `${type.type}@${type.v}`,
      type.body,
    ]),
  ];
}

const pinOf = (schema: z.ZodType): string =>
  createHash('sha256')
    .update(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })))
    .digest('base64url')
    .slice(0, 16);

/**
 * A pin that differs means that what is signed, stored or sent has changed. Facts are kept for years and stations of
 * another build read them: make a new version (`v`, `/v2`) beside the old one instead. Additions that older readers
 * can do without are the exception, and then the pin is changed here, knowingly.
 */
describe('what signed bytes and the wire rest on', () => {
  it('is as it was pinned', () => {
    const pins = Object.fromEntries(frozen().map(([name, schema]) => [name, pinOf(schema)]));
    expect(pins).toMatchInlineSnapshot(`
      {
        "AckSchema": "j194P6jhT4Y18wf4",
        "ClockMeasuredSchema": "uD_4xmMOKGkbWZ_M",
        "CursorSchema": "sOug2HSedcVWCjSS",
        "DeviceTokenInSchema": "iM05EgqY5RmLd77D",
        "DeviceTokenOutSchema": "YV5CRmEYZIgn9tHC",
        "EnrolAnswerSchema": "ZW3b9ZDWdMNgWfFY",
        "EnrolInSchema": "qQ3wB5x0qw6lkDY0",
        "EntityFactsSchema": "TaUvHNLHcpxobCqp",
        "FactHeaderSchema": "ISEdgmCRJ4IeEwoq",
        "FrameSchema": "J-AoIQizlzkfM6AS",
        "HeldLogSchema": "O2dyKvEyfpFA_X9p",
        "HelloInSchema": "Hs0N2qGQcvBx_wCJ",
        "HelloOutSchema": "-QRTbm7PPtcyb2Kv",
        "KeyEnvelopeSchema": "SYUuyyXABVUOQBGO",
        "LeaseSchema": "2qJedKXsX8X82IjI",
        "LogClosedSchema": "pNYmtyIof3pZ87Fs",
        "LogGapSchema": "hqkOehunccB36wMP",
        "LogHeadSchema": "d_ToVSR4XGYFtjUR",
        "LogOpenedSchema": "QJz3-SK3lIM0Lclk",
        "PeerMessageSchema": "8ll9NKCyqHXyKuqL",
        "PresenceSchema": "Oc3gg-Nb6wnbZZKn",
        "PullQuerySchema": "q34Aw2as8cQEIpdp",
        "PushInSchema": "qLwnmmn4UTwgYoMJ",
        "PushOutSchema": "79GNDMJ4zvIkvbZG",
        "RecordVersionSchema": "MXrVc5Jn9lUDzblo",
        "RequestInSchema": "Z9oVy6Zym7Yn2yTE",
        "RequestOutSchema": "N9xOPkSLLwpwevfu",
        "RosterSchema": "HAK13wsDroIVQ_Pp",
        "SessionInSchema": "FWBtUTHNz-aIepc_",
        "SessionOutSchema": "bu4Odj_TJ4Z2cTPY",
        "SnapshotSchema": "fUqL3Ks4rSM8xeUt",
        "StreamItemSchema": "0VONQH6ZZjneBUon",
        "StreamMarkerSchema": "7PwFbqGs1AAwxvGh",
        "StreamPageSchema": "PEwGJwGD_noKmxga",
        "clock.measured@1": "uD_4xmMOKGkbWZ_M",
        "entity.erased@1": "qztFFtRH00jGX0S5",
        "fact.contested@1": "jffwknXaixpNqk-G",
        "fact.settled@1": "hftRrgguFgoQ85La",
        "incident.closed@1": "SJvnG4dGhhymoJDV",
        "incident.edited@1": "RdE4Ia3VX2Quy_iJ",
        "incident.held@1": "XguvijluuFEpA8-8",
        "incident.linked@1": "w4CDGFM-YsN7ZWJD",
        "incident.merged@1": "K-zmEsB78GDm2vmd",
        "incident.noted@1": "CReQ7Eiwo0Q7MKcU",
        "incident.opened@1": "QlhU4OLWYOpbScjP",
        "incident.reopened@1": "xp6ReAYOmwQCAyDw",
        "journey.amended@1": "Plsbe72R3drApc6G",
        "log.closed@1": "pNYmtyIof3pZ87Fs",
        "log.gap@1": "hqkOehunccB36wMP",
        "log.opened@1": "QJz3-SK3lIM0Lclk",
        "request handoff.derive": "ijvfPu56lVBorbLN",
        "request numbers.lease": "69uSVFQBiNWkmiGW",
        "request record.put": "9JK9MZH9Ogiz4ff_",
        "request record.put_many": "Bn0H5U4-Wk_3qdTe",
        "time.amended@1": "fWNN48F352K8XNCc",
        "time.recorded@1": "kgGddk-OKBklgDW8",
        "unit.committed@1": "0YABS6thu8mXHkFU",
        "unit.dispatched@1": "3zxemlkFX1xLkP0x",
        "unit.emergency@1": "P-8mwOGCZjs_2Cqn",
        "unit.patients@1": "_G3Yk8U4SwUx5OWz",
        "unit.status@1": "Q9WX2awUfmGLC78x",
      }
    `);
  });

  it('is told apart by its pin', () => {
    const pins = frozen().map(([, schema]) => pinOf(schema));
    expect(pins.length).toBeGreaterThan(50);
    expect(pinOf(FrameSchema)).not.toBe(pinOf(FrameSchema.extend({ more: z.string().optional() })));
  });
});
