/** The one address that windows of this shell show, and what of it is served. Pure. */
import { extname } from 'node:path';

export const SCHEME = 'qd';
export const CONSOLE = 'qd://console';

/** Nothing inline, nothing from elsewhere, nothing embedded: the console is one page with its own scripts and styles. */
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
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.mp3': 'audio/mpeg',
};

/** Whether an address is a page of the console: this scheme and host, and no other. */
export function isConsole(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${SCHEME}:` && url.host === 'console' && url.username === '';
}

/** What an address may load: the console's own files, and what it made itself (blob: of its origin, data: images). */
export function mayLoad(address: string): boolean {
  return isConsole(address) || address.startsWith(`blob:${CONSOLE}/`) || address.startsWith('data:image/');
}

export interface Asset {
  /** Relative to the folder of the built console, with forward slashes, inside it. */
  readonly path: string;
  readonly type: string;
}

/** The file that an address names, or null where it is none of the console's. */
export function assetOf(address: string): Asset | null {
  if (!isConsole(address)) return null;
  let path: string;
  try {
    path = decodeURIComponent(new URL(address).pathname).replace(/^\/+/, '') || 'index.html';
  } catch {
    return null;
  }
  const type = TYPES[extname(path)];
  const parts = path.split('/');
  const inside = parts.every((part) => part !== '' && part !== '.' && part !== '..' && /^[\w.@+-]+$/.test(part));
  return type !== undefined && inside ? { path, type } : null;
}
