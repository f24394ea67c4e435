/** Second factors, passkeys and confirming who one is, as the center's API says them. */
import { z } from 'zod';

const Id = z.string().min(1).max(128);
const Base64Url = z
  .string()
  .max(65_536)
  .regex(/^[\w-]*$/);
const Attachment = z.enum(['platform', 'cross-platform']).optional();

/** What a browser makes of `navigator.credentials.create`: RegistrationResponseJSON of WebAuthn Level 3, 5.1. */
export const RegistrationSchema = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  authenticatorAttachment: Attachment,
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  response: z.object({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
});

/** What a browser makes of `navigator.credentials.get`: AuthenticationResponseJSON of WebAuthn Level 3, 5.1. */
export const AssertionSchema = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  authenticatorAttachment: Attachment,
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  response: z.object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Base64Url.optional(),
  }),
});
export type Assertion = z.output<typeof AssertionSchema>;

/** Options for the browser's credential call, as they are; `@simplewebauthn/browser` takes them. */
const BrowserOptionsSchema = z.looseObject({ challenge: z.string() });

/** Six digits of an authenticator app, or a recovery code. Blanks and hyphens make no difference. */
export const CodeSchema = z.string().trim().min(6).max(64);

const METHODS = ['totp', 'passkey', 'recovery'] as const;
const MethodSchema = z.enum(METHODS);
export type Method = z.infer<typeof MethodSchema>;

/**
 * Stands in the problem `second_factor.needed`, which a right password alone is answered with: send the same again with
 * `code`, or with `passkey`, which is what the browser made of `passkey` here.
 */
export const SecondFactorNeededSchema = z.strictObject({
  methods: z.array(MethodSchema),
  passkey: BrowserOptionsSchema.nullable(),
});
export type SecondFactorNeeded = z.infer<typeof SecondFactorNeededSchema>;

export const PasskeyOptionsOutSchema = z.strictObject({ options: BrowserOptionsSchema });
export const PasskeySignInSchema = z.strictObject({ passkey: AssertionSchema });

const PasskeyOutSchema = z.strictObject({
  id: Id,
  name: z.string(),
  createdAt: z.int(),
  lastUsedAt: z.int().nullable(),
  /** Kept by a provider on several devices (a phone's or a browser's keychain), not on one alone. */
  synced: z.boolean(),
});
export const SecondFactorsOutSchema = z.strictObject({
  /** A role of theirs asks for one: until it is given, nothing but their own security is open to them. */
  required: z.boolean(),
  /** Given in this session. */
  given: z.boolean(),
  /** The authenticator app, since when; null for none. ms UTC. */
  totp: z.strictObject({ since: z.int() }).nullable(),
  passkeys: z.array(PasskeyOutSchema),
  recoveryCodes: z.strictObject({ left: z.int(), madeAt: z.int() }).nullable(),
});

/** An authenticator app to be confirmed by a code of it. Shown once. */
export const TotpBeginOutSchema = z.strictObject({
  /** Base 32, for typing. */
  secret: z.string(),
  /** `otpauth://totp/…` (Key Uri Format). */
  uri: z.string(),
  /** The same as a QR code: an SVG document. */
  qr: z.string(),
});
export const TotpConfirmInSchema = z.strictObject({ code: CodeSchema });

/** Recovery codes come with the first factor, and are shown this once; null where they were given before. */
export const FactorAddedOutSchema = z.strictObject({ recoveryCodes: z.array(z.string()).nullable() });
export const RecoveryCodesOutSchema = z.strictObject({ recoveryCodes: z.array(z.string()) });

const PasskeyNameSchema = z.string().trim().min(1).max(60);
export const PasskeyInSchema = z.strictObject({ name: PasskeyNameSchema, response: RegistrationSchema });
export const PasskeyRenameInSchema = z.strictObject({ name: PasskeyNameSchema });

/** What the person may confirm themselves by: the password only where they have nothing stronger. */
export const StepUpOptionsOutSchema = z.strictObject({
  methods: z.array(z.enum(['password', ...METHODS])),
  passkey: BrowserOptionsSchema.nullable(),
});
/** One of the three. */
export const StepUpInSchema = z.union([
  z.strictObject({ password: z.string().min(1).max(1_024) }),
  z.strictObject({ code: CodeSchema }),
  z.strictObject({ passkey: AssertionSchema }),
]);
export const StepUpOutSchema = z.strictObject({ provenAt: z.int(), until: z.int() });
