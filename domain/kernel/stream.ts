/**
 * Streams: the center numbers what a site may see densely, 1, 2, 3…, so cursor + 1 is the only next one. A stream belongs
 * to an epoch of the center; a restore from a backup begins a new one, and a cursor of another epoch means: read again.
 */
import { z } from 'zod';
import { KeyEnvelopeSchema } from './envelope.ts';
import { FrameSchema } from './fact.ts';

/** A version of a record that stations hold. `body` null where the record is archived. */
export const RecordVersionSchema = z.strictObject({
  kind: z.string().min(1).max(64),
  id: z.string().min(1).max(128),
  version: z.int().min(1),
  body: z.record(z.string(), z.json()).nullable(),
});
export type RecordVersion = z.infer<typeof RecordVersionSchema>;

/** In the place of bytes that are not authentic: what was left out, so that numbers stay dense. */
export const StreamMarkerSchema = z.strictObject({ log: z.string(), seq: z.int(), reason: z.string().max(200) });

export const StreamItemSchema = z.union([
  z.strictObject({ n: z.int().min(1), frame: FrameSchema }),
  z.strictObject({ n: z.int().min(1), record: RecordVersionSchema }),
  z.strictObject({ n: z.int().min(1), marker: StreamMarkerSchema }),
]);
export type StreamItem = z.infer<typeof StreamItemSchema>;

export const CursorSchema = z.strictObject({ epoch: z.string().min(1).max(64), n: z.int().min(0) });
/** How far a station has applied its site's stream. */
export type Cursor = z.infer<typeof CursorSchema>;

/** A run of a stream: items after `from`, in order, with the keys that their frames name. */
export const StreamPageSchema = z.strictObject({
  epoch: z.string().min(1).max(64),
  from: z.int().min(0),
  items: z.array(StreamItemSchema).max(5000),
  keys: z.array(KeyEnvelopeSchema).max(10_000),
  /** The number of the newest item the center has for this site. */
  head: z.int().min(0),
});
export type StreamPage = z.infer<typeof StreamPageSchema>;

/** The center's signed word that it durably holds a log through `seq`. Signature over {@link ackText}. */
export const AckSchema = z.strictObject({
  epoch: z.string().min(1).max(64),
  log: z.string().min(1).max(128),
  seq: z.int().min(0),
  hash: z.string().max(64).nullable(),
  sig: z.string().max(128),
});
export type Ack = z.infer<typeof AckSchema>;

/** What the center signs of an acknowledgment. */
export function ackText(a: Omit<Ack, 'sig'>): string {
  return `qd.ack.1|${a.epoch}|${a.log}|${a.seq}|${a.hash ?? ''}`;
}
