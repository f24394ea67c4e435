/** The one address that windows of this shell show, and what of it is served. Pure. */
import { extname } from 'node:path';
import { MEDIA_TYPES } from '../domain/bridge/page.ts';

export const SCHEME = 'qd';
export const CONSOLE = 'qd://console';

/** Whether an address is a page of the console: this scheme and host, and no other. */
export function isConsole(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${SCHEME}:` && url.host === 'console' && url.username === '';
}

/** What an address may load: the console's own files, and what it made itself (blob: of its origin, data: images). */
export function mayLoad(address: string): boolean {
  return isConsole(address) || address.startsWith(`blob:${CONSOLE}/`) || address.startsWith('data:image/');
}

/** What a person may take out of the console as a file, asked where to: a report that the page made itself. */
export function maySave(address: string, media: string): boolean {
  return address.startsWith(`blob:${CONSOLE}/`) && media === 'application/pdf';
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
  const type = MEDIA_TYPES[extname(path)];
  const parts = path.split('/');
  const inside = parts.every((part) => part !== '' && part !== '.' && part !== '..' && /^[\w.@+-]+$/.test(part));
  return type !== undefined && inside ? { path, type } : null;
}
