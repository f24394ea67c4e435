/** Which HTTP requests may reach the host at all. Pure; a name that resolves here from elsewhere (DNS rebinding) gets no further. */
import type { IncomingHttpHeaders } from 'node:http';

const NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether `Host` names this very host and port. */
export function hostHolds(host: string | undefined, port: number): boolean {
  if (host === undefined) return false;
  const colon = host.lastIndexOf(':');
  return colon > 0 && NAMES.has(host.slice(0, colon).toLowerCase()) && host.slice(colon + 1) === String(port);
}

/** Whether `Origin`, where a browser sent one, is the page that this host served. */
export function originHolds(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin !== undefined) return origin === `http://${host}`;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none' || headers['sec-fetch-mode'] === 'navigate';
}

/**
 * The policy of every answer. Styles that code sets on elements (`style` through the DOM) need no allowance; nothing is
 * inline, nothing comes from elsewhere, nothing is kept in a browser's cache.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    'frame-src blob:',
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
