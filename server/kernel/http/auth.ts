/** Who is asking. Identity (server/kernel/identity) says so; routes only state what they need. */
import type { SecondFactor } from '#domain/kernel/authorise.ts';
import type { Role } from '#domain/kernel/permission.ts';

/** An enrolled workstation, by its short-lived device token. */
export interface AuthenticatedDevice {
  readonly kind: 'device';
  readonly org: string;
  readonly site: string;
  readonly station: string;
  /** Thumbprint of its key: its token is good only with a proof of that key (RFC 9449). */
  readonly jkt: string;
}

/**
 * How a session is held, and so how its access token must be shown: in the Authorization header, there with a proof of the
 * workstation's key, or in the cookie of the center's own page. A token shown in another way than it was given for is not good.
 */
export type Proof = 'bearer' | 'dpop' | 'cookie';

/** A signed-in person, by their access token. */
export interface AuthenticatedUser {
  readonly kind: 'user';
  readonly org: string;
  readonly site: string | null;
  /** The agency they work for; null for every one of their site. */
  readonly agency: string | null;
  readonly user: string;
  readonly session: string;
  /** The workstation its session was begun at; null for one of the API. */
  readonly station: string | null;
  readonly roles: readonly Role[];
  /** When they last proved who they are, ms UTC. */
  readonly provenAt: number;
  readonly secondFactor: SecondFactor;
  readonly proof: Proof;
  /** With `dpop`: the thumbprint of the key that proves it. */
  readonly jkt: string | null;
}

/** Whoever runs the center, by the token in its data folder. */
export interface Operator {
  readonly kind: 'operator';
}

export type Caller = AuthenticatedDevice | AuthenticatedUser;

/** A page of the center's own, at the doors where a session in a browser begins, goes on and ends. */
export interface Browser {
  readonly kind: 'browser';
  /** What its cookie holds; null without one. */
  readonly refreshToken: string | null;
  /** Whether it sent the token against forged calls that was made for this session. */
  readonly vouchesFor: (session: string) => boolean;
  /** Has it hold these, in cookies that its scripts cannot read. */
  readonly keep: (session: {
    readonly session: string;
    readonly accessToken: string;
    readonly refreshToken: string;
  }) => void;
  readonly forget: () => void;
}

/**
 * A browser that is sent elsewhere to sign in, and comes back from there: another site's page sends it, so all it can show
 * for itself is the ticket it was given on its way out.
 */
export interface Visitor {
  readonly kind: 'visitor';
  readonly ticket: string | null;
  /** Who is signed in at it; null where nobody is, and where another site's page sent it. */
  readonly signedIn: () => Promise<AuthenticatedUser | null>;
  /** Has it hold a ticket, in a cookie that its scripts cannot read, for so many seconds. */
  readonly hold: (ticket: string, seconds: number) => void;
  /** Takes the ticket away. */
  readonly drop: () => void;
  readonly keep: Browser['keep'];
}

/** What identity gives to the doors. Both answer null for a token that is not good (forged, expired, revoked), and never throw for one. */
export interface Bearers {
  readonly deviceOf: (token: string) => Promise<AuthenticatedDevice | null>;
  readonly userOf: (token: string) => Promise<AuthenticatedUser | null>;
  /** Whether a workstation that was let in before is still one of its site. */
  readonly stands: (device: AuthenticatedDevice) => Promise<boolean>;
}

export interface ShownToken {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
}

/** The token of an `Authorization` header and its scheme, or null. */
export function shownToken(header: string | undefined): ShownToken | null {
  const match = header === undefined ? null : /^(Bearer|DPoP) ([\w.~+/=-]{8,4096})$/i.exec(header);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { scheme: match[1].toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token: match[2] };
}
