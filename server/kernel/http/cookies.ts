/** The cookies of a session in a browser. Scripts read none of them but the token against forgery, which is no secret of theirs. */

/** Everything that takes a refresh token from a cookie lies below it: the cookie is sent nowhere else. */
export const WEB = '/v1/web';

interface Cookie {
  readonly name: string;
  readonly attributes: string;
}

interface Cookies {
  readonly access: Cookie;
  readonly refresh: Cookie;
  readonly csrf: Cookie;
}

/**
 * RFC 6265bis, 4.1.3: what begins with `__Host-` or `__Secure-` was set over https by this very host, so no neighbour's page
 * can plant one. All of them end with the browser.
 */
const OVER_HTTPS: Cookies = {
  access: { name: '__Host-qd-access', attributes: 'Path=/; Secure; HttpOnly; SameSite=Strict' },
  refresh: { name: '__Secure-qd-refresh', attributes: `Path=${WEB}; Secure; HttpOnly; SameSite=Strict` },
  csrf: { name: '__Host-qd-csrf', attributes: 'Path=/; Secure; SameSite=Strict' },
};
const OVER_HTTP: Cookies = {
  access: { name: 'qd-access', attributes: 'Path=/; HttpOnly; SameSite=Strict' },
  refresh: { name: 'qd-refresh', attributes: `Path=${WEB}; HttpOnly; SameSite=Strict` },
  csrf: { name: 'qd-csrf', attributes: 'Path=/; SameSite=Strict' },
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
