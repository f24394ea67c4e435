/** The frames of the bridge, the same over MessagePort and over the loopback WebSocket. */
import { z } from 'zod';
import { RefusalSchema } from '../kernel/refusal.ts';
import { TopicSchema } from './topics.ts';

/** Largest message a window may send, in characters. */
export const MAX_BRIDGE_MESSAGE = 2_000_000;

/** Where a page in a browser says what it has to say as it ends, each message a line, and how much: what browsers give it. */
export const PARTING_PATH = '/bridge/parting';
export const MOST_PARTING_BYTES = 65_536;

/** From a window. The first over a WebSocket is `hello`: it trades the one-time token of the URL's fragment for a bearer of that tab. */
export const ToStationSchema = z.discriminatedUnion('t', [
  z.strictObject({
    t: z.literal('hello'),
    token: z.string().max(200).optional(),
    bearer: z.string().max(200).optional(),
  }),
  z.strictObject({ t: z.literal('call'), id: z.int(), name: z.string().max(64), input: z.unknown() }),
  z.strictObject({ t: z.literal('watch'), id: z.int(), topic: TopicSchema }),
  z.strictObject({ t: z.literal('unwatch'), id: z.int() }),
]);
export type ToStation = z.infer<typeof ToStationSchema>;

/** From the station. `decision` comes with a refusal whose code is `confirm.needed`. */
export const ToWindowSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('welcome'), bearer: z.string(), station: z.string(), build: z.string() }),
  z.object({ t: z.literal('unwelcome'), refusal: RefusalSchema }),
  z.discriminatedUnion('ok', [
    z.object({ t: z.literal('result'), id: z.int(), ok: z.literal(true), value: z.unknown() }),
    z.object({
      t: z.literal('result'),
      id: z.int(),
      ok: z.literal(false),
      refusal: RefusalSchema,
      decision: z.unknown().optional(),
    }),
  ]),
  z.object({ t: z.literal('snapshot'), id: z.int(), n: z.int(), state: z.unknown() }),
  z.object({ t: z.literal('patch'), id: z.int(), n: z.int(), set: z.unknown(), gone: z.unknown() }),
]);
export type ToWindow = z.infer<typeof ToWindowSchema>;

/** What a window uses, whichever way it reaches the station. Preload exposes exactly this as `window.station`. */
export interface StationPort {
  readonly send: (message: ToStation) => void;
  readonly onMessage: (listener: (message: ToWindow) => void) => () => void;
  readonly onState: (listener: (connected: boolean) => void) => () => void;
}
