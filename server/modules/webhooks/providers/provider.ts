/** What every provider of webhooks is asked: whether these very bytes are its own, and what they say happened. */
import type { KeysOf, Provider } from '#domain/webhooks/api.ts';
import type { Delivery } from '../../../kernel/http/route.ts';

/** What happened, by the provider's own name of it: the same event delivered again has the same. */
export interface Happening {
  readonly event: string;
  readonly kind: string;
  /** What is kept of it: the bytes that were signed, or what the provider said when it was asked. */
  readonly content: Uint8Array;
}

/** Why a delivery is not taken; for the log and the metric, never said to whoever sent it. */
export type Objection = 'unsigned' | 'signature' | 'window' | 'shape' | 'address' | 'credentials' | 'unconfirmed';

export type Verdict =
  | { readonly genuine: true; readonly happening: Happening }
  | { readonly genuine: false; readonly why: Objection };

/** How far from now the moment that a provider signed may lie, either way. ms */
export const WINDOW_MS = 300_000;

export interface ProviderRules<P extends Provider> {
  /** Pure but for `confirm`. Never throws for anything that was delivered. `now` ms UTC. */
  readonly judge: (delivery: Delivery, keys: KeysOf<P>, now: number, confirm: Confirm) => Verdict | Promise<Verdict>;
}

/** Asks the provider itself for what it is said to have sent; for those who sign nothing. Null where it cannot be had. */
export type Confirm = (path: string, headers: { readonly [name: string]: string }) => Promise<unknown>;

export const refuse = (why: Objection): Verdict => ({ genuine: false, why });

/** Seconds since 1970 as signed: plain digits, no sign, no blanks. Null for anything else. */
export function secondsOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{9,11}$/.test(text) ? Number(text) : null;
}

/** `seconds` since 1970 as providers say it, `now` in ms UTC. */
export function isInWindow(seconds: number, now: number): boolean {
  return Math.abs(now - seconds * 1_000) <= WINDOW_MS;
}

/** `prefix` followed by the body, as providers sign them. */
export function signedBytes(prefix: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(prefix, 'utf8'), body]);
}
