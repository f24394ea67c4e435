/** What the page was opened with behind the `#`: the code of an invitation or a reset, or why single sign-on led nowhere. */
import { SSO_REFUSALS, type SsoRefusal } from '#domain/identity/api/sso.ts';

export interface Brought {
  readonly for: 'invitation' | 'reset' | 'refused';
  /** The code; for `refused`, the sentence. */
  readonly said: string;
}

const isRefusal = (code: string): code is SsoRefusal => Object.hasOwn(SSO_REFUSALS, code);

/** Pure. */
export function broughtBy(hash: string): Brought | null {
  const refused = /^#refused=([\w.]+)$/.exec(hash)?.[1];
  if (refused !== undefined) {
    return {
      for: 'refused',
      said: isRefusal(refused) ? SSO_REFUSALS[refused] : 'Signing in led nowhere; begin again.',
    };
  }
  const [, what, code] = /^#\/(invitation|reset)\/([^/]+)$/.exec(hash) ?? [];
  if (code === undefined) return null;
  return { for: what === 'reset' ? 'reset' : 'invitation', said: decodeURIComponent(code) };
}

/** Takes it out of the address, so that nobody who looks there later finds it. */
export function takeBrought(): Brought | null {
  const found = broughtBy(window.location.hash);
  if (found) window.history.replaceState(null, '', window.location.pathname);
  return found;
}
