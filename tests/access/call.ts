/** What a call of the matrix sends, and the ways most of them say it. */
import type { AccessWorld, Target } from './world.ts';

export interface Sent {
  readonly path: string;
  readonly body?: unknown;
  /** Stands in the answer where the target's rows are shown; left out where a good answer is enough. */
  readonly shows?: string;
  /** Whether it was done, where no answer says so. */
  readonly done?: () => Promise<boolean>;
}

/** `as`: the login of whoever asks, for what is their own. */
export type Call = (target: Target, world: AccessWorld, as: string) => Sent | Promise<Sent>;

export const get =
  (path: (target: Target) => string, shows?: (target: Target) => string): Call =>
  (target) => ({ path: path(target), ...(shows ? { shows: shows(target) } : {}) });
export const post =
  (path: (target: Target) => string, body: unknown): Call =>
  (target) => ({ path: path(target), body });
export const list = (kind: string, shows: (target: Target) => string): Call =>
  get(() => `/v1/entities/${kind}?limit=500`, shows);
