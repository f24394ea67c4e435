/**
 * Between the desktop shell and the station process that it runs: messages on the process's own port
 * (`process.parentPort` in the station, a plain Node process has none). What windows and station say to each other does
 * not pass here: each window gets a MessagePort of its own.
 */
import { z } from 'zod';

const Base64 = z
  .string()
  .max(8_192)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** From the shell. */
export const ToStationProcessSchema = z.union([
  /** Comes with one port: the bridge of a window at this seat, for which the shell vouches. */
  z.strictObject({ t: z.literal('window'), seat: z.string().min(1).max(64) }),
  /** The answer to `secret`; null where the keychain of the operating system is not there or could not open it. */
  z.strictObject({ t: z.literal('secret'), id: z.int(), bytes: Base64.nullable() }),
  /** Close the store and end. */
  z.strictObject({ t: z.literal('stop') }),
]);
export type ToStationProcess = z.infer<typeof ToStationProcessSchema>;

/** From the station: seals (`protect`) or opens (`reveal`) a key under the operating system's keychain. */
export const FromStationProcessSchema = z.strictObject({
  t: z.literal('secret'),
  id: z.int(),
  do: z.enum(['protect', 'reveal']),
  bytes: Base64,
});
export type FromStationProcess = z.infer<typeof FromStationProcessSchema>;

/** From the station: what a person has to do before it can serve a window. */
export const StationSaysSchema = z.strictObject({ t: z.literal('says'), sentence: z.string().min(1).max(400) });
export type StationSays = z.infer<typeof StationSaysSchema>;
