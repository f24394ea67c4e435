/** A route is declared once: from this come the handler's checks, its errors and its page in OpenAPI. */
import type { z } from 'zod';
import type { ActionType } from '#domain/kernel/action.ts';
import type { Concerned } from '#domain/kernel/authorise.ts';
import type { Role } from '#domain/kernel/permission.ts';
import type { RouteClass } from '../limits/budgets.ts';
import type { AuthenticatedDevice, AuthenticatedUser, Browser, Caller, Operator, Visitor } from './auth.ts';
import type { SaidInHeader } from './said-in-headers.ts';

/**
 * `optional`: without a bearer the caller is null; a bearer that is not good is refused all the same.
 * `user`, `any`: also by the cookie of the center's own page; whatever changes something then needs the token against
 * forged calls.
 * `browser`: a page of the center's own, signed in or not.
 * `visitor`: a browser on its way to another provider and back.
 * `operator`: whoever can read the token in the center's data folder.
 * `scraper`: what reads the figures, by the token that is kept for it there, or the operator.
 */
export type Access = 'public' | 'optional' | 'device' | 'user' | 'any' | 'browser' | 'visitor' | 'operator' | 'scraper';
type CallerOf<A extends Access> = A extends 'device'
  ? AuthenticatedDevice
  : A extends 'user'
    ? AuthenticatedUser
    : A extends 'any'
      ? Caller
      : A extends 'operator'
        ? Operator
        : A extends 'browser'
          ? Browser
          : A extends 'visitor'
            ? Visitor
            : A extends 'optional'
              ? Caller | null
              : null;

/**
 * Asks whether the caller may do this to what it is about; throws the refusal with its reasons. A station is asked nothing
 * here but how its organisation stands: it is a workstation of its site, and what it may have is said by the declaration of
 * what stations hold. Answers with the roles of the caller that let them; none for a station.
 */
export type Permit = (action: ActionType, about: Concerned) => readonly Role[];

/**
 * What a person does by calling it. The door asks before the handler runs; the handler asks again, by `permit`, once it
 * knows the record. `by record`: which action it is depends on the record, and a handler that answers a person without
 * having asked is a fault of the center, not an answer. `by request`: what is asked names its own author, who may have asked
 * it hours ago at a console without the center; the decision packet is the answer.
 */
type ActionOf<A extends Access> = A extends 'user'
  ? { readonly action: ActionType | 'by record' }
  : A extends 'any'
    ? { readonly action: 'by record' | 'by request' }
    : { readonly action?: never };

/** An answer that is JSON text already, put together from parts that were. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A call as it came in. */
export interface Delivery {
  /** A header by its lower-case name; undefined where it is missing or came more than once. */
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
  readonly address: string;
}

interface RouteParts<
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
  /** A field of the body that a header may say instead: `version` is `If-Match`, `id` is `Idempotency-Key`. */
  readonly saidInHeader?: SaidInHeader;
  /** What a good answer holds; its schema is published, the answer itself is the handler's word. */
  readonly output: O;
  /** Where the answer is bytes of this media type (`application/pdf`): the handler returns a Uint8Array, or a stream of Node's, and they go out as they are. */
  readonly media?: string;
  /** Sends the browser on to the address that the handler returns (303). */
  readonly redirect?: true;
  /** The body is taken as the bytes it came as, whatever its type and encoding say: for what is signed by others. */
  readonly raw?: true;
  /** Out of which budget its calls are answered; by who may call it and whether it changes something, unless said otherwise. */
  readonly budget?: RouteClass;
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
    /** What the caller's program calls itself (User-Agent), at most 200 characters. */
    readonly client: string | null;
    readonly permit: Permit;
    /** What came, untouched; null where the route is not `raw`. */
    readonly delivery: Delivery | null;
  }) => Promise<z.input<O> | JsonText>;
}

type RouteDeclaration<
  A extends Access,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  O extends z.ZodType,
> = RouteParts<A, P, Q, B, O> & ActionOf<A>;

/** Any declared route; made by {@link route}. */
export type Route = RouteParts<Access, z.ZodType, z.ZodType, z.ZodType, z.ZodType> & {
  readonly action?: ActionType | 'by record' | 'by request';
};

/** A route as declared; its handler is given what its schemas and its access say. */
export function route<
  A extends Access,
  O extends z.ZodType,
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
>(declaration: RouteDeclaration<A, P, Q, B, O>): Route {
  return declaration as unknown as Route;
}
