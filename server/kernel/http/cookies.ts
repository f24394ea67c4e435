/** The cookies of a session in a browser. Scripts read none of them but the token against forgery, which is no secret of theirs. */

/** Everything that takes a refresh token from a cookie lies below it: the cookie is sent nowhere else. */
export const WEB = '/v1/web';
/** Below it, browsers leave for another provider and come back: their ticket is sent nowhere else. */
export const SSO = '/v1/sso';

interface Cookie {
  readonly name: string;
  readonly attributes: string;
}

interface Cookies {
  readonly access: Cookie;
  readonly refresh: Cookie;
  readonly csrf: Cookie;
  /** Lax, because who brings it back is a page of the provider's. */
  readonly ticket: Cookie;
}

/**
 * RFC 6265bis, 4.1.3: what begins with `__Host-` or `__Secure-` was set over https by this very host, so no neighbour's page
 * can plant one. All of them end with the browser, or before.
 */
const OVER_HTTPS: Cookies = {
  access: { name: '__Host-qd-access', attributes: 'Path=/; Secure; HttpOnly; SameSite=Strict' },
  refresh: { name: '__Secure-qd-refresh', attributes: `Path=${WEB}; Secure; HttpOnly; SameSite=Strict` },
  csrf: { name: '__Host-qd-csrf', attributes: 'Path=/; Secure; SameSite=Strict' },
  ticket: { name: '__Secure-qd-sso', attributes: `Path=${SSO}; Secure; HttpOnly; SameSite=Lax` },
};
const OVER_HTTP: Cookies = {
  access: { name: 'qd-access', attributes: 'Path=/; HttpOnly; SameSite=Strict' },
  refresh: { name: 'qd-refresh', attributes: `Path=${WEB}; HttpOnly; SameSite=Strict` },
  csrf: { name: 'qd-csrf', attributes: 'Path=/; SameSite=Strict' },
  ticket: { name: 'qd-sso', attributes: `Path=${SSO}; HttpOnly; SameSite=Lax` },
};

export function cookiesOf(secure: boolean): Cookies {
  return secure ? OVER_HTTPS : OVER_HTTP;
}

/** The value of a cookie, null where there is none. Sent twice, it is one that somebody planted: then there is none either. */
export function cookieIn(header: string | undefined, { name }: Cookie): string | null {
  if (header === undefined || header.length > 16_384) return null;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 && values[0] ? values[0] : null;
}

/** `value` holds letters, digits, `-`, `_` and `.` alone. */
export function setCookie({ name, attributes }: Cookie, value: string): string {
  return `${name}=${value}; ${attributes}`;
}

export function clearCookie({ name, attributes }: Cookie): string {
  return `${name}=; ${attributes}; Max-Age=0`;
}
