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
