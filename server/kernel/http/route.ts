/** A route is declared once: from this come the handler's checks, its errors and its page in OpenAPI. */
import type { z } from 'zod';
import type { AuthenticatedDevice, AuthenticatedUser, Caller } from './auth.ts';

/** `optional`: without a bearer the caller is null; a bearer that is not good is refused all the same. */
export type Access = 'public' | 'optional' | 'device' | 'user' | 'any';
type CallerOf<A extends Access> = A extends 'device'
  ? AuthenticatedDevice
  : A extends 'user'
    ? AuthenticatedUser
    : A extends 'any'
      ? Caller
      : A extends 'optional'
        ? Caller | null
        : null;

export interface RouteDeclaration<
  A extends Access,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  O extends z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** OpenAPI style: `/v1/entities/{kind}`. */
  readonly path: string;
  readonly title: string;
  readonly access: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** What a good answer holds; its schema is published, the answer itself is the handler's word. */
  readonly output: O;
  /** Where the answer is bytes of this media type (`application/pdf`): the handler returns a Uint8Array and they go out as they are. */
  readonly media?: string;
  /** Largest body in bytes, after decompression; 256 KiB unless said otherwise. */
  readonly bodyLimit?: number;
  /** Never more than this many calls a minute from one address. */
  readonly perMinute?: number;
  readonly handler: (call: {
    readonly caller: CallerOf<A>;
    readonly params: z.output<P>;
    readonly query: z.output<Q>;
    readonly body: z.output<B>;
    /** Names this call in logs and audit. */
    readonly request: string;
    /** Why, in the caller's own words; for the audit. */
    readonly reason: string | null;
    readonly address: string;
  }) => Promise<z.input<O>>;
}

/** Any declared route; made by {@link route}. */
export type Route = RouteDeclaration<Access, z.ZodType, z.ZodType, z.ZodType, z.ZodType>;

export function route<
  A extends Access,
  O extends z.ZodType,
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
>(declaration: RouteDeclaration<A, P, Q, B, O>): Route {
  return declaration as unknown as Route;
}
