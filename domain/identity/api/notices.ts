/** What a person is told of their own account, as the center's API says it. Times in ms UTC. */
import { z } from 'zod';

/** Each with what it means, in words for whom it is told. */
export const NOTICES = {
  'password changed': 'Your password was changed',
  'user name changed': 'Your user name was changed',
  'e-mail changed': 'Your e-mail address was changed',
  'password reset begun': 'A code to reset your password was made',
  'authenticator app set up': 'An authenticator app was set up for you',
  'authenticator app removed': 'Your authenticator app was taken away',
  'passkey added': 'A passkey was added to your account',
  'passkey removed': 'A passkey was taken away from your account',
  'recovery codes made': 'Recovery codes were made; any made before are void',
  'recovery code used': 'A recovery code of yours was used',
  'provider linked': 'Your account was linked to the provider of single sign-on',
  'provider unlinked': 'Your account was taken off the provider of single sign-on',
  'wrong passwords': 'Somebody typed wrong passwords for you, five times',
  'second factor refused': 'Somebody had your right password, and not your second factor',
  'signed in after wrong passwords': 'You were signed in right after wrong passwords',
  'signed in from a new place': 'You were signed in from a place that you had not used for 60 days',
  'signed in after a long time': 'You were signed in, after 60 days without',
} as const;
export type NoticeKind = keyof typeof NOTICES;
const KINDS = Object.keys(NOTICES) as NoticeKind[];

const NoticeSchema = z.strictObject({
  id: z.string().min(1).max(64),
  at: z.int(),
  kind: z.enum(KINDS),
  /** Whose doing it was, by name; null for their own, and where nobody was signed in. */
  by: z.string().nullable(),
  /** Of a sign-in: the workstation's name, or else the network address. */
  from: z.string().nullable(),
  seen: z.boolean(),
});
export type Notice = z.infer<typeof NoticeSchema>;

/** As a workstation reads it: of a center that tells of more than this build knows, it shows what it can. */
const HeardSchema = z.object({
  ...NoticeSchema.shape,
  kind: z.string().max(60),
});
export type HeardNotice = z.infer<typeof HeardSchema>;
export const NoticesHeardSchema = z.object({ notices: z.array(HeardSchema).max(1_000) });

/** A notice in words for whom it is told; when it was is left to whoever shows it. */
export function noticeSaid({ kind, by, from }: Pick<HeardNotice, 'kind' | 'by' | 'from'>): string {
  const what = Object.hasOwn(NOTICES, kind) ? NOTICES[kind as NoticeKind] : 'Something about your account changed';
  return `${what}${by === null ? '' : ` by ${by}`}${from === null ? '' : `, from ${from}`}`;
}

/** GET `/v1/me/notices`: the newest hundred. POST `/v1/me/notices/seen`: those up to and with `upTo` (`at`) are known. */
export const NoticesOutSchema = z.strictObject({ notices: z.array(NoticeSchema) });
export const NoticesSeenInSchema = z.strictObject({ upTo: z.int().min(0).max(9_007_199_254_740_991) });
